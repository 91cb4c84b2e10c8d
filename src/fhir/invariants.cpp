#include "fhir/invariants.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "fhir/presence_formula.hpp"

namespace healthlake::fhir {
namespace {

constexpr auto kHandCompiled = std::to_array<HandCompiled>({
    {"dom-2", "contained_resources"},
    {"dom-3", "contained_resources: one pass instead of all descendants for each"},
    {"dom-4", "contained_resources"},
    {"dom-5", "contained_resources"},
    {"ele-1", "resource_walk: on every element"},
    {"per-1", "period_check"},
    {"ref-1", "reference_check"},
    {"txt-1", "narrative"},
    {"txt-2", "narrative: broken lines are enough content, as official examples have it"},
});

constexpr std::array<Unchecked, 0> kUnchecked = {};

constexpr auto kHoldWhenEmpty =
    std::to_array<std::string_view>({"bdl-8", "mdd-1", "per-1", "ras-2", "ref-1", "rng-2"});

template <typename Row>
std::optional<std::string_view> NoteOn(std::span<const Row> rows, std::string_view key,
                                       std::string_view Row::*note) {
  const auto found = std::ranges::find(rows, key, &Row::key);
  if (found == rows.end()) return std::nullopt;
  return (*found).*note;
}

bool LeftToTheEngine(std::string_view key) {
  return !NoteOn(HandCompiledInvariants(), key, &HandCompiled::where) &&
         !NoteOn(UncheckedInvariants(), key, &Unchecked::reason);
}

void Append(std::uint16_t first, std::size_t count, InvariantList& list) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::uint16_t>(first + i);
    const r4::InvariantRow& invariant = r4::kInvariants[row];
    if (!LeftToTheEngine(r4::View(invariant.key))) continue;
    if (invariant.severity == r4::InvariantSeverity::kError) {
      list.errors |= std::uint64_t{1} << list.rows.size();
    }
    if (HoldsWhenEmpty(r4::View(invariant.key))) {
      list.may_be_empty |= std::uint64_t{1} << list.rows.size();
    }
    list.rows.push_back(row);
  }
}

struct Lists {
  std::vector<InvariantList> of_structures;  // as r4::kStructures
  std::vector<InvariantList> of_members;     // by MemberRow::first_invariant

  Lists() : of_structures(r4::kStructureCount + 1U), of_members(r4::kInvariantCount + 1U) {
    for (std::uint16_t number = 1; number <= r4::kStructureCount; ++number) {
      for (std::uint16_t from = number; from != 0; from = r4::kStructures[from].base) {
        const r4::StructureRow& row = r4::kStructures[from];
        Append(row.first_invariant, row.invariant_count, of_structures[number]);
      }
      const r4::StructureRow& row = r4::kStructures[number];
      for (std::size_t i = 0; i < row.member_count; ++i) {
        const r4::MemberRow& member = r4::kMembers[row.first_member + i];
        InvariantList& list = of_members[member.first_invariant];
        if (list.rows.empty()) Append(member.first_invariant, member.invariant_count, list);
      }
    }
  }
};

const Lists& AllLists() {
  static const Lists lists;
  return lists;
}

struct Compiled {
  std::once_flag once;
  std::optional<fhirpath::Expression> expression;
};

// --- The table of README.md ----------------------------------------------------------------------

// The elements of a structure that the expression names at its start, as far as one can tell
// without evaluating: children of the focus.
std::uint64_t ElementsNamed(const fhirpath::Ast& ast, const r4::StructureRow& structure) {
  std::uint64_t named = 0;
  for (const fhirpath::AstNode& node : ast.nodes) {
    if (node.kind != fhirpath::AstKind::kChild) continue;
    for (std::size_t i = 0; i < structure.element_count; ++i) {
      if (r4::View(r4::kElements[structure.first_element + i].name) == node.text) {
        named |= std::uint64_t{1} << i;
      }
    }
  }
  return named;
}

std::string_view HowDecided(std::uint16_t invariant, const r4::StructureRow& structure) {
  const fhirpath::Ast& ast = ExpressionOf(invariant).ast();
  const std::uint64_t named = ElementsNamed(ast, structure);
  bool always = true;
  bool sometimes = false;
  // All subsets of the elements named.
  for (std::uint64_t seen = named;; seen = (seen - 1) & named) {
    const bool decided = DecideByPresence(ast, structure, seen).has_value();
    always = always && decided;
    sometimes = sometimes || decided;
    if (seen == 0) break;
  }
  if (always) return "presence";
  return sometimes ? "presence, else engine" : "engine";
}

// The structure whose children an invariant speaks of.
const r4::StructureRow& PlaceOf(std::uint16_t invariant) {
  const r4::StructureRow* place = &r4::kStructures[0];
  for (std::uint16_t number = 1; number <= r4::kStructureCount; ++number) {
    const r4::StructureRow& row = r4::kStructures[number];
    if (invariant >= row.first_invariant && invariant < row.first_invariant + row.invariant_count) {
      return row;
    }
    for (std::size_t i = 0; i < row.member_count; ++i) {
      const r4::MemberRow& member = r4::kMembers[row.first_member + i];
      if (invariant >= member.first_invariant &&
          invariant < member.first_invariant + member.invariant_count) {
        place = &r4::kStructures[member.structure];
      }
    }
  }
  return *place;
}

}  // namespace

std::span<const HandCompiled> HandCompiledInvariants() {
  return kHandCompiled;
}

std::span<const Unchecked> UncheckedInvariants() {
  return kUnchecked;
}

bool HoldsWhenEmpty(std::string_view key) {
  return std::ranges::find(kHoldWhenEmpty, key) != kHoldWhenEmpty.end();
}

const InvariantList& InvariantsOf(const r4::StructureRow& structure) {
  return AllLists().of_structures[static_cast<std::size_t>(&structure - r4::kStructures)];
}

const InvariantList& InvariantsOf(const r4::MemberRow& member) {
  return AllLists().of_members[member.first_invariant];
}

const fhirpath::Expression& ExpressionOf(std::uint16_t invariant) {
  static const auto all = std::make_unique<Compiled[]>(r4::kInvariantCount);
  Compiled& compiled = all[invariant];
  std::call_once(compiled.once, [&] {
    compiled.expression = std::get<fhirpath::Expression>(
        fhirpath::Expression::Compile(r4::ViewLong(r4::kInvariants[invariant].expression)));
  });
  return *compiled.expression;
}

std::string ConstraintFailed(const r4::InvariantRow& invariant) {
  return "Constraint failed: " + std::string(r4::View(invariant.key)) + " (" +
         std::string(r4::ViewLong(invariant.expression)) + ")";
}

std::string ConstraintFailed(std::string_view key) {
  const std::span rows(r4::kInvariants, r4::kInvariantCount);
  const auto found =
      std::ranges::find(rows, key, [](const r4::InvariantRow& row) { return r4::View(row.key); });
  return found == rows.end() ? std::string() : ConstraintFailed(*found);
}

std::string InvariantTable() {
  std::vector<std::string> lines;
  for (std::uint16_t i = 0; i < r4::kInvariantCount; ++i) {
    const r4::InvariantRow& row = r4::kInvariants[i];
    const std::string_view key = r4::View(row.key);
    const bool error = row.severity == r4::InvariantSeverity::kError;
    std::string line = "| " + std::string(key) + (error ? " | error | " : " | warning | ");
    if (const auto reason = NoteOn(UncheckedInvariants(), key, &Unchecked::reason)) {
      line += "no | " + std::string(*reason);
    } else if (const auto where = NoteOn(HandCompiledInvariants(), key, &HandCompiled::where)) {
      line += "yes | by hand: " + std::string(*where);
    } else {
      line += "yes | " + std::string(HowDecided(i, PlaceOf(i)));
    }
    lines.push_back(line + " |\n");
  }
  std::ranges::sort(lines);
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  std::string out = "| invariant | severity | checked | how, or why not |\n|---|---|---|---|\n";
  for (const std::string& line : lines) out += line;
  return out;
}

}  // namespace healthlake::fhir
