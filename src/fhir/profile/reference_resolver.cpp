#include "fhir/profile/reference_resolver.hpp"

#include <string_view>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

std::string_view Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

std::string_view WithoutVersion(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
}

// The type of ".../Patient/1".
std::optional<ResourceType> TypeIn(std::string_view reference) {
  const std::size_t id = reference.rfind('/');
  if (id == std::string_view::npos) return std::nullopt;
  const std::string_view before = reference.substr(0, id);
  return FindResourceType(before.substr(before.rfind('/') + 1));
}

}  // namespace

std::optional<fhirpath::Node> ReferenceResolver::Contained(std::string_view id,
                                                           const json::Value& container) {
  const auto contained = container.exists() ? container.Find("contained") : std::nullopt;
  if (!contained || !contained->is_array()) return std::nullopt;
  for (const json::Value resource : *contained) {
    if (!Spend()) return std::nullopt;
    if (Text(resource, "id") == id) return fhirpath::NodeOfResource(resource);
  }
  return std::nullopt;
}

// By fullUrl: the whole of it, or behind its base for a relative reference.
std::optional<fhirpath::Node> ReferenceResolver::Entry(std::string_view reference,
                                                       const json::Value& bundle) {
  const auto entries = bundle.Find("entry");
  if (!entries || !entries->is_array()) return std::nullopt;
  for (const json::Value entry : *entries) {
    if (!Spend()) return std::nullopt;
    const std::string_view url = Text(entry, "fullUrl");
    const bool relative = url.size() > reference.size() && url.ends_with(reference) &&
                          url[url.size() - reference.size() - 1] == '/';
    const auto resource = url == reference || relative ? entry.Find("resource") : std::nullopt;
    if (resource && resource->is_object()) return fhirpath::NodeOfResource(*resource);
  }
  return std::nullopt;
}

std::optional<fhirpath::Node> ReferenceResolver::Resolve(const json::Value& reference,
                                                         const fhirpath::Environment& around) {
  if (!reference.exists() || !reference.is_object()) return std::nullopt;
  const std::string_view text = WithoutVersion(Text(reference, "reference"));
  if (text == "#") return around.root_resource;
  if (text.starts_with('#')) return Contained(text.substr(1), around.root_resource.value);
  if (!text.empty() && around.bundle.value.exists()) {
    if (auto entry = Entry(text, around.bundle.value)) return entry;
  }
  std::optional<ResourceType> type = TypeIn(text);
  if (!type) type = FindResourceType(Text(reference, "type"));
  if (!type) return std::nullopt;
  fhirpath::Node node;
  node.structure = StructureOf(*type).number();
  return node;
}

std::uint16_t ReferenceResolver::TypeOf(const json::Value& reference,
                                        const fhirpath::Environment& around) {
  const std::string_view text = Text(reference, "reference");
  if (!text.starts_with('#')) {
    std::optional<ResourceType> type = TypeIn(WithoutVersion(text));
    if (!type) type = FindResourceType(Text(reference, "type"));
    if (type) return StructureOf(*type).number();
  }
  const auto resolved = Resolve(reference, around);
  return resolved ? resolved->structure : std::uint16_t{0};
}

}  // namespace healthlake::fhir
