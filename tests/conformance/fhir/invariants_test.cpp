// The short cuts of the walk (presence formulas, invariants compiled by hand) against the engine.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "conformance/fhir/engine_verdicts.hpp"
#include "conformance/fhir/official_examples.hpp"
#include "fhir/invariants.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

TEST(Invariants, AreDecidedByTheWalkAsByTheEngine) {
  const auto examples = OfficialExamples::Open();
  if (!examples) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
  json::Document document;
  fhirpath::Evaluator evaluator;
  std::map<std::string, std::size_t> violated;
  std::map<std::string, std::size_t> unknown;
  std::map<std::string, std::set<std::string>> where;
  std::size_t evaluations = 0;
  for (const std::string& name : examples->names()) {
    const std::string text = examples->Text(name);
    if (text.size() > 3'000'000) continue;
    ASSERT_FALSE(document.Parse(text)) << name;
    const Verdicts verdicts = EngineVerdicts(document.root(), evaluator);
    evaluations += verdicts.evaluations;
    for (const Verdict& verdict : verdicts.violated) {
      ++violated[verdict.key];
      where["violated " + verdict.key].insert(name);
    }
    for (const Verdict& verdict : verdicts.unknown) {
      ++unknown[verdict.key];
      where["unknown " + verdict.key].insert(name);
    }
  }
  std::cout << evaluations << " evaluations\n";
  for (const auto& [key, count] : violated) std::cout << "violated " << key << ' ' << count << '\n';
  for (const auto& [key, count] : unknown) std::cout << "unknown " << key << ' ' << count << '\n';
  for (const auto& [key, names] : where) {
    std::cout << key << " in " << names.size() << ":";
    std::size_t n = 0;
    for (const auto& name : names) {
      if (++n <= 12) std::cout << ' ' << name;
    }
    std::cout << '\n';
  }
}

}  // namespace
}  // namespace healthlake::fhir
