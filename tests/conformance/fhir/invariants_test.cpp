// The short cuts of the walk (presence formulas, invariants compiled by hand) against the engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "conformance/fhir/engine_verdicts.hpp"
#include "conformance/fhir/mutator.hpp"
#include "conformance/fhir/official_examples.hpp"
#include "fhir/invariants.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

// Larger examples repeat what smaller ones have.
constexpr std::size_t kLargestExample = 200'000;
constexpr std::size_t kLargestMutated = 6'000;
constexpr std::size_t kMutatedStep = 6;  // one of six examples
constexpr std::size_t kShownDifferences = 20;
// Faults that leave the structure whole, so that both sides see the same elements.
const std::set<MutationKind> kWholeAfter = {MutationKind::kViolatedInvariant,
                                            MutationKind::kMissingRequired, MutationKind::kBadCode,
                                            MutationKind::kWrongReferenceTarget};

bool ByHand(std::string_view key) {
  return std::ranges::find(HandCompiledInvariants(), key, &HandCompiled::key) !=
         HandCompiledInvariants().end();
}

using Places = std::set<std::pair<std::string, std::string>>;  // location, key

// Invariants compiled by hand may be reported at another place of the same resource; txt-1 and
// txt-2 have one expression.
Places Comparable(const std::vector<Verdict>& verdicts) {
  Places places;
  for (const Verdict& verdict : verdicts) {
    places.emplace(ByHand(verdict.key) ? "" : verdict.location,
                   verdict.key == "txt-2" ? "txt-1" : verdict.key);
  }
  return places;
}

std::vector<Verdict> WalkVerdicts(const ResourceWalk& walk) {
  constexpr std::string_view kStart = "Constraint failed: ";
  std::vector<Verdict> verdicts;
  for (const core::Issue& issue : walk.issues()) {
    if (!issue.diagnostics.starts_with(kStart)) continue;
    const std::string rest = issue.diagnostics.substr(kStart.size());
    verdicts.push_back({issue.location, rest.substr(0, rest.find_first_of(" :"))});
  }
  return verdicts;
}

class Invariants : public testing::Test {
 protected:
  void SetUp() override {
    examples_ = OfficialExamples::Open();
    if (!examples_) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
  }

  void Compare(const std::string& name) {
    walk_.Run(document_.root());
    if (walk_.issues().size() > kMaxIssues) return;
    const Verdicts engine = EngineVerdicts(document_.root(), evaluator_);
    evaluations_ += engine.evaluations;
    const Places expected = Comparable(engine.violated);
    violated_ += expected.size();
    for (const auto& [location, key] : expected) keys_.insert(key);
    const Places found = Comparable(WalkVerdicts(walk_));
    if (found == expected || ++differences_ > kShownDifferences) return;
    ADD_FAILURE() << name << "\n walk   " << testing::PrintToString(found) << "\n engine "
                  << testing::PrintToString(expected);
  }

  std::optional<OfficialExamples> examples_;
  json::Document document_;
  ResourceWalk walk_;
  fhirpath::Evaluator evaluator_;
  std::size_t evaluations_ = 0;
  std::size_t violated_ = 0;
  std::size_t differences_ = 0;
  std::set<std::string> keys_;
};

TEST_F(Invariants, OfExamplesAreDecidedByTheWalkAsByTheEngine) {
  for (const std::string& name : examples_->names()) {
    const std::string text = examples_->Text(name);
    if (text.size() > kLargestExample) continue;
    ASSERT_FALSE(document_.Parse(text)) << name;
    Compare(name);
  }
  EXPECT_EQ(differences_, 0U);
  std::cout << evaluations_ << " evaluations, " << violated_ << " violations\n";
}

TEST_F(Invariants, OfMutantsAreDecidedByTheWalkAsByTheEngine) {
  std::ifstream file(HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/invariant_violations.json");
  std::ostringstream rows;
  rows << file.rdbuf();
  json::Document violations_file;
  ASSERT_FALSE(violations_file.Parse(rows.str()));
  const std::vector<Violation> violations = ViolationsIn(violations_file);
  json::Document original;
  for (std::size_t i = 0; i < examples_->names().size(); i += kMutatedStep) {
    const std::string& name = examples_->names()[i];
    ASSERT_FALSE(original.Parse(examples_->Text(name))) << name;
    if (original.text().size() > kLargestMutated) continue;
    for (const Mutant& mutant : MutantsOf(original, violations, {.seed = i, .rules_per_kind = 1})) {
      if (!kWholeAfter.contains(mutant.kind)) continue;
      std::string text(original.text());
      text.replace(mutant.offset, mutant.length, mutant.text);
      ASSERT_FALSE(document_.Parse(text)) << name;
      Compare(name + ": " + mutant.rule + " at " + mutant.path);
    }
  }
  EXPECT_EQ(differences_, 0U);
  std::cout << evaluations_ << " evaluations, " << violated_ << " violations of " << keys_.size()
            << " invariants\n";
  EXPECT_GT(keys_.size(), 100U);
}

}  // namespace
}  // namespace healthlake::fhir
