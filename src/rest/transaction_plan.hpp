// What a transaction settles before its first write: ids, matches of criteria, what references
// between its entries will say, and the order of its interactions (http.html#trules).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "healthlake/fhir/reference_rewrite.hpp"
#include "rest/entry_request.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

struct PlannedEntry {
  EntryRequest request;
  Settled settled;
  std::string
      target;  // "Patient/123": what it creates, changes or deletes; empty: nothing, or many
  std::vector<std::string_view> conditional_references;
};

// Confined to one thread. `context` is that of the open transaction.
class TransactionPlan {
 public:
  // Throws core::Error that names the entry: kInvalid when two entries are about the same resource
  // or have the same fullUrl, and whatever criteria give rise to.
  TransactionPlan(const Context& context, std::vector<PlannedEntry>& entries);

  // Entries with conditional references come after all other writes, so that these can be found.
  enum class Phase { kDelete, kCreate, kUpdate, kReferringCreate, kReferringUpdate, kRead };
  static Phase PhaseOf(const PlannedEntry& entry);
  // Positions in the order of the standard.
  std::vector<std::size_t> Order() const;

  // Searches for what the entry's conditional references mean, each criterion once. Throws
  // core::Error{kPreconditionFailed} when that is not exactly one resource.
  void ResolveReferences(const PlannedEntry& entry);
  // The entry's body with its references put right; `buffer` may hold it.
  std::string_view BodyOf(const PlannedEntry& entry, std::string& buffer) const;

 private:
  void Settle(PlannedEntry& entry);
  void SettleCreate(PlannedEntry& entry);
  void SettleCriteria(PlannedEntry& entry);
  void Claim(const std::string& target);
  void AddFullUrl(const PlannedEntry& entry);
  std::uint64_t VersionOf(const PlannedEntry& entry);

  const Context& context_;
  std::vector<PlannedEntry>& entries_;
  const bool versions_matter_;
  fhir::ReferenceTargets targets_;
  std::unordered_set<std::string> claimed_;
  std::unordered_set<std::string_view> full_urls_;
  // Type?criteria of creates that will create, with the ids.
  std::unordered_map<std::string, std::string> created_;
};

}  // namespace healthlake::rest
