// The answer of an asynchronous transaction, polled: GET [base]/Transaction/[id] (reference 4.10;
// async.html).
#include <optional>
#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/jobs/transaction_queue.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

http::Response TransactionStatus(const Interaction& interaction) {
  jobs::TransactionQueue* const queue = interaction.options.transactions;
  std::optional<jobs::TransactionState> state;
  if (queue != nullptr) {
    state = queue->Find(store::DatastoreId(interaction.datastore_id),
                        store::TransactionId(interaction.id));
  }
  if (!state) {
    throw core::Error(core::ErrorKind::kNotFound,
                      "Transaction " + interaction.id + " is not known.");
  }
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  if (HasEnded(state->status)) {
    response.status = state->response_status;
    response.body = std::move(state->response);
  } else {
    response.status = 202;
    response.body = fhir::OutcomeJson(
        {{core::Severity::kInformation, "informational", std::string(NameOf(state->status)), ""}},
        interaction.id);
  }
  return response;
}

}  // namespace healthlake::rest
