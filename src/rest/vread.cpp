// vread: GET [base]/[type]/[id]/_history/[vid] (http.html#vread).
#include "rest/interaction.hpp"
#include "rest/version_response.hpp"

namespace healthlake::rest {

http::Response ReadVersion(const Interaction& interaction) {
  std::optional<datastore::StoredVersion> stored =
      interaction.version == 0
          ? std::nullopt
          : interaction.view().FindVersion(interaction.type, interaction.id, interaction.version);
  if (!stored) ThrowNotFound(interaction);
  if (stored->deleted) ThrowGone(interaction);
  return VersionResponse(interaction, *std::move(stored));
}

}  // namespace healthlake::rest
