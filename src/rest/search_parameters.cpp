#include "rest/search_parameters.hpp"

#include "healthlake/core/error.hpp"
#include "rest/conditional.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {

std::string ParametersOf(const Interaction& interaction) {
  const http::Request& request = interaction.request;
  // The official sample posts nothing, as JSON, with parameters in the URL.
  if (request.method != http::Method::kPost || request.body.empty()) return request.query;
  CheckFormContentType(request);
  const std::string form(request.body);
  if (request.query.empty()) return form;
  if (interaction.HealthLakeRules()) {
    // What concerns the answer's form is no parameter of the search.
    if (CriteriaOf(request.query).empty()) return form;
    throw core::Error(core::ErrorKind::kInvalid,
                      "HealthLake takes the parameters of a search from the URL or from the body, "
                      "never from both; this server combines them with --compat r4.");
  }
  return request.query + '&' + form;
}

fhir::SearchLimits LimitsOf(const Interaction& interaction) {
  return {.rules = interaction.options.rules,
          .handling = HandlingOf(interaction.request),
          .default_count = interaction.options.page_size,
          .datastore_id = interaction.datastore_id};
}

}  // namespace healthlake::rest
