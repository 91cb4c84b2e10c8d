// A fault found in data that somebody sent: collected with its place, not thrown.
#pragma once

#include <string>
#include <vector>

namespace healthlake::core {

enum class Severity { kFatal, kError, kWarning, kInformation };

struct Issue {
  Severity severity = Severity::kError;
  std::string code;         // a code of FHIR's issue-type value set: "structure", "required", …
  std::string diagnostics;  // what is wrong and what would be right
  std::string location;     // the element's path, "Patient.contact[1].name"; empty: the whole
};

using Issues = std::vector<Issue>;

}  // namespace healthlake::core
