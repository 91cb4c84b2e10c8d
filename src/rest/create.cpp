// create: POST [base]/[type] (http.html#create). An id in the body is ignored.
#include "healthlake/core/error.hpp"
#include "rest/body.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {

http::Response Create(const Interaction& interaction) {
  if (interaction.request.headers.Find("If-None-Exist")) {
    // To ignore it would make the duplicates that it is there to prevent.
    throw core::Error(core::ErrorKind::kUnsupported, "Conditional create is not supported.");
  }
  const fhir::ValidationLevel level = ValidationLevelOf(interaction.request);
  const json::Value body = LoadBody(interaction);
  const std::string id = interaction.settled != nullptr ? interaction.settled->id : std::string();
  const auto draft =
      interaction.store.Prepare({interaction.type, datastore::WriteMethod::kPost, id, level}, body);
  return WriteResponse(interaction, InWriting(interaction, [&](datastore::Writing& writing) {
                         return writing.Put(*draft, {});
                       }));
}

}  // namespace healthlake::rest
