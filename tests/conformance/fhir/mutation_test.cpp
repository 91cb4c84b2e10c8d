// Every official example with one fault put into it: refused, with an issue that names the element.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "conformance/fhir/mutator.hpp"
#include "conformance/fhir/official_examples.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::size_t kThreads = 2;
// Beyond, an example gets one mutant of each kind.
constexpr std::size_t kLargeExample = 20'000;
// Beyond, a Bundle is cut to its first entry.
constexpr std::size_t kHugeBundle = 400'000;
constexpr std::size_t kShownFailures = 3;  // of each kind and rule

// Kinds that the walk does not look for yet: counted, not asserted.
const std::set<MutationKind> kNotYet = {
    MutationKind::kBadCode,         MutationKind::kBadPrimitive,
    MutationKind::kBrokenReference, MutationKind::kWrongReferenceTarget,
    MutationKind::kBrokenContained, MutationKind::kBrokenExtension,
    MutationKind::kBrokenNarrative, MutationKind::kViolatedInvariant,
};

std::string ViolationsText() {
  std::ifstream file(HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/invariant_violations.json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Whether one path leads to the other or is it.
bool OnOnePath(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return b.starts_with(a) && (a.size() == b.size() || b[a.size()] == '.' || b[a.size()] == '[');
}

bool Says(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool Names(const core::Issue& issue, const Mutant& mutant) {
  if (issue.severity > core::Severity::kError || issue.diagnostics.empty()) return false;
  if (issue.location.empty() || !Says(issue.diagnostics, mutant.said)) return false;
  if (mutant.kind == MutationKind::kBrokenResourceType) {
    return Says(issue.diagnostics, "resourceType") || Says(issue.diagnostics, "FHIR resource");
  }
  if (!OnOnePath(issue.location, mutant.path)) return false;
  return Says(issue.location, mutant.name) || Says(issue.location, mutant.element) ||
         Says(issue.diagnostics, mutant.name) || Says(issue.diagnostics, mutant.element);
}

// What all threads found.
struct Tally {
  std::mutex mutex;
  std::array<std::size_t, kMutationKinds> cases{};
  std::array<std::size_t, kMutationKinds> failures{};
  std::map<std::pair<MutationKind, std::string>, std::size_t> by_rule;
  std::map<std::pair<MutationKind, std::string>, std::size_t> failed_by_rule;
  std::set<std::string> few_kinds;  // examples

  void Add(const Mutant& mutant, const std::string& failure) {
    const std::lock_guard lock(mutex);
    ++cases[static_cast<std::size_t>(mutant.kind)];
    ++by_rule[{mutant.kind, mutant.rule}];
    if (failure.empty()) return;
    ++failures[static_cast<std::size_t>(mutant.kind)];
    if (++failed_by_rule[{mutant.kind, mutant.rule}] > kShownFailures) return;
    if (kNotYet.contains(mutant.kind)) return;
    ADD_FAILURE() << NameOf(mutant.kind) << " (" << mutant.rule << ") at " << mutant.path << ", "
                  << mutant.name << ": " << mutant.text.substr(0, 300) << '\n'
                  << failure;
  }
};

std::string Listed(const core::Issues& issues) {
  if (issues.empty()) return "accepted";
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(issues.size(), 5); ++i) {
    out += "  " + issues[i].location + ": " + issues[i].diagnostics + '\n';
  }
  return out;
}

// One thread's share.
class Judge {
 public:
  explicit Judge(Tally& tally) : tally_(tally) {
    if (violations_file_.Parse(ViolationsText())) throw std::runtime_error("violations");
    violations_ = ViolationsIn(violations_file_);
  }

  void Example(const std::string& name, std::string text, std::size_t number) {
    if (original_.Parse(text)) throw std::runtime_error(name);
    if (text.size() > kHugeBundle && original_.root().Find("entry")) CutToFirstEntry();
    Sampling sampling;
    sampling.seed = number;
    sampling.one_rule_only = original_.text().size() > kLargeExample;
    std::set<MutationKind> kinds;
    for (const Mutant& mutant : MutantsOf(original_, violations_, sampling)) {
      kinds.insert(mutant.kind);
      const std::string failure = Try(mutant);
      tally_.Add(mutant, failure.empty() ? failure : name + ": " + failure);
    }
    if (kinds.size() < 12) {
      const std::lock_guard lock(tally_.mutex);
      tally_.few_kinds.insert(name);
    }
  }

 private:
  void CutToFirstEntry() {
    const json::Value root = original_.root();
    std::string text = "{";
    for (const json::Value member : root) {
      text += (text.size() > 1 ? ",\"" : "\"") + std::string(member.key()) + "\":";
      if (member.key() == "entry") {
        text += "[" + std::string((*member.begin()).raw()) + "]";
      } else {
        text += member.raw();
      }
    }
    if (original_.Parse(text + "}")) throw std::runtime_error("cut");
  }

  std::string Try(const Mutant& mutant) {
    const std::string_view text = original_.text();
    changed_.assign(text.substr(0, mutant.offset));
    changed_ += mutant.text;
    changed_ += text.substr(mutant.offset + mutant.length);
    const auto error = document_.Parse(changed_);
    if (error) {
      const bool names = Says(error->message, mutant.name);
      const bool expected = error->line == 1 && error->column > mutant.offset &&
                            (mutant.kind == MutationKind::kNotJson ||
                             (mutant.kind == MutationKind::kDuplicateKey && names));
      return expected ? "" : "parse error: " + error->message;
    }
    walk_.Run(document_.root());
    const auto names = [&](const core::Issue& issue) { return Names(issue, mutant); };
    return std::ranges::any_of(walk_.issues(), names) ? "" : Listed(walk_.issues());
  }

  Tally& tally_;
  json::Document violations_file_;
  std::vector<Violation> violations_;
  json::Document original_;
  std::string changed_;
  json::Document document_;
  ResourceWalk walk_;
};

void Print(const Tally& tally) {
  std::size_t total = 0;
  for (std::size_t kind = 0; kind < kMutationKinds; ++kind) {
    total += tally.cases[kind];
    std::cout << std::setw(8) << tally.cases[kind] << "  "
              << NameOf(static_cast<MutationKind>(kind));
    if (tally.failures[kind]) std::cout << ", " << tally.failures[kind] << " not refused as such";
    std::cout << '\n';
  }
  std::cout << std::setw(8) << total << "  mutants of " << tally.by_rule.size() << " rules\n";
}

TEST(Mutation, EveryFaultInAnExampleIsRefusedByName) {
  const auto examples = OfficialExamples::Open();
  if (!examples) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
  Tally tally;
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Judge judge(tally);
      for (std::size_t i = thread; i < examples->names().size(); i += kThreads) {
        judge.Example(examples->names()[i], examples->Text(examples->names()[i]), i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Print(tally);
  for (const auto& [rule, count] : tally.failed_by_rule) {
    std::cout << "not refused: " << NameOf(rule.first) << " (" << rule.second << ") " << count
              << " of " << tally.by_rule[rule] << '\n';
  }
  EXPECT_EQ(tally.few_kinds, std::set<std::string>());
}

}  // namespace
}  // namespace healthlake::fhir
