#include "rest/write_response.hpp"

#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "rest/headers.hpp"
#include "rest/version_response.hpp"

namespace healthlake::rest {
namespace {

std::string LocationOf(const Interaction& interaction, const std::string& id,
                       std::uint64_t version) {
  return interaction.base + '/' + std::string(fhir::NameOf(interaction.type)) + '/' + id +
         "/_history/" + std::to_string(version);
}

// An empty body is of no type.
void DropBody(http::Response& response) {
  http::Headers headers;
  for (const http::Header& header : response.headers) {
    if (header.name != "Content-Type") headers.Add(header.name, header.value);
  }
  response.headers = std::move(headers);
  response.body.clear();
}

void Shape(const Interaction& interaction, const core::Issues& issues, http::Response& response) {
  switch (ReturnOf(interaction.request)) {
    case Return::kRepresentation:
      break;
    case Return::kMinimal:
      DropBody(response);
      break;
    case Return::kOutcome:
      response.body = fhir::OutcomeJson(issues);
      break;
  }
}

}  // namespace

http::Response WriteResponse(const Interaction& interaction, datastore::WriteResult result) {
  const bool created = result.kind == datastore::WriteKind::kCreated;
  const std::uint64_t version = result.stored.version;
  NoteVersion(interaction, result.id, result.stored);
  http::Response response = ResourceResponse(created ? 201 : 200, std::move(result.stored));
  SetValidationIssues(response, result.issues);
  if (created && !interaction.HealthLakeRules()) {
    response.headers.Set("Location", LocationOf(interaction, result.id, version));
  }
  Shape(interaction, result.issues, response);
  return response;
}

http::Response ExistingResponse(const Interaction& interaction, datastore::View& view,
                                const std::string& id) {
  std::optional<datastore::StoredVersion> stored = view.Find(interaction.type, id);
  if (!stored) throw core::Error(core::ErrorKind::kInternal, "A match is not stored");
  NoteVersion(interaction, id, *stored);
  const std::uint64_t version = stored->version;
  http::Response response = ResourceResponse(200, *std::move(stored));
  response.headers.Set("Location", LocationOf(interaction, id, version));
  Shape(interaction, {}, response);
  return response;
}

http::Response DeleteResponse(const Interaction& interaction,
                              const datastore::DeleteResult& result) {
  if (!result.existed) ThrowNotFound(interaction);
  http::Response response;
  response.status = 204;
  if (!result.tombstone) return response;
  NoteVersion(interaction, interaction.id, *result.tombstone);
  SetVersion(response, *result.tombstone);
  return response;
}

}  // namespace healthlake::rest
