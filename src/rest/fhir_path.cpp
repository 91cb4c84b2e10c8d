#include "rest/fhir_path.hpp"

#include <algorithm>

#include "healthlake/core/encoding.hpp"
#include "healthlake/fhir/endpoint.hpp"

namespace healthlake::rest {

std::optional<FhirPath> ParseFhirPath(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) {
      std::optional<std::string> part = core::PercentDecode(path.substr(0, end));
      if (!part || !core::IsValidUtf8(*part)) return std::nullopt;
      parts.push_back(*std::move(part));
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (parts.size() < 3 || parts[0] != "datastore") return std::nullopt;
  const bool programme =
      parts.size() >= 5 && fhir::IsProgramme(parts[2]) && parts[3] == fhir::kProgrammeVersion;
  const std::size_t version = programme ? 4 : 2;
  if (parts[version] != "r4") return std::nullopt;
  FhirPath result;
  for (std::size_t i = 0; i <= version; ++i) {
    result.base.append("/").append(i == 1 ? core::PercentEncode(parts[i]) : parts[i]);
  }
  result.datastore = std::move(parts[1]);
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(version) + 1);
  result.segments = std::move(parts);
  return result;
}

}  // namespace healthlake::rest
