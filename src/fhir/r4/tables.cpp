#include "fhir/r4/tables.hpp"

namespace healthlake::fhir::r4 {

#include "fhir/r4/tables.inc"  // generated

}  // namespace healthlake::fhir::r4
