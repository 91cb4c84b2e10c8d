#include "packages.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"

namespace healthlake::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".tgz";

[[noreturn]] void Refuse(const fs::path& path, std::string_view reason) {
  std::string message = "--profiles (HEALTHLAKE_PROFILES): ";
  message.append(path.string()).append(": ").append(reason);
  throw core::Error(core::ErrorKind::kInvalid, message);
}

std::vector<fs::path> FindPackages(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  std::vector<fs::path> found;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (name.ends_with(kSuffix) && !name.starts_with('.')) found.push_back(entries->path());
  }
  if (error) Refuse(folder, error.message());
  if (found.empty()) Refuse(folder, "there is no package (*.tgz) in it");
  std::sort(found.begin(), found.end());
  return found;
}

std::string ReadFile(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) Refuse(path, error ? error.message() : "it is no file");
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file.good() && !file.eof()) Refuse(path, "it cannot be read");
  return bytes;
}

void AddPackage(fhir::ProfileSetBuilder& builder, const fs::path& path) {
  const std::string bytes = ReadFile(path);
  try {
    const fhir::PackageInfo info = builder.AddPackage(bytes);
    core::Log(core::LogLevel::kInfo, "package",
              {{"file", std::string_view(path.native())},
               {"name", std::string_view(info.name)},
               {"version", std::string_view(info.version)},
               {"profiles", info.profiles},
               {"extensions", info.extensions},
               {"value_sets", info.value_sets}});
  } catch (const core::Error& error) {
    Refuse(path, error.what());
  }
}

fhir::UnknownProfiles UnknownOf(const config::Config& config) {
  switch (config.unknown_profiles) {
    case config::UnknownProfiles::kRefuse:
      return fhir::UnknownProfiles::kRefuse;
    case config::UnknownProfiles::kAllow:
      return fhir::UnknownProfiles::kAllow;
    case config::UnknownProfiles::kByCompat:
      break;
  }
  return config.compat == config::Compat::kR4 ? fhir::UnknownProfiles::kAllow
                                              : fhir::UnknownProfiles::kRefuse;
}

}  // namespace

std::shared_ptr<const fhir::ProfileSet> LoadProfiles(const config::Config& config) {
  const fhir::UnknownProfiles unknown = UnknownOf(config);
  if (config.profiles.empty() && unknown == fhir::UnknownProfiles::kRefuse) {
    return {std::shared_ptr<const fhir::ProfileSet>(), &fhir::ProfileSet::Base()};
  }
  fhir::ProfileSetBuilder builder(unknown);
  if (!config.profiles.empty()) {
    for (const fs::path& path : FindPackages(config.profiles)) AddPackage(builder, path);
  }
  try {
    return builder.Build();
  } catch (const core::Error& error) {
    Refuse(config.profiles, error.what());
  }
}

}  // namespace healthlake::app
