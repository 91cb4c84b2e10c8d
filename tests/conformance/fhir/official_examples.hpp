// The official R4 examples: npm package hl7.fhir.r4.examples@4.0.1, folder `package`, named by the
// variable HEALTHLAKE_R4_EXAMPLES.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace healthlake::fhir {

class OfficialExamples {
 public:
  // nullopt when the variable is not set. Throws when there are too few files.
  static std::optional<OfficialExamples> Open();

  const std::vector<std::string>& names() const { return names_; }  // sorted
  std::string Text(const std::string& name) const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> names_;
};

// Examples that break R4's own rules, and what an issue must say of each.
const std::map<std::string, std::string>& UnsoundExamples();

}  // namespace healthlake::fhir
