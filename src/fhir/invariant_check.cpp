#include "fhir/invariant_check.hpp"

#include "fhir/presence_formula.hpp"

namespace healthlake::fhir {

InvariantCheck::Decision InvariantCheck::Decide(const InvariantList& list, std::uint32_t number,
                                                const fhirpath::Node& focus,
                                                std::uint64_t seen) const {
  Decision out;
  out.list = number;
  out.seen = seen;
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    const auto truth =
        DecideByPresence(ExpressionOf(list.rows[i]).ast(), r4::kStructures[focus.structure], seen);
    if (!truth) {
      out.open |= bit;
    } else if (*truth == fhirpath::Truth::kFalse ||
               (*truth == fhirpath::Truth::kUnknown && (list.may_be_empty & bit) == 0)) {
      out.violated |= bit;
    }
  }
  return out;
}

void InvariantCheck::Settle(const InvariantList& list, const Decision& decision,
                            std::uint64_t asked, const fhirpath::Node& focus) {
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    if ((asked & bit) == 0) continue;
    bool violated = (decision.violated & bit) != 0;
    if ((decision.open & bit) != 0) {
      const fhirpath::Truth truth = evaluator_.Test(ExpressionOf(list.rows[i]), focus, environment);
      violated = truth == fhirpath::Truth::kFalse ||
                 (truth == fhirpath::Truth::kUnknown && (list.may_be_empty & bit) == 0 &&
                  evaluator_.error().empty());
      if (warnings && !evaluator_.error().empty()) {
        log_.Add(
            core::Severity::kWarning,
            "Constraint not checked: " + std::string(r4::View(r4::kInvariants[list.rows[i]].key)) +
                " (" + std::string(evaluator_.error()) + ")");
      }
    }
    if (!violated) continue;
    log_.Add((list.errors & bit) != 0 ? core::Severity::kError : core::Severity::kWarning,
             ConstraintFailed(r4::kInvariants[list.rows[i]]));
  }
}

}  // namespace healthlake::fhir
