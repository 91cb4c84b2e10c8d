// read: GET [base]/[type]/[id] (http.html#read).
#include "healthlake/core/error.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/version_response.hpp"

namespace healthlake::rest {

http::Response Read(const Interaction& interaction) {
  std::optional<datastore::StoredVersion> stored =
      interaction.view().Find(interaction.type, interaction.id);
  if (!stored) ThrowNotFound(interaction);
  if (stored->deleted) ThrowGone(interaction);
  return VersionResponse(interaction, *std::move(stored));
}

}  // namespace healthlake::rest
