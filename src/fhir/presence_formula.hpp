// Decides an invariant from which children an element has, where that is enough.
#pragma once

#include <cstdint>
#include <optional>

#include "fhir/fhirpath/ast.hpp"
#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/r4/tables.hpp"

namespace healthlake::fhir {

// Reads the expression in a logic of more values than two: a child that is absent is the empty
// collection, one that is present has an unknown value. `seen` has a bit for each element of
// `structure` that the focus has. Whatever is decided is what the evaluator says; nullopt: values
// are needed.
std::optional<fhirpath::Truth> DecideByPresence(const fhirpath::Ast& ast,
                                                const r4::StructureRow& structure,
                                                std::uint64_t seen);

}  // namespace healthlake::fhir
