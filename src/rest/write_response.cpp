#include "rest/write_response.hpp"

#include <string>

#include "healthlake/fhir/outcome.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {

http::Response WriteResponse(const Interaction& interaction, datastore::WriteResult result) {
  const bool created = result.kind == datastore::WriteKind::kCreated;
  const std::uint64_t version = result.stored.version;
  NoteVersion(interaction, result.id, result.stored);
  http::Response response = ResourceResponse(created ? 201 : 200, std::move(result.stored));
  SetValidationIssues(response, result.issues);
  if (interaction.HealthLakeRules()) return response;
  if (created) {
    response.headers.Set("Location", interaction.base + '/' +
                                         std::string(fhir::NameOf(interaction.type)) + '/' +
                                         result.id + "/_history/" + std::to_string(version));
  }
  switch (ReturnOf(interaction.request)) {
    case Return::kRepresentation:
      break;
    case Return::kMinimal:
      response.body.clear();
      break;
    case Return::kOutcome:
      response.body = fhir::OutcomeJson(result.issues);
      break;
  }
  return response;
}

}  // namespace healthlake::rest
