// batch and transaction: POST [base] with a Bundle (http.html#transaction; reference 4.9).
#include "rest/bundle.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "healthlake/core/error.hpp"
#include "rest/body.hpp"
#include "rest/headers.hpp"
#include "rest/transaction_submit.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

struct KindRow {
  std::string_view type;  // Bundle.type
  BundleKind kind;
  Waiting waiting;
  std::size_t healthlake_limit;  // entries
};
constexpr auto kKinds = std::to_array<KindRow>({
    {"batch", BundleKind::kBatch, Waiting::kCaller, 500},
    {"transaction", BundleKind::kTransaction, Waiting::kCaller, 100},
    {"transaction", BundleKind::kTransaction, Waiting::kNobody, 500},
});

// A Bundle's own levels come on top of those of a resource.
constexpr json::ParseLimits kBundleLimits{.max_depth = json::ParseLimits{}.max_depth + 3};

std::string_view TextOf(const json::Value& object, std::string_view name) {
  const std::optional<json::Value> member = object.Find(name);
  return member && member->is_string() ? member->string() : std::string_view();
}

const KindRow& LoadKind(const json::Value& root, Waiting waiting) {
  if (TextOf(root, "resourceType") != "Bundle") {
    throw Error(ErrorKind::kInvalid,
                "The endpoint itself takes a Bundle; a resource is posted to "
                "its type.");
  }
  const std::string_view type = TextOf(root, "type");
  bool known = false;
  for (const KindRow& row : kKinds) {
    if (row.type != type) continue;
    if (row.waiting == waiting) return row;
    known = true;
  }
  throw Error(ErrorKind::kInvalid,
              known ? "A batch cannot be processed asynchronously; only a transaction can."
                    : "Only Bundles of type batch and transaction can be processed, not '" +
                          std::string(type) + "'.");
}

void CheckCount(const Context& context, const KindRow& row, std::size_t count) {
  if (!context.HealthLakeRules() || count <= row.healthlake_limit) return;
  throw Error(ErrorKind::kUnprocessable, "A " + std::string(row.type) + " may have at most " +
                                             std::to_string(row.healthlake_limit) +
                                             " entries; this one has " + std::to_string(count) +
                                             ".");
}

void CheckShape(const json::Value& entry, std::size_t index) {
  const std::optional<json::Value> request = entry.Find("request");
  if (request && request->is_object()) return;
  const std::string place = "Bundle.entry[" + std::to_string(index) + "]";
  const std::string text = "An entry of a batch or transaction needs a request (at " + place + ")";
  throw Error(ErrorKind::kInvalid, text,
              {{core::Severity::kError, "processing", text, place + ".request"}});
}

}  // namespace

void ReadBundle(const Context& context, std::string_view text, Waiting waiting,
                PostedBundle& bundle) {
  const json::Value root = ParseObject(text, bundle.document, kBundleLimits);
  const KindRow& row = LoadKind(root, waiting);
  bundle.kind = row.kind;
  const std::optional<json::Value> entries = root.Find("entry");
  if (!entries) return;
  if (!entries->is_array()) throw Error(ErrorKind::kInvalid, "Bundle.entry must be an array.");
  CheckCount(context, row, entries->size());
  bundle.entries.assign(entries->begin(), entries->end());
  for (std::size_t i = 0; i < bundle.entries.size(); ++i) CheckShape(bundle.entries[i], i);
}

http::Response ProcessBundle(const Interaction& interaction) {
  if (interaction.in_bundle) {
    throw Error(ErrorKind::kInvalid, "A Bundle cannot be processed as an entry of another.");
  }
  CheckContentType(interaction.request);
  const bool waits = !Prefers(interaction.request, "respond-async");
  PostedBundle bundle;
  ReadBundle(interaction, interaction.request.body, waits ? Waiting::kCaller : Waiting::kNobody,
             bundle);
  if (!waits) {
    CheckTransaction(interaction, bundle);
    return AcceptTransaction(interaction);
  }
  return bundle.kind == BundleKind::kBatch ? Batch(interaction, bundle)
                                           : Transaction(interaction, bundle);
}

}  // namespace healthlake::rest
