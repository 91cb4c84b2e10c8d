// Parts of the official examples: sound, tagged, and made of the bytes of the whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <set>

#include "conformance/fhir/official_examples.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/fhir/subset.hpp"

namespace healthlake::fhir {
namespace {

// Larger examples repeat what smaller ones have.
constexpr std::size_t kLargestExample = 200'000;
// Invariants that ask for elements without Σ: contained, snapshot and differential, focus.max.
constexpr auto kUnflagged = std::to_array<std::string_view>({"ref-1", "sdf-6", "md-1"});

bool IsTagged(const json::Value& resource) {
  const auto meta = resource.Find("meta");
  const auto tags = meta ? meta->Find("tag") : std::nullopt;
  std::size_t found = 0;
  if (tags) {
    for (const json::Value tag : *tags) {
      const auto code = tag.Find("code");
      found += code && code->string() == "SUBSETTED" ? 1U : 0U;
    }
  }
  return found == 1;
}

class SubsetOfExamples : public testing::Test {
 protected:
  void SetUp() override {
    examples_ = OfficialExamples::Open();
    if (!examples_) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
  }

  // Calls `check(name)` with both resources parsed.
  template <typename Function>
  void ForEachSubset(const SubsetRule& rule, const Function& check) {
    for (const std::string& name : examples_->names()) {
      if (UnsoundExamples().contains(name)) continue;
      ASSERT_FALSE(whole_.Parse(examples_->Text(name))) << name;
      if (whole_.text().size() > kLargestExample) continue;
      const std::string subset = Subset(whole_.text(), rule);
      ASSERT_FALSE(part_.Parse(subset)) << name;
      EXPECT_EQ(part_.text(), subset) << name;
      EXPECT_TRUE(IsTagged(part_.root())) << name;
      EXPECT_EQ(Subset(subset, rule), subset) << name;
      whole_size_ += whole_.text().size();
      part_size_ += subset.size();
      check(name);
    }
    std::cout << part_size_ << " of " << whole_size_ << " bytes are left\n";
  }

  void ExpectSound(const std::string& name) {
    walk_.Run(part_.root());
    for (const core::Issue& issue : walk_.issues()) {
      ADD_FAILURE() << name << ": " << issue.location << ": " << issue.diagnostics;
    }
  }

  // Members of the root that are not as they are in the whole.
  std::set<std::string> Changed() {
    std::set<std::string> changed;
    for (const json::Value member : part_.root()) {
      const auto original = whole_.root().Find(member.key());
      if (!original || original->raw() != member.raw()) changed.emplace(member.key());
    }
    return changed;
  }

  std::optional<OfficialExamples> examples_;
  json::Document whole_;
  json::Document part_;
  ResourceWalk walk_;
  std::size_t whole_size_ = 0;
  std::size_t part_size_ = 0;
};

TEST_F(SubsetOfExamples, DataIsSoundAndUntouched) {
  ForEachSubset({.summary = SearchSummary::kData, .elements = {}}, [&](const std::string& name) {
    ExpectSound(name);
    EXPECT_EQ(Changed(), std::set<std::string>{"meta"}) << name;
    EXPECT_FALSE(part_.root().Find("text")) << name;
  });
}

TEST_F(SubsetOfExamples, TextIsUntouched) {
  ForEachSubset({.summary = SearchSummary::kText, .elements = {}}, [&](const std::string& name) {
    EXPECT_EQ(Changed(), std::set<std::string>{"meta"}) << name;
    EXPECT_EQ(part_.root().Find("text").has_value(), whole_.root().Find("text").has_value());
  });
}

TEST_F(SubsetOfExamples, ElementsAreUntouched) {
  const std::vector<std::string> names = {"status", "name", "subject", "value"};
  ForEachSubset({.summary = SearchSummary::kFalse, .elements = names},
                [&](const std::string& name) {
                  EXPECT_EQ(Changed(), std::set<std::string>{"meta"}) << name;
                });
}

TEST_F(SubsetOfExamples, SummariesHaveNothingThatIsUnknownOrMissing) {
  ForEachSubset({.summary = SearchSummary::kTrue, .elements = {}}, [&](const std::string& name) {
    EXPECT_FALSE(part_.root().Find("text")) << name;
    walk_.Run(part_.root());
    for (const core::Issue& issue : walk_.issues()) {
      const bool unflagged = std::ranges::any_of(kUnflagged, [&](std::string_view key) {
        return issue.diagnostics.starts_with("Constraint failed: " + std::string(key));
      });
      EXPECT_TRUE(unflagged) << name << ": " << issue.location << ": " << issue.diagnostics;
    }
  });
}

}  // namespace
}  // namespace healthlake::fhir
