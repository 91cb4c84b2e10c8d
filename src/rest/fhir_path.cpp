#include "rest/fhir_path.hpp"

#include <algorithm>
#include <array>

#include "healthlake/core/encoding.hpp"

namespace healthlake::rest {
namespace {

constexpr auto kProgrammes = std::to_array<std::string_view>(
    {"patientaccess", "provideraccess", "payertopayerdx", "priorauthservice"});

}  // namespace

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
  std::size_t version = 2;
  const bool programme =
      std::find(kProgrammes.begin(), kProgrammes.end(), parts[2]) != kProgrammes.end();
  if (programme && parts.size() >= 5 && parts[3] == "v2") version = 4;
  if (parts[version] != "r4") return std::nullopt;
  FhirPath result;
  result.datastore = std::move(parts[1]);
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(version) + 1);
  result.segments = std::move(parts);
  return result;
}

}  // namespace healthlake::rest
