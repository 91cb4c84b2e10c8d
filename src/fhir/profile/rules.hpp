// What a ProfileSet holds: definitions by canonical URL. Private to the room.
#pragma once

#include <vector>

#include "healthlake/fhir/profiles.hpp"

namespace healthlake::fhir {

class ProfileSet::Rules {
 public:
  std::vector<PackageInfo> packages;
  UnknownProfiles unknown = UnknownProfiles::kRefuse;
};

}  // namespace healthlake::fhir
