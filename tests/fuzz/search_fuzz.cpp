// A search: the input is "Type?query", or "?query" for one of all types, as HealthLake and as R4
// read it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/expect.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace {

using namespace healthlake;

constexpr std::size_t kMaxCriteria = 50'000;

// How many criteria, values and branches there are.
std::size_t SizeOf(const fhir::Criterion& criterion);

std::size_t SizeOf(const std::vector<fhir::Criterion>& criteria) {
  std::size_t size = 0;
  for (const fhir::Criterion& one : criteria) size += SizeOf(one);
  return size;
}

std::size_t SizeOf(const fhir::Criterion& criterion) {
  if (const auto* clause = std::get_if<fhir::SearchClause>(&criterion.is)) {
    HEALTHLAKE_EXPECT(clause->param != nullptr);
    const bool missing = clause->modifier == fhir::SearchModifier::kMissing;
    HEALTHLAKE_EXPECT(clause->any_of.empty() == missing);
    return 1 + clause->any_of.size();
  }
  if (const auto* chain = std::get_if<fhir::Chain>(&criterion.is)) {
    HEALTHLAKE_EXPECT(!chain->branches.empty());
    std::size_t size = 1;
    for (const fhir::Chain::Branch& branch : chain->branches) {
      HEALTHLAKE_EXPECT(!branch.all_of.empty());
      size += SizeOf(branch.all_of);
    }
    return size;
  }
  if (const auto* chain = std::get_if<fhir::ReverseChain>(&criterion.is)) {
    HEALTHLAKE_EXPECT(!chain->all_of.empty());
    return 1 + SizeOf(chain->all_of);
  }
  if (const auto* combination = std::get_if<fhir::Combination>(&criterion.is)) {
    HEALTHLAKE_EXPECT(!combination->parts.empty());
    return 1 + SizeOf(combination->parts);
  }
  if (const auto* text = std::get_if<fhir::TextCriterion>(&criterion.is)) {
    HEALTHLAKE_EXPECT(!text->any_of.empty());
  }
  return 1;
}

std::size_t SizeOf(const fhir::SearchQuery& query) {
  std::size_t size = 0;
  for (const fhir::TypeSearch& one : query.types) {
    HEALTHLAKE_EXPECT(one.all_of.size() == query.types.front().all_of.size());
    size += SizeOf(one.all_of);
  }
  for (const fhir::SortRule& rule : query.sort) {
    HEALTHLAKE_EXPECT(rule.params.size() == query.types.size());
  }
  return size;
}

class Target {
 public:
  void Run(std::string_view text) {
    const std::size_t mark = text.find('?');
    if (mark == std::string_view::npos) return;
    const auto type = fhir::FindResourceType(text.substr(0, mark));
    if (!type && mark != 0) return;
    for (const auto rules : {fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4}) {
      for (const auto handling : {fhir::SearchHandling::kStrict, fhir::SearchHandling::kLenient}) {
        Read(type.value_or(fhir::ResourceType()), text.substr(mark + 1),
             {.rules = rules, .handling = handling});
      }
    }
  }

 private:
  static fhir::SearchQuery Parse(fhir::ResourceType type, std::string_view text,
                                 const fhir::SearchLimits& limits) {
    return type.IsNone() ? fhir::ParseSystemQuery(text, limits)
                         : fhir::ParseSearchQuery(type, text, limits);
  }

  void Read(fhir::ResourceType type, std::string_view text, const fhir::SearchLimits& limits) {
    try {
      const fhir::SearchQuery query = Parse(type, text, limits);
      const std::size_t size = SizeOf(query);
      HEALTHLAKE_EXPECT(size < kMaxCriteria);
      // Links ask for the same.
      const fhir::SearchQuery again = Parse(type, query.applied, limits);
      HEALTHLAKE_EXPECT(again.applied == query.applied);
      HEALTHLAKE_EXPECT(SizeOf(again) == size);
      HEALTHLAKE_EXPECT(again.ignored.empty());
    } catch (const core::Error& error) {
      HEALTHLAKE_EXPECT(error.kind() == core::ErrorKind::kInvalid);
      HEALTHLAKE_EXPECT(!error.message().empty());
      for (const core::Issue& issue : error.issues()) {
        HEALTHLAKE_EXPECT(issue.code == "invalid" || issue.code == "not-supported");
        HEALTHLAKE_EXPECT(issue.diagnostics.starts_with("Search parameter '"));
      }
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Target().Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
