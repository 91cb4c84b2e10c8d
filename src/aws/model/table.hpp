// The rows of the service model and how to reach them. Immutable.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "healthlake/aws/operation_id.hpp"

namespace healthlake::aws::model {

enum class Kind : std::uint8_t {
  kStructure,
  kList,
  kString,
  kInteger,
  kDouble,
  kBoolean,
  kTimestamp
};

inline constexpr std::int64_t kNoMin = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kNoMax = std::numeric_limits<std::int64_t>::max();

struct PatternRow {
  std::string_view text;  // as the model has it, for messages
  std::string_view re2;   // the same language for RE2, matched against the whole value
};

struct MemberRow {
  std::string_view name;
  std::int16_t shape;
  bool required;
};

struct ShapeRow {
  std::string_view name;
  Kind kind;
  bool is_union;
  std::int64_t min;  // of the length in code points, the number of elements, or the number itself
  std::int64_t max;
  std::int16_t pattern;  // -1: none
  std::int16_t first;    // of its members (structures) or enum values (strings)
  std::int16_t count;
  std::int16_t element;  // the shape of a list's elements; -1 elsewhere
};

struct ExceptionRow {
  std::string_view name;
  int status;
};

struct OperationRow {
  std::string_view name;
  std::int16_t input;
  std::int16_t output;
  std::uint32_t exceptions;  // a bit for each row of Exceptions()
};

std::span<const PatternRow> Patterns();
std::span<const ShapeRow> Shapes();
std::span<const ExceptionRow> Exceptions();
const OperationRow& RowOf(OperationId operation);
const ShapeRow& ShapeAt(int index);
// Of a structure, in the model's order.
std::span<const MemberRow> MembersOf(const ShapeRow& shape);
// Of a string; empty when it is no enumeration.
std::span<const std::string_view> EnumValuesOf(const ShapeRow& shape);

}  // namespace healthlake::aws::model
