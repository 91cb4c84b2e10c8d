// What batch and transaction share: the Bundle that was posted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "healthlake/core/clock.hpp"
#include "healthlake/json/document.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

enum class BundleKind : std::uint8_t { kBatch, kTransaction };

// Confined to one thread; not moved, since the values point into the document. The thread's body
// (ParseBody) is free for the entries.
struct PostedBundle {
  json::Document document;
  BundleKind kind = BundleKind::kBatch;
  std::vector<json::Value> entries;  // objects, each with a request
};

// Who waits for the answer; the limits differ (reference 4.9).
enum class Waiting : std::uint8_t { kCaller, kNobody };

// Reads `text`. Throws core::Error with reference 4.5's texts for what is no JSON, kInvalid for a
// Bundle of another type or an entry without request, and under HealthLake's rules kUnprocessable
// for more entries than it takes.
void ReadBundle(const Context& context, std::string_view text, Waiting waiting,
                PostedBundle& bundle);

// One file each. The checkpoint is committed with the transaction, its text the answer's body; no
// checkpoint when its name is empty.
http::Response Batch(const Interaction& outer, const PostedBundle& bundle);
http::Response Transaction(const Interaction& outer, const PostedBundle& bundle,
                           std::string_view checkpoint = {});
// What can be said against a transaction before it runs, for one that is accepted to run later:
// throws what Transaction would throw for the shape of its entries.
void CheckTransaction(const Interaction& outer, const PostedBundle& bundle);

}  // namespace healthlake::rest
