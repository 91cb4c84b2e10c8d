// A resource of this store that another one refers to.
#pragma once

#include <compare>
#include <string>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::datastore {

struct IncludeTarget {
  fhir::ResourceType type;
  std::string id;
  // How many times an _include:iterate has been followed on the way to it.
  std::size_t iterations = 0;
};

}  // namespace healthlake::datastore
