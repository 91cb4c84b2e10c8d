// Packages of definitions, made in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::fhir {

struct ArchiveFile {
  std::string name;
  std::string content;
  char type = '0';
};

// One file of a tar archive: header, content, padding.
std::string TarEntry(const ArchiveFile& file);
std::string Tar(const std::vector<ArchiveFile>& files);
std::string Gzip(std::string_view text);

inline constexpr std::string_view kManifest =
    R"({"name":"test.package","version":"1.0.0","fhirVersions":["4.0.1"]})";

// package/package.json and package/0.json, package/1.json, …
std::string MakePackage(const std::vector<std::string>& definitions,
                        std::string_view manifest = kManifest);

}  // namespace healthlake::fhir
