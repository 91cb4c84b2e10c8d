#include "datastore/import_batch.hpp"

#include <algorithm>
#include <utility>

#include "healthlake/fhir/resource_id.hpp"

namespace healthlake::datastore {
namespace {

constexpr int kRefused = 400;
// What parsing and walking a large line takes in the worst case, many short values, per byte.
constexpr std::size_t kWalkFactor = 16;
// A short text lies within its std::string.
constexpr std::size_t kInlineText = 15;

std::size_t HeapBytes(const std::string& text) {
  return text.size() > kInlineText ? text.size() + 1 : 0;
}

// The texts of HealthLake's failure records (reference 2.7).
constexpr std::string_view kInvalidJson = "Invalid JSON found in input file";
constexpr std::string_view kMissingId = "Missing required id field in resource json";
constexpr std::string_view kTypePattern =
    "' at 'resourceType' failed to satisfy constraint: Member must satisfy regular expression "
    "pattern: [A-Za-z]{1,256}";
constexpr std::string_view kIdPattern =
    "Value at 'resourceId' failed to satisfy constraint: Member must satisfy regular expression "
    "pattern: [A-Za-z0-9-.]{1,64}";
constexpr std::string_view kIdTooShort =
    "Value at 'resourceId' failed to satisfy constraint: Member must have length greater than or "
    "equal to 1";
constexpr std::string_view kIdTooLong =
    "Value at 'resourceId' failed to satisfy constraint: Member must have length less than or "
    "equal to 64";

void Reject(LineOutcome& outcome, std::string diagnostics, std::string location = {}) {
  outcome.status = kRefused;
  outcome.issues.push_back(
      {core::Severity::kError, "processing", std::move(diagnostics), std::move(location)});
}

bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool IsTypeName(std::string_view text) {
  return !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), IsLetter);
}

std::string Cut(std::string_view text) {
  return std::string(text.substr(0, 256));
}

// Empty when the id is good.
std::string DescribeBadId(std::string_view id) {
  if (id.empty()) {
    return "2 validation errors detected: " + std::string(kIdPattern) + "; " +
           std::string(kIdTooShort);
  }
  if (id.size() > fhir::kMaxIdLength) {
    return "2 validation errors detected: " + std::string(kIdPattern) + "; " +
           std::string(kIdTooLong);
  }
  return fhir::IsId(id) ? std::string() : "1 validation error detected: " + std::string(kIdPattern);
}

}  // namespace

std::span<char> TextArena::Add(std::string& text) {
  bytes_ += text.size();
  if (text.size() > kPiece) {
    long_.push_back(std::exchange(text, {}));
    return long_.back();
  }
  if (pieces_.empty() || text.size() > kPiece - used_) {
    pieces_.push_back(std::make_unique_for_overwrite<char[]>(kPiece));
    used_ = 0;
  }
  char* place = pieces_.back().get() + used_;
  std::copy(text.begin(), text.end(), place);
  used_ += text.size();
  return {place, text.size()};
}

LineBatch::LineBatch(const LineRules& rules, const BatchLimits& limits,
                     std::shared_ptr<BatchBudget> budget, Parts parts, GiveBack give_back)
    : rules_(rules),
      limits_(limits),
      budget_(std::move(budget)),
      parts_(std::move(parts)),
      give_back_(std::move(give_back)),
      encoder_(*parts_.symbols) {}

LineBatch::~LineBatch() {
  Charge(0);
  if (give_back_) give_back_(std::move(parts_));
}

bool LineBatch::full() const {
  return outcomes_.size() >= limits_.resources || values_.entries.size() >= limits_.entries ||
         texts_.bytes() >= limits_.bytes || charged_ >= limits_.memory ||
         (charged_ >= limits_.least_memory && budget_->Spent());
}

void LineBatch::Charge(std::size_t bytes) {
  budget_->Change(charged_, bytes);
  charged_ = bytes;
}

void LineBatch::Measure() {
  const LineOutcome& outcome = outcomes_.back();
  outcome_bytes_ += sizeof(outcome) + HeapBytes(outcome.id) + HeapBytes(outcome.type);
  for (const core::Issue& issue : outcome.issues) {
    outcome_bytes_ += sizeof(issue) + HeapBytes(issue.diagnostics) + HeapBytes(issue.location);
  }
  // Entries and strings are copied for the index; bodies become at most half as large again.
  const std::size_t texts = texts_.bytes() + texts_.bytes() / 2;
  const std::size_t values = 2 * values_.entries.size() * sizeof(index::Entry) +
                             values_.fixups.size() * sizeof(SymbolFixup) + 2 * string_bytes_;
  Charge(texts + values + outcome_bytes_ + items_.size() * sizeof(ImportItem) +
         2 * parts_.symbols->pending_bytes());
}

void LineBatch::Refuse(std::uint64_t line, core::Issue issue) {
  LineOutcome& outcome = outcomes_.emplace_back();
  outcome.line = line;
  outcome.status = kRefused;
  outcome.issues.push_back(std::move(issue));
  Measure();
}

void LineBatch::Add(std::uint64_t line, std::string_view text) {
  LineOutcome& outcome = outcomes_.emplace_back();
  outcome.line = line;
  const bool large = text.size() > ParseWorkspace::kLargeText;
  if (large) Charge(charged_ + kWalkFactor * text.size());
  AddParsed(text, outcome);
  // A Binary of the largest size must not be held twice until the commit.
  parts_.workspace->ReleaseLarge(text.size());
  Measure();
}

void LineBatch::AddParsed(std::string_view text, LineOutcome& outcome) {
  if (const auto error = parts_.workspace->document.Parse(text)) {
    Reject(outcome, std::string(kInvalidJson));
    // The record's lineId is the line.
    outcome.issues.push_back({core::Severity::kInformation, "informational",
                              error->message + " (column " + std::to_string(error->column) + ")",
                              ""});
    return;
  }
  if (!parts_.workspace->document.root().is_object()) {
    return Reject(outcome, std::string(kInvalidJson));
  }
  const json::Value root = parts_.workspace->document.root();
  fhir::ResourceType type;
  if (CheckHead(root, outcome, type)) Accept(root, type, outcome);
}

bool LineBatch::CheckHead(const json::Value& root, LineOutcome& outcome, fhir::ResourceType& type) {
  const auto named = root.Find("resourceType");
  if (!named || !named->is_string()) {
    Reject(outcome, "Missing required resourceType field in resource json");
    return false;
  }
  const std::string_view name = named->string();
  if (!IsTypeName(name)) {
    Reject(outcome, "1 validation error detected: Value '" + Cut(name) + std::string(kTypePattern));
    return false;
  }
  outcome.type = name;
  const auto found = fhir::FindResourceType(name);
  if (!found) {
    Reject(outcome, "Unknown resource type '" + Cut(name) + "'");
    return false;
  }
  if (rules_.types == TypePolicy::kHealthLake && !fhir::SupportedByHealthLake(*found)) {
    Reject(outcome, "Resource type '" + Cut(name) + "' is not supported by HealthLake");
    return false;
  }
  type = *found;
  const auto id = root.Find("id");
  if (!id || !id->is_string()) {
    Reject(outcome, std::string(kMissingId));
    return false;
  }
  outcome.id = id->string();
  std::string bad = DescribeBadId(outcome.id);
  if (bad.empty()) return true;
  Reject(outcome, std::move(bad));
  return false;
}

void LineBatch::Accept(const json::Value& root, fhir::ResourceType type, LineOutcome& outcome) {
  fhir::ResourceWalk& walk = parts_.workspace->walk;
  const Verdict verdict = Check(root, rules_.check, walk);
  if (verdict != Verdict::kSound) outcome.issues = walk.issues();
  if (verdict == Verdict::kRefused) {
    outcome.status = kRefused;
    return;
  }
  ImportItem item;
  item.outcome = outcomes_.size() - 1;
  item.type = type;
  item.places =
      StampResource(root, {.id = outcome.id, .flagged = verdict == Verdict::kFlagged}, scratch_);
  item.text = texts_.Add(scratch_);
  item.entries_begin = values_.entries.size();
  item.strings_begin = values_.strings.size();
  encoder_.Encode(type, walk.values(), static_cast<index::Rid>(items_.size()), values_);
  item.entries_end = values_.entries.size();
  item.strings_end = values_.strings.size();
  for (std::size_t at = item.strings_begin; at < item.strings_end; ++at) {
    const index::StringEntry& entry = values_.strings[at];
    string_bytes_ += sizeof(entry) + HeapBytes(entry.normal) + HeapBytes(entry.exact);
  }
  items_.push_back(item);
}

void LineBatch::ReleaseContent() {
  texts_ = TextArena();
  values_ = EncodedValues();
  released_ = true;
  Charge(charged_ / 2);  // what was prepared from it
}

void LineBatch::ResolveSymbols(store::SymbolTable& table) {
  const std::vector<store::SymbolId> numbers = parts_.symbols->InternPending(table);
  for (const SymbolFixup& fixup : values_.fixups) {
    ApplySymbol(fixup.field, numbers[fixup.pending], values_.entries[fixup.entry].key);
  }
  values_.fixups.clear();
}

}  // namespace healthlake::datastore
