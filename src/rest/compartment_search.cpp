// Search within a compartment: GET [base]/Patient/[id]/[type]?…, or of all types as
// GET [base]/Patient/[id]/*, and the same by POST (http.html#vsearch; compartmentdefinition.html).
#include <string>
#include <utility>

#include "healthlake/fhir/search_query.hpp"
#include "rest/interaction.hpp"
#include "rest/search_parameters.hpp"
#include "rest/searchset.hpp"

namespace healthlake::rest {
namespace {

http::Response AnswerWithin(const Interaction& interaction, fhir::SearchQuery query,
                            std::string_view types) {
  fhir::RestrictToCompartment(query, interaction.compartment, interaction.id);
  std::string target = interaction.base + '/';
  target.append(fhir::NameOf(interaction.compartment)).append("/").append(interaction.id);
  target.append("/").append(types);
  return AnswerSearch(interaction, std::move(query), target);
}

}  // namespace

http::Response CompartmentSearch(const Interaction& interaction) {
  return AnswerWithin(
      interaction,
      fhir::ParseSearchQuery(interaction.type, ParametersOf(interaction), LimitsOf(interaction)),
      fhir::NameOf(interaction.type));
}

http::Response WholeCompartmentSearch(const Interaction& interaction) {
  return AnswerWithin(
      interaction, fhir::ParseSystemQuery(ParametersOf(interaction), LimitsOf(interaction)), "*");
}

}  // namespace healthlake::rest
