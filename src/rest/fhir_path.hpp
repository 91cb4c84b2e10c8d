// The path of a request taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::rest {

struct FhirPath {
  std::string datastore;
  // The endpoint that the request was made to, which links begin with: /datastore/{id}/r4, or with
  // the prefix of a programme.
  std::string base;
  std::vector<std::string> segments;  // behind …/r4, percent-decoded, none of them empty
};

// Doubled and trailing slashes count as one and none; a CMS programme has an endpoint of its own
// (patientaccess/v2/r4 and so on), which serves the same (reference 4.1). nullopt: not below a data
// store's r4, or not percent-encoded UTF-8.
std::optional<FhirPath> ParseFhirPath(std::string_view path);

}  // namespace healthlake::rest
