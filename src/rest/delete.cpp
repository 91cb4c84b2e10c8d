// delete: DELETE [base]/[type]/[id] (http.html#delete; reference 4.12): 204, also the second time;
// 404 for an id that never was.
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {

http::Response Delete(const Interaction& interaction) {
  const datastore::Precondition precondition = PreconditionOf(interaction.request);
  return DeleteResponse(interaction, InWriting(interaction, [&](datastore::Writing& writing) {
                          return writing.Delete(interaction.type, interaction.id, precondition);
                        }));
}

}  // namespace healthlake::rest
