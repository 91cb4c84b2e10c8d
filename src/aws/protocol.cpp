#include "healthlake/aws/protocol.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aws/model/table.hpp"
#include "aws/validator.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::aws {
namespace {

constexpr std::string_view kTargetPrefix = "HealthLake.";

}  // namespace

OperationId LoadOperation(std::optional<std::string_view> target) {
  if (!target) {
    throw core::Error(core::ErrorKind::kUnknownOperation, "The header X-Amz-Target is missing");
  }
  if (target->starts_with(kTargetPrefix)) {
    const auto* found = std::find(kOperationNames.begin(), kOperationNames.end(),
                                  target->substr(kTargetPrefix.size()));
    if (found != kOperationNames.end()) {
      return static_cast<OperationId>(found - kOperationNames.begin());
    }
  }
  throw core::Error(core::ErrorKind::kUnknownOperation,
                    "Unknown operation: " + std::string(target->substr(0, 256)));
}

json::Tree DecodeInput(OperationId operation, std::string_view body) {
  auto tree = body.empty() ? json::Tree(json::Tree::object()) : json::ParseTree(body);
  if (!tree) {
    throw core::Error(core::ErrorKind::kSerialization, "The body is not JSON in UTF-8");
  }
  std::vector<std::string> violations;
  json::Tree input = CheckShape(model::RowOf(operation).input, *tree, violations);
  if (!violations.empty()) {
    throw core::Error(core::ErrorKind::kInvalid, DescribeViolations(violations));
  }
  return input;
}

json::Tree EncodeTimestamp(core::Timestamp time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

core::Timestamp DecodeTimestamp(const json::Tree& value) {
  return core::Timestamp(std::chrono::milliseconds(std::llround(value.get<double>() * 1000.0)));
}

}  // namespace healthlake::aws
