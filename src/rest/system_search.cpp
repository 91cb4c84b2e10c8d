// search-system: GET [base]?… and POST [base]/_search (http.html#search), of R4 only.
#include <utility>

#include "healthlake/fhir/search_query.hpp"
#include "rest/interaction.hpp"
#include "rest/search_parameters.hpp"
#include "rest/searchset.hpp"

namespace healthlake::rest {

http::Response SystemSearch(const Interaction& interaction) {
  fhir::SearchQuery query =
      fhir::ParseSystemQuery(ParametersOf(interaction), LimitsOf(interaction));
  return AnswerSearch(interaction, std::move(query), interaction.base);
}

}  // namespace healthlake::rest
