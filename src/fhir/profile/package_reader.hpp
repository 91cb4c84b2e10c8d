// Packages of definitions as published (FHIR's package specification): a gzipped tar with
// package/package.json and one JSON file per definition.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::fhir {

// What packages and files may unpack to, in bytes.
inline constexpr std::size_t kMaxPackageSize = std::size_t{512} << 20;

struct PackageFile {
  std::string name;     // "StructureDefinition-us-core-patient.json"
  std::string url;      // its canonical
  std::string version;  // the package's where it has none of its own
  std::string text;     // minified
};

struct Package {
  struct Dependency {
    std::string name;
    std::string version;
  };
  std::string name;     // "hl7.fhir.us.core"
  std::string version;  // "3.1.1"
  std::vector<Dependency> dependencies;
  std::vector<PackageFile> structure_definitions;
  std::vector<PackageFile> value_sets;
  std::vector<PackageFile> code_systems;
};

// Throws core::Error{kInvalid} that says what is wrong. Examples and other folders are not read.
Package ReadPackage(std::string_view tgz);

}  // namespace healthlake::fhir
