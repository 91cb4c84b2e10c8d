// The units and prefixes of UCUM that are multiples of base units (ucum.org, tables 1 to 19), and
// the codes in which quantities are mostly written.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace healthlake::fhir::ucum {

struct PrefixRow {
  std::string_view prefix;
  int power;  // of ten
};
std::span<const PrefixRow> Prefixes();

struct UnitRow {
  std::string_view symbol;
  bool metric = false;  // takes prefixes
  // What it is worth in `of`, another term; a base unit is its own: numerator / denominator ×
  // 10^power.
  std::string_view of;
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
  int power = 0;
};
std::span<const UnitRow> Units();

// Codes are each of `first` over each of `second`, lists separated by spaces; alone when `second`
// is empty.
struct CodeFamily {
  std::string_view first;
  std::string_view second;
};
std::span<const CodeFamily> CommonCodes();

}  // namespace healthlake::fhir::ucum
