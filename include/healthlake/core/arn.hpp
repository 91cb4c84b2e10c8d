// Names of AWS resources, and whose they are.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace healthlake::core {

// The owner of control-plane objects: data stores of different owners do not see each other.
struct Owner {
  std::string account = "000000000000";  // 12 digits
  std::string region = "us-east-1";
  auto operator<=>(const Owner&) const = default;
};

// arn:<partition>:healthlake:<region>:<account>:datastore/fhir/<id> (reference 1.6). The partition
// follows from the region: cn- and us-gov- have their own.
std::string DatastoreArn(const Owner& owner, std::string_view datastore_id);

}  // namespace healthlake::core
