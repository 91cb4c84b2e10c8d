// The invariants of the elements of one walk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/invariants.hpp"
#include "fhir/issue_log.hpp"
#include "fhir/r4/tables.hpp"

namespace healthlake::fhir {

// Confined to one thread. Most elements look like others before them, so what presence decides for
// a structure and a set of children is kept.
class InvariantCheck {
 public:
  explicit InvariantCheck(IssueLog& log) : log_(log) {}

  // The surroundings of what is checked next; set by the walk as it goes.
  fhirpath::Environment environment;
  bool warnings = false;

  // The invariants of the element's structure; `seen` has a bit for each element that it has.
  void Check(const fhirpath::Node& focus, std::uint64_t seen) {
    const r4::StructureRow& structure = r4::kStructures[focus.structure];
    const InvariantList& list = InvariantsOf(structure);
    if (!list.rows.empty()) Check(list, focus.structure, focus, seen);
  }
  // The invariants of its place.
  void CheckPlace(const r4::MemberRow& member, const fhirpath::Node& focus, std::uint64_t seen) {
    if (member.invariant_count == 0) return;
    Check(InvariantsOf(member), kPlaces + member.first_invariant, focus, seen);
  }

 private:
  static constexpr std::uint32_t kPlaces = 0x1'0000;  // numbers of structures are below
  static constexpr std::size_t kSlotBits = 10;
  struct Decision {
    std::uint64_t seen = 0;
    std::uint64_t open = 0;      // bits of the list: values decide
    std::uint64_t violated = 0;  // bits of the list
    std::uint32_t list = 0;      // 0: none
  };

  void Check(const InvariantList& list, std::uint32_t number, const fhirpath::Node& focus,
             std::uint64_t seen) {
    const std::uint64_t hash = (seen + number) * 0x9E3779B97F4A7C15U;
    Decision& decision = decisions_[hash >> (64 - kSlotBits)];
    if (decision.list != number || decision.seen != seen) {
      decision = Decide(list, number, focus, seen);
    }
    const std::uint64_t asked = warnings ? ~std::uint64_t{0} : list.errors;
    if (((decision.open | decision.violated) & asked) != 0) [[unlikely]] {
      Settle(list, decision, asked, focus);
    }
  }
  Decision Decide(const InvariantList& list, std::uint32_t number, const fhirpath::Node& focus,
                  std::uint64_t seen) const;
  void Settle(const InvariantList& list, const Decision& decision, std::uint64_t asked,
              const fhirpath::Node& focus);

  IssueLog& log_;
  fhirpath::Evaluator evaluator_;
  std::array<Decision, std::size_t{1} << kSlotBits> decisions_{};
};

}  // namespace healthlake::fhir
