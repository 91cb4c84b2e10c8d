#include "fhir/patch/place.hpp"

#include <functional>
#include <optional>

namespace healthlake::fhir::patch {
namespace {

constexpr std::string_view kResource = "Resource";

bool Holds(const json::Value& value, const char* place) {
  const std::string_view text = value.raw();
  return !std::less<>()(place, text.data()) && std::less<>()(place, text.data() + text.size());
}

StructureId StructureOfResource(const json::Value& resource) {
  const auto name = resource.Find("resourceType");
  if (!name || !name->is_string()) return {};
  const std::optional<ResourceType> type = FindResourceType(name->string());
  return type ? StructureOf(*type) : StructureId();
}

// Follows the definitions along with the JSON.
class Walk {
 public:
  explicit Walk(const json::Value& resource) : inside_(StructureOfResource(resource)) {}

  StructureId around() const { return around_; }

  // Into a member of an object.
  void Enter(std::string_view key) {
    static const StructureId twin = FindStructure("Element");
    around_ = inside_;
    inside_ = {};
    is_resource_ = false;
    if (key.starts_with('_')) {
      inside_ = twin;
      return;
    }
    const Element* element = FindElement(around_, key);
    if (element == nullptr) return;
    for (const ElementType& type : element->types) {
      if (type.json_name != key) continue;
      inside_ = type.structure;
      is_resource_ = type.code == kResource;
    }
  }
  // The object that the member, or an item of its list, is.
  void EnterObject(const json::Value& object) {
    if (is_resource_) inside_ = StructureOfResource(object);
  }

 private:
  StructureId around_;
  StructureId inside_;
  bool is_resource_ = false;
};

}  // namespace

Place FindPlace(EditTree& tree, const json::Value& resource, const json::Value& value) {
  const char* const place = value.raw().data();
  if (!Holds(resource, place)) return {};
  Walk walk(resource);
  json::Value at = resource;
  Node node = tree.root();
  while (at.raw().data() != place) {
    std::size_t index = 0;
    std::optional<json::Value> next;
    for (const json::Value child : at) {
      if (Holds(child, place)) {
        next = child;
        break;
      }
      ++index;
    }
    // FHIR has no lists of lists.
    if (!next || (at.is_array() && next->is_array())) return {};
    if (at.is_object()) walk.Enter(next->key());
    if (next->is_object()) walk.EnterObject(*next);
    node = tree.Child(node, index);
    at = *next;
  }
  return {node, walk.around()};
}

}  // namespace healthlake::fhir::patch
