// Import lines, parsed, checked and encoded, waiting for their commit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datastore/batch_budget.hpp"
#include "datastore/batch_symbols.hpp"
#include "datastore/resource_text.hpp"
#include "datastore/value_encoder.hpp"
#include "datastore/write_check.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::datastore {

// What parses one resource after the other; its buffers are worth keeping.
struct ParseWorkspace {
  json::Document document;
  fhir::ResourceWalk walk;

  // After a resource of `bytes`: buffers of a large one are many times its size and go at once.
  void ReleaseLarge(std::size_t bytes) {
    if (bytes > kLargeText) *this = ParseWorkspace();
  }
  static constexpr std::size_t kLargeText = std::size_t{1} << 20;
};

// Texts in large pieces, so that a batch neither moves them nor holds twice their size.
class TextArena {
 public:
  // Takes a long text over as it is, copies others; `text` is empty or unchanged afterwards.
  std::span<char> Add(std::string& text);
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t kPiece = 1 << 20;
  std::vector<std::unique_ptr<char[]>> pieces_;
  std::deque<std::string> long_;
  std::size_t used_ = kPiece;
  std::size_t bytes_ = 0;
};

// One accepted line. Entries are [entries_begin, entries_end) of the batch's, and so on.
struct ImportItem {
  std::size_t outcome = 0;  // the line's place among the outcomes
  fhir::ResourceType type;
  std::span<char> text;  // in the arena, stamped with version 1 and no time
  StampPlaces places;
  std::size_t entries_begin = 0;
  std::size_t entries_end = 0;
  std::size_t strings_begin = 0;
  std::size_t strings_end = 0;
};

struct BatchLimits {
  std::size_t resources = 20'000;
  std::size_t entries = 400'000;
  std::size_t bytes = std::size_t{32} << 20;  // of NDJSON
  // Of everything that the batch takes until it is committed. Two are on their way in one job.
  std::size_t memory = std::size_t{64} << 20;
  // What a batch may hold at any rate, when the budget is spent by others.
  std::size_t least_memory = std::size_t{1} << 20;
};

// What a line must keep to. The store outlives its batches.
struct LineRules {
  TypePolicy types = TypePolicy::kHealthLake;
  CheckRules check;
};

class LineBatch final : public ImportBatch {
 public:
  // `give_back` takes the symbols and the workspace when the batch is destroyed.
  struct Parts {
    std::unique_ptr<BatchSymbols> symbols;
    std::unique_ptr<ParseWorkspace> workspace;
  };
  using GiveBack = std::function<void(Parts)>;
  LineBatch(const LineRules& rules, const BatchLimits& limits, std::shared_ptr<BatchBudget> budget,
            Parts parts, GiveBack give_back);
  ~LineBatch() override;

  void Add(std::uint64_t line, std::string_view text) override;
  void Refuse(std::uint64_t line, core::Issue issue) override;
  bool full() const override;
  bool empty() const override { return outcomes_.empty(); }

  // --- For the commit ----------------------------------------------------------------------------
  std::vector<LineOutcome>& outcomes() noexcept { return outcomes_; }
  const std::vector<ImportItem>& items() const noexcept { return items_; }
  // Entries have the item's number in place of the rid.
  const EncodedValues& values() const noexcept { return values_; }
  std::string_view IdOf(const ImportItem& item) const { return outcomes_[item.outcome].id; }
  // Frees texts and values, once they have been prepared for good. The batch cannot be committed
  // again.
  void ReleaseContent();
  // Estimated bytes, what the commit will add included.
  std::size_t memory() const noexcept { return charged_; }
  bool released() const noexcept { return released_; }
  // Gives all symbols their final numbers.
  void ResolveSymbols(store::SymbolTable& table);

 private:
  // What is wrong with the line before its structure is looked at; sets type and id of `outcome`.
  bool CheckHead(const json::Value& root, LineOutcome& outcome, fhir::ResourceType& type);
  void Accept(const json::Value& root, fhir::ResourceType type, LineOutcome& outcome);
  void AddParsed(std::string_view text, LineOutcome& outcome);
  // Takes the last line into account.
  void Measure();
  void Charge(std::size_t bytes);

  const LineRules rules_;
  const BatchLimits limits_;
  const std::shared_ptr<BatchBudget> budget_;
  Parts parts_;
  GiveBack give_back_;
  ValueEncoder encoder_;
  std::string scratch_;
  TextArena texts_;
  EncodedValues values_;
  std::vector<ImportItem> items_;
  std::vector<LineOutcome> outcomes_;
  std::size_t string_bytes_ = 0;
  std::size_t outcome_bytes_ = 0;
  std::size_t charged_ = 0;
  bool released_ = false;
};

}  // namespace healthlake::datastore
