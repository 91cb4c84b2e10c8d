#include "healthlake/core/arn.hpp"

namespace healthlake::core {
namespace {

std::string_view PartitionOf(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  if (region.starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

}  // namespace

std::string DatastoreArn(const Owner& owner, std::string_view datastore_id) {
  std::string arn = "arn:";
  arn.append(PartitionOf(owner.region)).append(":healthlake:");
  arn.append(owner.region).append(":").append(owner.account);
  arn.append(":datastore/fhir/").append(datastore_id);
  return arn;
}

}  // namespace healthlake::core
