// The implementation guides that HealthLake knows (reference 8.1).
#pragma once

#include <string_view>

namespace healthlake::fhir {

struct Guide {
  std::string_view title;
  std::string_view prefix;           // of the canonical URLs of its definitions
  std::string_view package;          // name; empty when it is not published under a known one
  std::string_view default_version;  // checked where meta.profile names none
};

// By the canonical URL of one of its definitions; null when it belongs to none.
const Guide* FindGuide(std::string_view url);
// By the name of a package; null when it is none of theirs.
const Guide* FindGuideOfPackage(std::string_view name);

// Whether version `a` is later than `b`: by their numbers, then releases before their drafts
// ("2.0.0" after "2.0.0-ballot").
bool IsNewer(std::string_view a, std::string_view b);

}  // namespace healthlake::fhir
