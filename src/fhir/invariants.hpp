// R4's invariants as the walk uses them: gathered per structure, compiled when first needed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/expression.hpp"
#include "fhir/r4/tables.hpp"

namespace healthlake::fhir {

// An invariant that code of its own checks, where and why.
struct HandCompiled {
  std::string_view key;
  std::string_view where;
};
std::span<const HandCompiled> HandCompiledInvariants();

// An invariant that is not checked, and why.
struct Unchecked {
  std::string_view key;
  std::string_view reason;
};
std::span<const Unchecked> UncheckedInvariants();

// Whether an invariant holds when its expression gives nothing. As a rule it must be true: a
// constraint that gives nothing is violated. The few exceptions compare what may be absent, or what
// has not the precision or unit to be compared.
bool HoldsWhenEmpty(std::string_view key);

// The invariants that hold at one place and are neither hand-compiled nor unchecked. All functions
// may be called from any thread; what they return lives as long as the process.
struct InvariantList {
  std::vector<std::uint16_t> rows;  // in r4::kInvariants; at most 64
  std::uint64_t errors = 0;         // a bit for each that is of severity error
  std::uint64_t may_be_empty = 0;   // a bit for each that holds when empty
};
// Those of a structure and of all that it derives from.
const InvariantList& InvariantsOf(const r4::StructureRow& structure);
// Those of a member (MemberRow::first_invariant).
const InvariantList& InvariantsOf(const r4::MemberRow& member);

const fhirpath::Expression& ExpressionOf(std::uint16_t invariant);

// "Constraint failed: key (expression)"
std::string ConstraintFailed(const r4::InvariantRow& invariant);
std::string ConstraintFailed(std::string_view key);

// The table of README.md: each invariant, its severity, whether and how it is checked.
std::string InvariantTable();

}  // namespace healthlake::fhir
