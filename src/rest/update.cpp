// update: PUT [base]/[type]/[id] (http.html#update), under the client's id as well.
#include "rest/body.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/type_rules.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {

http::Response Update(const Interaction& interaction) {
  const fhir::ValidationLevel level = ValidationLevelOf(interaction.request);
  const json::Value body = LoadBody(interaction);
  CheckBodyId(interaction, body);
  const datastore::Precondition precondition = PreconditionOf(interaction.request);
  const auto draft = interaction.store.Prepare(
      {interaction.type, datastore::WriteMethod::kPut, interaction.id, level}, body);
  return WriteResponse(interaction, InWriting(interaction, [&](datastore::Writing& writing) {
                         CheckMayChange(interaction, writing, interaction.id);
                         return writing.Put(*draft, precondition);
                       }));
}

}  // namespace healthlake::rest
