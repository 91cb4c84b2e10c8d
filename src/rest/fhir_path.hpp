// The path of a request taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::rest {

struct FhirPath {
  std::string datastore;
  std::vector<std::string> segments;  // behind …/r4, percent-decoded, none of them empty
};

// Doubled and trailing slashes count as one and none (reference 4.1); the prefixes of the CMS
// programmes (patientaccess/v2 and so on) are left out. nullopt: not below a data store's r4, or
// not percent-encoded UTF-8.
std::optional<FhirPath> ParseFhirPath(std::string_view path);

}  // namespace healthlake::rest
