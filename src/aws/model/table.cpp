#include "aws/model/table.hpp"

#include <iterator>

namespace healthlake::aws::model {
namespace {
#include "aws/model/healthlake_model.inc"

static_assert(std::size(kOperations) == kOperationCount);
}  // namespace

std::span<const PatternRow> Patterns() {
  return kPatterns;
}
std::span<const ShapeRow> Shapes() {
  return kShapes;
}
std::span<const ExceptionRow> Exceptions() {
  return kExceptions;
}

const OperationRow& RowOf(OperationId operation) {
  return kOperations[static_cast<std::size_t>(operation)];
}

const ShapeRow& ShapeAt(int index) {
  return kShapes[static_cast<std::size_t>(index)];
}

std::span<const MemberRow> MembersOf(const ShapeRow& shape) {
  if (shape.kind != Kind::kStructure) return {};
  return std::span(kMembers).subspan(static_cast<std::size_t>(shape.first),
                                     static_cast<std::size_t>(shape.count));
}

std::span<const std::string_view> EnumValuesOf(const ShapeRow& shape) {
  if (shape.kind != Kind::kString) return {};
  return std::span(kEnumValues)
      .subspan(static_cast<std::size_t>(shape.first), static_cast<std::size_t>(shape.count));
}

}  // namespace healthlake::aws::model
