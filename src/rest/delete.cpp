// delete: DELETE [base]/[type]/[id] (http.html#delete; reference 4.12): 204, also the second time;
// 404 for an id that never was.
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/version_response.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {

http::Response Delete(const Interaction& interaction) {
  const datastore::Precondition precondition = PreconditionOf(interaction.request);
  const datastore::DeleteResult result = InWriting(interaction, [&](datastore::Writing& writing) {
    return writing.Delete(interaction.type, interaction.id, precondition);
  });
  if (!result.existed) ThrowNotFound(interaction);
  http::Response response;
  response.status = 204;
  if (result.tombstone) NoteVersion(interaction, interaction.id, *result.tombstone);
  if (result.tombstone) response.headers.Set("ETag", EntityTag(result.tombstone->version));
  return response;
}

}  // namespace healthlake::rest
