// transaction, asynchronous: POST [base] with Prefer: respond-async (reference 4.10; async.html).
#include "rest/transaction_submit.hpp"

#include "healthlake/core/error.hpp"
#include "healthlake/jobs/transaction_queue.hpp"
#include "healthlake/json/tree.hpp"
#include "rest/accepted_transaction.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {

http::Response AcceptTransaction(const Interaction& interaction) {
  jobs::TransactionQueue* const queue = interaction.options.transactions;
  if (queue == nullptr) {
    throw core::Error(core::ErrorKind::kUnsupported,
                      "Asynchronous transactions are not supported.");
  }
  const store::TransactionId id =
      queue->Submit({.datastore = store::DatastoreId(interaction.datastore_id),
                     .base = interaction.base,
                     .headers = KeepHeaders(interaction.request.headers),
                     .bundle = interaction.request.body});
  const std::string url = interaction.base + "/Transaction/" + id.text();
  http::Response response;
  response.status = 202;
  response.headers.Set("Content-Type", kFhirJson);
  response.headers.Set("Content-Location", url);
  // By hand, as its location is no path of an element and has no expression beside it.
  response.body =
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"information",)"
      R"("code":"informational","diagnostics":"Submitted Asynchronous Bundle Transaction",)"
      R"("location":[)" +
      json::Quote(url) + "]}]}";
  return response;
}

}  // namespace healthlake::rest
