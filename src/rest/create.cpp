// create: POST [base]/[type] (http.html#create). An id in the body is ignored. With If-None-Exist
// only when nothing meets its criteria (http.html#ccreate); with an idempotency key only once
// (reference 4.4).
#include <optional>
#include <string>

#include "rest/body.hpp"
#include "rest/conditional.hpp"
#include "rest/headers.hpp"
#include "rest/idempotency.hpp"
#include "rest/interaction.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {
http::Response Create(const Interaction& interaction) {
  const fhir::ValidationLevel level = ValidationLevelOf(interaction.request);
  const std::optional<std::string> criteria = FindNoneExist(interaction.request);
  const std::optional<std::string> key = FindIdempotencyKey(interaction.request);
  const json::Value body = LoadBody(interaction);
  const std::string id = interaction.settled != nullptr ? interaction.settled->id : std::string();
  const auto draft =
      interaction.store.Prepare({interaction.type, datastore::WriteMethod::kPost, id, level}, body);
  return InWriting(interaction, [&](datastore::Writing& writing) {
    if (key) {
      if (const auto made = writing.FindIdempotencyKey(*key)) {
        return DuplicateResponse(interaction, *made);
      }
    }
    if (criteria) {
      const auto match = FindOnlyMatch(interaction, writing, interaction.type, *criteria);
      if (match) return ExistingResponse(interaction, writing, *match);
    }
    if (key) writing.SaveIdempotencyKey(*key, interaction.type, draft->id());
    return WriteResponse(interaction, writing.Put(*draft, {}));
  });
}

}  // namespace healthlake::rest
