#include "fhir/profile/package_reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "fhir/profile/gzip_reader.hpp"
#include "fhir/profile/tar_reader.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kFolder = "package/";
constexpr std::string_view kManifest = "package.json";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[noreturn]] void Refuse(const std::string& message) {
  throw core::Error(core::ErrorKind::kInvalid, message);
}

// The name below package/; empty for what lies elsewhere or is no definition.
std::string_view DefinitionName(std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  if (!path.starts_with(kFolder)) return {};
  path.remove_prefix(kFolder.size());
  const bool definition =
      path.ends_with(".json") && !path.starts_with('.') && path.find('/') == std::string_view::npos;
  return definition ? path : std::string_view();
}

void Parse(json::Document& document, std::string_view name, std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (const auto error = document.Parse(text)) {
    Refuse(std::string(name) + " is not JSON: " + error->message + " (line " +
           std::to_string(error->line) + ", column " + std::to_string(error->column) + ')');
  }
  if (!document.root().is_object()) Refuse(std::string(name) + " holds no JSON object");
}

std::string Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? std::string(found->string()) : std::string();
}

void ReadManifest(const json::Value& manifest, Package& package) {
  package.name = Text(manifest, "name");
  package.version = Text(manifest, "version");
  if (package.name.empty()) Refuse("package.json has no name");
  if (package.version.empty()) Refuse("package.json has no version");
  if (const auto dependencies = manifest.Find("dependencies");
      dependencies && dependencies->is_object()) {
    for (const json::Value each : *dependencies) {
      if (each.is_string()) {
        package.dependencies.push_back({std::string(each.key()), std::string(each.string())});
      }
    }
  }
  const auto versions = manifest.Find("fhirVersions");
  if (!versions || !versions->is_array() || versions->empty()) return;
  const bool r4 = std::any_of(versions->begin(), versions->end(), [](const json::Value& each) {
    return each.is_string() && each.string().starts_with("4.0");
  });
  if (!r4) {
    Refuse("package " + package.name + " is not for FHIR R4 (4.0.1) but for " +
           std::string(versions->raw()));
  }
}

std::vector<PackageFile>* ListFor(Package& package, std::string_view resource_type) {
  if (resource_type == "StructureDefinition") return &package.structure_definitions;
  if (resource_type == "ValueSet") return &package.value_sets;
  if (resource_type == "CodeSystem") return &package.code_systems;
  return nullptr;
}

// The names tell what most files are, so that the many others need not be parsed.
bool Wanted(std::string_view name) {
  constexpr std::string_view kOthers[] = {"SearchParameter-",     "CapabilityStatement-",
                                          "OperationDefinition-", "ImplementationGuide-",
                                          "ConceptMap-",          "NamingSystem-"};
  return std::ranges::none_of(kOthers,
                              [&](std::string_view other) { return name.starts_with(other); });
}

}  // namespace

Package ReadPackage(std::string_view tgz) {
  GzipReader gzip(tgz, kMaxPackageSize);
  TarReader tar(gzip);
  Package package;
  bool manifest = false;
  json::Document document;
  while (const std::optional<std::string> path = tar.Next()) {
    const std::string_view name = DefinitionName(*path);
    if (name.empty() || !Wanted(name)) continue;
    Parse(document, name, tar.Content());
    const json::Value root = document.root();
    if (name == kManifest) {
      ReadManifest(root, package);
      manifest = true;
    } else if (auto* list = ListFor(package, Text(root, "resourceType"))) {
      std::string url = Text(root, "url");
      if (url.empty()) Refuse(std::string(name) + " has no url");
      list->push_back(
          {std::string(name), std::move(url), Text(root, "version"), std::string(document.text())});
    }
  }
  if (!manifest) Refuse("the package has no package/package.json");
  for (auto* list : {&package.structure_definitions, &package.value_sets, &package.code_systems}) {
    for (PackageFile& file : *list) {
      if (file.version.empty()) file.version = package.version;
    }
  }
  return package;
}

}  // namespace healthlake::fhir
