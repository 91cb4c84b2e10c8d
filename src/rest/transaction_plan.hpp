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

// Confined to one thread. `context` is that of the open transaction, and belongs to no entry while
// the plan is asked.
class TransactionPlan final : private ReferenceRewriter {
 public:
  // Settles all but creations, which find what the deletions have left. Throws core::Error that
  // names the entry: kInvalid when two entries are about the same resource or have the same
  // fullUrl, and whatever criteria give rise to.
  TransactionPlan(const Context& context, std::vector<PlannedEntry>& entries);

  // Once the deletions are done. Throws as the constructor does.
  void SettleCreations();
  // A conditional patch, when its turn has come: it finds what was written before it.
  void SettleInTurn(PlannedEntry& entry);
  // Once everything is written: whatever was made because nothing met its criteria must be the only
  // one that meets them now. Throws core::Error{kPreconditionFailed} that names the entry.
  void CheckOnlyOnes() const;

  // Entries with conditional references come after all other writes, so that these can be found.
  enum class Phase { kDelete, kCreate, kUpdate, kReferringCreate, kReferringUpdate, kRead };
  static Phase PhaseOf(const PlannedEntry& entry);
  // Positions in the order of the standard.
  std::vector<std::size_t> Order() const;

  // The entry's body with its references put right; `buffer` may hold it. What a conditional
  // reference means is searched for once. Throws core::Error{kPreconditionFailed} when that is not
  // exactly one resource.
  std::string_view BodyOf(const PlannedEntry& entry, std::string& buffer);

 private:
  bool Rewrite(const json::Value& resource, std::string& out) override;
  void ResolveReferences(std::span<const std::string_view> references);
  void Settle(PlannedEntry& entry);
  void SettleCreate(PlannedEntry& entry);
  void SettleCriteria(PlannedEntry& entry);
  // That nothing has met the entry's criteria.
  bool MakesTheOnlyOne(const PlannedEntry& entry) const;
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
