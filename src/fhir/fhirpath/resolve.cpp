// resolve(): contained resources, entries of the Bundle around, and else what the text tells.
#include <string>

#include "fhir/fhirpath/evaluation.hpp"
#include "fhir/fhirpath/types.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

// Looking at a candidate takes several comparisons. With a price that tells, thousands of
// references into thousands of entries end by budget instead of taking seconds.
constexpr std::size_t kStepsOfCandidate = 8;

// "Patient/1/_history/2" gives "Patient/1".
std::string_view WithoutVersion(std::string_view reference) {
  const std::size_t history = reference.find("/_history/");
  return history == reference.npos ? reference : reference.substr(0, history);
}

// The type of ".../Patient/1".
std::optional<ResourceType> TypeIn(std::string_view reference) {
  const std::size_t id = reference.rfind('/');
  if (id == reference.npos || id == 0) return std::nullopt;
  const std::size_t before = reference.rfind('/', id - 1);
  const std::size_t start = before == reference.npos ? 0 : before + 1;
  return FindResourceType(reference.substr(start, id - start));
}

std::string_view TextOf(const json::Value& value) {
  return value.exists() && value.is_string() ? value.string() : std::string_view();
}
std::string_view MemberText(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found ? TextOf(*found) : std::string_view();
}

}  // namespace

void Evaluation::PushResolved(const Item& reference) {
  std::string_view text;
  std::string_view type;
  if (!reference.IsElement()) {
    if (reference.type() == ItemType::kString) text = reference.string();
  } else if (r4::IsPrimitive(reference.node().kind)) {
    text = TextOf(reference.node().value);
  } else if (reference.node().value.exists()) {
    text = MemberText(reference.node().value, "reference");
    type = MemberText(reference.node().value, "type");
  }
  const std::uint32_t owner = reference.IsElement() ? reference.owner() : 0;
  if (text.starts_with('#')) {
    PushContained(text.substr(1), owner);
    return;
  }
  text = WithoutVersion(text);
  if (!text.empty() && PushEntry(text, owner)) return;
  // A resource of which nothing but the type is known.
  std::optional<ResourceType> known = TypeIn(text);
  if (!known && !type.empty()) known = FindResourceType(type);
  if (!known) return;
  Node node;
  node.structure = r4::kTypes[known->number()].structure;
  Push(Item(node, owner));
}

// "#" is the container, "#id" one of the resources in it.
bool Evaluation::PushContained(std::string_view id, std::uint32_t owner) {
  const Owner& own = owners_[owner];
  if (id.empty()) {
    const Owner& around = owners_[own.parent];
    const bool is_contained = own.parent != owner && around.resource.value.exists() &&
                              around.resource.value.Find("contained").has_value();
    Push(is_contained ? Item(around.resource, own.parent) : Item(own.resource, owner));
    return true;
  }
  for (const std::uint32_t place : {owner, own.parent}) {
    const json::Value& resource = owners_[place].resource.value;
    const auto contained = resource.exists() ? resource.Find("contained") : std::nullopt;
    if (!contained || !contained->is_array()) continue;
    for (const json::Value candidate : *contained) {
      if (!Step(kStepsOfCandidate)) return false;
      if (MemberText(candidate, "id") != id) continue;
      const Node node = NodeOfResource(candidate);
      Push(Item(node, AddOwner(node, place)));
      return true;
    }
  }
  return false;
}

// By fullUrl: the whole of it, or behind its base for a relative reference.
bool Evaluation::PushEntry(std::string_view reference, std::uint32_t owner) {
  static const std::uint16_t bundle_structure = FindStructureByName("Bundle");
  std::uint32_t place = owner;
  while (owners_[place].resource.structure != bundle_structure && owners_[place].parent != place) {
    place = owners_[place].parent;
  }
  const Node& bundle = owners_[place].resource;
  if (bundle.structure != bundle_structure || !bundle.value.exists()) return false;
  const auto entries = bundle.value.Find("entry");
  if (!entries || !entries->is_array()) return false;
  for (const json::Value entry : *entries) {
    if (!Step(kStepsOfCandidate)) return false;
    const std::string_view url = MemberText(entry, "fullUrl");
    const bool relative = url.size() > reference.size() && url.ends_with(reference) &&
                          url[url.size() - reference.size() - 1] == '/';
    if (url != reference && !relative) continue;
    const auto resource = entry.Find("resource");
    if (!resource || !resource->is_object()) continue;
    const Node node = NodeOfResource(*resource);
    Push(Item(node, AddOwner(node, place)));
    return true;
  }
  return false;
}

}  // namespace healthlake::fhir::fhirpath
