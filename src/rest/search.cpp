// search-type: GET [base]/[type]?… and POST [base]/[type]/_search (http.html#search; reference 5).
#include <string>
#include <utility>

#include "healthlake/fhir/search_query.hpp"
#include "rest/interaction.hpp"
#include "rest/search_parameters.hpp"
#include "rest/searchset.hpp"

namespace healthlake::rest {

http::Response Search(const Interaction& interaction) {
  fhir::SearchQuery query =
      fhir::ParseSearchQuery(interaction.type, ParametersOf(interaction), LimitsOf(interaction));
  return AnswerSearch(interaction, std::move(query),
                      interaction.base + '/' + std::string(fhir::NameOf(interaction.type)));
}

}  // namespace healthlake::rest
