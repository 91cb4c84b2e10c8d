// transaction: the entries of a Bundle all together or not at all (http.html#trules;
// reference 4.9). The write lock is held from the first search to the commit, so two transactions
// take turns.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "healthlake/core/error.hpp"
#include "rest/bundle.hpp"
#include "rest/dispatch.hpp"
#include "rest/entry_error.hpp"
#include "rest/entry_request.hpp"
#include "rest/entry_response.hpp"
#include "rest/transaction_plan.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

// Reference 4.10.
void CheckMayWait(const Context& context, const EntryRequest& entry) {
  if (!context.HealthLakeRules()) return;
  if (entry.method() != http::Method::kPatch &&
      !(entry.method() == http::Method::kPut && entry.IsConditional())) {
    return;
  }
  throw Error(ErrorKind::kUnsupported,
              "PATCH and conditional update are not supported in an asynchronous transaction.");
}

std::vector<PlannedEntry> ReadEntries(const Interaction& outer, const PostedBundle& bundle,
                                      Waiting waiting) {
  const http::Headers inherited = InheritedHeaders(outer.request.headers);
  std::vector<PlannedEntry> entries(bundle.entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ForEntry(i, [&] {
      entries[i].request = ReadEntry(outer, outer.request, inherited, bundle.entries[i], i);
      if (waiting == Waiting::kNobody) CheckMayWait(outer, entries[i].request);
    });
  }
  return entries;
}

bool IsConflict(ErrorKind kind) {
  return kind == ErrorKind::kConflict || kind == ErrorKind::kPreconditionFailed;
}

// One of the transaction's entries after the other, in the standard's order.
class TransactionRun {
 public:
  TransactionRun(const Interaction& outer, std::vector<PlannedEntry>& entries,
                 datastore::Writing& writing, Waiting waiting)
      : context_(outer), entries_(entries), waiting_(waiting), answer_(outer, entries.size()) {
    context_.writing = &writing;
    context_.in_bundle = true;
  }

  http::Response Run() {
    TransactionPlan plan(context_, entries_);
    for (PlannedEntry& entry : entries_) {
      if (TransactionPlan::PhaseOf(entry) == TransactionPlan::Phase::kDelete) Carry(plan, entry);
    }
    plan.SettleCreations();
    for (const std::size_t i : plan.Order()) {
      if (TransactionPlan::PhaseOf(entries_[i]) == TransactionPlan::Phase::kDelete) continue;
      Carry(plan, entries_[i]);
    }
    plan.CheckOnlyOnes();
    return answer_.Finish("transaction-response", std::nullopt);
  }

 private:
  void Carry(TransactionPlan& plan, PlannedEntry& entry) {
    if (context_.cancel.Requested()) {
      throw Error(ErrorKind::kUnavailable, "The transaction was stopped.");
    }
    try {
      Answer(plan, entry);
    } catch (const Error& error) {
      if (waiting_ == Waiting::kNobody && IsConflict(error.kind())) ThrowConflict(error, entry);
      throw AtEntry(error, entry.request.index);
    }
  }

  // Polling's words for what came in between (reference 4.10).
  [[noreturn]] static void ThrowConflict(const Error& error, const PlannedEntry& entry) {
    std::string text = "Transaction failed: conflict detected on resource ";
    text += entry.target.empty() ? entry.request.request.target : entry.target;
    throw Error(error.kind(), text, {{core::Severity::kError, "exception", text, ""}});
  }

  void Answer(TransactionPlan& plan, PlannedEntry& entry) {
    if (entry.request.IsRead() && answer_.full()) {
      throw Error(ErrorKind::kTooLarge, "The answer to the Bundle would be too large.");
    }
    plan.SettleInTurn(entry);
    entry.request.request.body = plan.BodyOf(entry, buffer_);
    AnsweredVersion answered;
    context_.settled = &entry.settled;
    context_.answered = &answered;
    http::Response response = Dispatch(context_, entry.request.request, entry.request.segments);
    context_.settled = nullptr;
    context_.answered = nullptr;
    if (response.status >= 400) throw FailureOf(response.status);
    std::string().swap(entry.request.request.body);
    answer_.Add(entry.request, std::move(response), answered);
  }

  Context context_;
  std::vector<PlannedEntry>& entries_;
  const Waiting waiting_;
  BundleAnswer answer_;
  std::string buffer_;
};

}  // namespace

void CheckTransaction(const Interaction& outer, const PostedBundle& bundle) {
  ReadEntries(outer, bundle, Waiting::kNobody);
}

http::Response Transaction(const Interaction& outer, const PostedBundle& bundle,
                           std::string_view checkpoint) {
  const Waiting waiting = checkpoint.empty() ? Waiting::kCaller : Waiting::kNobody;
  std::vector<PlannedEntry> entries = ReadEntries(outer, bundle, waiting);
  const std::unique_ptr<datastore::Writing> writing = outer.store.BeginWrite(outer.cancel);
  http::Response response = TransactionRun(outer, entries, *writing, waiting).Run();
  if (!checkpoint.empty()) writing->SaveCheckpoint(checkpoint, response.body);
  writing->Commit();
  return response;
}

}  // namespace healthlake::rest
