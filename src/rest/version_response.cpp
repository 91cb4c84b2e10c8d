#include "rest/version_response.hpp"

#include <string>

#include "healthlake/core/error.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {
namespace {

std::string NameOf(const Interaction& interaction) {
  std::string name(fhir::NameOf(interaction.type));
  name += '/' + interaction.id;
  if (interaction.version > 0) name += "/_history/" + std::to_string(interaction.version);
  return name;
}

}  // namespace

void ThrowNotFound(const Interaction& interaction) {
  throw core::Error(core::ErrorKind::kNotFound,
                    "Resource " + NameOf(interaction) + " is not known.");
}

void ThrowGone(const Interaction& interaction) {
  throw core::Error(core::ErrorKind::kGone, "Resource " + NameOf(interaction) + " was deleted.");
}

http::Response VersionResponse(const Interaction& interaction, datastore::StoredVersion stored) {
  NoteVersion(interaction, interaction.id, stored);
  if (!IsUnchanged(interaction.request, stored)) return ResourceResponse(200, std::move(stored));
  http::Response response;
  response.status = 304;
  SetVersion(response, stored);
  return response;
}

}  // namespace healthlake::rest
