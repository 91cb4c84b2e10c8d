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
constexpr std::size_t kFewestKinds = 12;  // of each example
// Beyond, as many faults as fit are put into one document.
constexpr std::size_t kMediumExample = 6'000;
// Beyond, an example gets faults of twelve kinds.
constexpr std::size_t kLargeExample = 20'000;
// Beyond, a Bundle is cut to its first entry.
constexpr std::size_t kHugeBundle = 400'000;
constexpr std::size_t kShownFailures = 3;  // of each kind and rule

// Elements that no example has.
constexpr std::array<std::string_view, 3> kMoreExamples = {
    R"({"resourceType":"Condition","id":"x","subject":{"reference":"Patient/1"},)"
    R"("onsetAge":{"value":3,"code":"a","system":"http://unitsofmeasure.org"},"extension":)"
    R"([{"url":"http://example.org/a","valueCount":{"value":1,"code":"1",)"
    R"("system":"http://unitsofmeasure.org"}},{"url":"http://example.org/b",)"
    R"("valueDistance":{"value":1,"code":"km","system":"http://unitsofmeasure.org"}}]})",
    R"({"resourceType":"Library","id":"x","status":"draft","type":{"text":"x"},)"
    R"("dataRequirement":[{"type":"Patient","dateFilter":)"
    R"([{"path":"birthDate","valueDateTime":"2020"}]}]})",
    R"({"resourceType":"TerminologyCapabilities","id":"x","status":"draft","date":"2020",)"
    R"("kind":"instance","description":"x","implementation":{"description":"x"},)"
    R"("codeSystem":[{"uri":"http://example.org/x","version":[{"code":"1"}]}]})",
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
  const std::vector<Violation>& violations() const { return violations_; }

  explicit Judge(Tally& tally) : tally_(tally) {
    if (violations_file_.Parse(ViolationsText())) throw std::runtime_error("violations");
    violations_ = ViolationsIn(violations_file_);
  }

  void Example(const std::string& name, std::string_view text, const Sampling& wanted) {
    if (original_.Parse(text)) throw std::runtime_error(name);
    if (text.size() > kHugeBundle && original_.root().Find("entry")) CutToFirstEntry();
    Sampling sampling = wanted;
    const bool single = original_.text().size() <= kMediumExample;
    if (!single) sampling.rules_per_kind = 1;
    if (original_.text().size() > kLargeExample) {
      sampling.kinds = kFewestKinds;
    }
    walk_.Run(original_.root());
    if (!walk_.Sound() && !UnsoundExamples().contains(name)) {
      const std::lock_guard lock(tally_.mutex);
      ADD_FAILURE() << name << '\n' << Listed(walk_.issues());
    }
    std::vector<Mutant> mutants = MutantsOf(original_, violations_, sampling);
    std::set<MutationKind> kinds;
    for (const Mutant& mutant : mutants) kinds.insert(mutant.kind);
    while (!mutants.empty()) {
      const std::vector<Mutant> together = single ? Last(mutants) : Disjoint(mutants);
      Try(name, together);
    }
    if (kinds.size() < kFewestKinds) {
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

  static std::vector<Mutant> Last(std::vector<Mutant>& mutants) {
    std::vector<Mutant> taken = {std::move(mutants.back())};
    mutants.pop_back();
    return taken;
  }

  // Takes those that change different places, so that they fit into one document.
  static std::vector<Mutant> Disjoint(std::vector<Mutant>& mutants) {
    // What others change may decide an invariant.
    const auto alone = [](const Mutant& mutant) {
      return mutant.kind == MutationKind::kNotJson || mutant.kind == MutationKind::kDuplicateKey ||
             mutant.kind == MutationKind::kViolatedInvariant;
    };
    std::vector<Mutant> taken;
    std::vector<Mutant> left;
    for (Mutant& mutant : mutants) {
      const auto clashes = [&](const Mutant& other) {
        return alone(mutant) || alone(other) ||
               (mutant.offset < other.offset + other.length &&
                other.offset < mutant.offset + mutant.length);
      };
      (std::ranges::any_of(taken, clashes) ? left : taken).push_back(std::move(mutant));
    }
    mutants = std::move(left);
    std::ranges::sort(taken, {}, &Mutant::offset);
    return taken;
  }

  void Try(const std::string& name, const std::vector<Mutant>& together) {
    const std::string_view text = original_.text();
    changed_.clear();
    std::size_t at = 0;
    for (const Mutant& mutant : together) {
      changed_ += text.substr(at, mutant.offset - at);
      changed_ += mutant.text;
      at = mutant.offset + mutant.length;
    }
    changed_ += text.substr(at);
    const auto error = document_.Parse(changed_);
    if (!error) walk_.Run(document_.root());
    for (const Mutant& mutant : together) {
      const std::string failure = error ? Judged(*error, mutant) : Judged(walk_.issues(), mutant);
      tally_.Add(mutant, failure.empty() ? failure : name + ": " + failure);
    }
  }

  // Empty, or what is wrong.
  static std::string Judged(const json::ParseError& error, const Mutant& mutant) {
    const bool expected =
        mutant.kind == MutationKind::kNotJson ||
        (mutant.kind == MutationKind::kDuplicateKey && Says(error.message, mutant.name));
    const bool placed = error.line == 1 && error.column > mutant.offset;
    return expected && placed ? "" : "parse error: " + error.message;
  }
  static std::string Judged(const core::Issues& issues, const Mutant& mutant) {
    const auto names = [&](const core::Issue& issue) { return Names(issue, mutant); };
    return std::ranges::any_of(issues, names) ? "" : Listed(issues);
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
        judge.Example(examples->names()[i], examples->Text(examples->names()[i]), {.seed = i});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Judge judge(tally);
  for (const std::string_view example : kMoreExamples) {
    judge.Example("one more", example, {.rules_per_kind = 1'000});
  }
  Print(tally);
  for (const auto& [rule, count] : tally.failed_by_rule) {
    std::cout << "not refused: " << NameOf(rule.first) << " (" << rule.second << ") " << count
              << " of " << tally.by_rule[rule] << '\n';
  }
  for (const Violation& violation : judge.violations()) {
    const std::string rule(violation.invariant);
    EXPECT_TRUE(tally.by_rule.contains({MutationKind::kViolatedInvariant, rule})) << rule;
  }
  EXPECT_EQ(tally.few_kinds, std::set<std::string>());
}

}  // namespace
}  // namespace healthlake::fhir
