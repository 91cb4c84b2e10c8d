#include <algorithm>
#include <utility>

#include "fhir/profile/element_definition.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxDepth = 64;

struct Segment {
  std::string name;
  std::string slice;
};

std::vector<Segment> SegmentsOf(std::string_view id) {
  std::vector<Segment> segments;
  for (std::size_t from = 0; from <= id.size();) {
    const std::size_t to = std::min(id.find('.', from), id.size());
    const std::string_view part = id.substr(from, to - from);
    const std::size_t colon = std::min(part.find(':'), part.size());
    std::string_view name = part.substr(0, colon);
    if (name.ends_with("[x]")) name.remove_suffix(3);
    segments.push_back(
        {std::string(name), std::string(part.substr(std::min(colon + 1, part.size())))});
    from = to + 1;
  }
  return segments;
}

ElementNode& Added(ElementNode& parent, std::vector<std::unique_ptr<ElementNode>>& list,
                   std::string_view name, bool slice) {
  auto node = std::make_unique<ElementNode>();
  node->name = name;
  node->parent = &parent;
  node->slice = slice;
  list.push_back(std::move(node));
  return *list.back();
}

ElementNode& Child(ElementNode& node, std::string_view name) {
  const auto found = std::ranges::find(node.children, name, [](const auto& e) { return e->name; });
  return found != node.children.end() ? **found : Added(node, node.children, name, false);
}

// A slice of a slice ("a/b") lies below the slice, if that is there.
ElementNode& Slice(ElementNode& node, std::string_view name) {
  ElementNode* in = &node;
  for (std::size_t at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1)) {
    const auto outer = std::ranges::find(in->slices, name.substr(0, at),
                                         [](const auto& e) { return std::string_view(e->name); });
    if (outer != in->slices.end()) in = outer->get();
  }
  const auto found =
      std::ranges::find(in->slices, name, [](const auto& e) { return std::string_view(e->name); });
  return found != in->slices.end() ? **found : Added(*in, in->slices, name, true);
}

// A choice written as one of its types: only that type is allowed, unless the choice is sliced
// already (as in the snapshots of the specification's own profiles).
ElementNode& TypedChoice(ElementNode& choice, const Element& known, std::string_view json_name) {
  const auto type = std::ranges::find(known.types, json_name, &ElementType::json_name);
  const TypeDefinition only{std::string(type->code), {}, {}};
  const bool added = !choice.FindSlice(json_name);
  if (!choice.definition.slicing && choice.slices.empty()) {
    choice.definition.slicing = {{{DiscriminatorDefinition::Type::kType, "$this"}},
                                 SlicingDefinition::Rules::kClosed,
                                 false};
    choice.definition.types.emplace();
    choice.typed = true;
  }
  if (added && choice.typed) choice.definition.types->push_back(only);
  ElementNode& slice = Slice(choice, json_name);
  if (!slice.definition.types) slice.definition.types = {only};
  return slice;
}

// The structure in which the children of `name` are defined; none when that cannot be told.
StructureId Below(const Element* element, const ElementNode& node, std::string_view json_name) {
  if (!element) return {};
  for (const ElementType& type : element->types) {
    const bool named = element->choice && type.json_name == json_name;
    const bool only = element->types.size() == 1 ||
                      (node.definition.types && node.definition.types->size() == 1 &&
                       node.definition.types->front().code == type.code);
    if (named || only) return type.structure;
  }
  return {};
}

template <class T>
void Take(std::optional<T>& into, std::optional<T>& from) {
  if (from) into = std::move(from);
}

void Take(std::shared_ptr<const Datum>& into, std::shared_ptr<const Datum>& from) {
  if (from) into = std::move(from);
}

void Merge(ElementDefinition& into, ElementDefinition from) {
  into.id = std::move(from.id);
  into.path = std::move(from.path);
  Take(into.min, from.min);
  Take(into.max, from.max);
  Take(into.types, from.types);
  Take(into.fixed, from.fixed);
  Take(into.pattern, from.pattern);
  Take(into.min_value, from.min_value);
  Take(into.max_value, from.max_value);
  Take(into.max_length, from.max_length);
  Take(into.binding, from.binding);
  Take(into.slicing, from.slicing);
  if (!from.content_reference.empty()) into.content_reference = std::move(from.content_reference);
  for (ConstraintDefinition& constraint : from.constraints) {
    const auto found =
        std::ranges::find(into.constraints, constraint.key, &ConstraintDefinition::key);
    if (found != into.constraints.end()) {
      *found = std::move(constraint);
    } else {
      into.constraints.push_back(std::move(constraint));
    }
  }
}

}  // namespace

const ElementNode* ElementNode::FindChild(std::string_view child) const {
  const auto found =
      std::ranges::find(children, child, [](const auto& e) { return std::string_view(e->name); });
  return found != children.end() ? found->get() : nullptr;
}

const ElementNode* ElementNode::FindSlice(std::string_view slice_name) const {
  const auto found = std::ranges::find(slices, slice_name,
                                       [](const auto& e) { return std::string_view(e->name); });
  return found != slices.end() ? found->get() : nullptr;
}

const ElementNode* ElementNode::Unsliced() const {
  if (slice) return parent;
  const ElementNode* around = parent ? parent->Unsliced() : nullptr;
  return around ? around->FindChild(name) : nullptr;
}

void Apply(ElementNode& root, std::vector<ElementDefinition> elements) {
  for (ElementDefinition& element : elements) {
    const std::vector<Segment> segments = SegmentsOf(element.id);
    if (segments.size() > kMaxDepth) {
      throw core::Error(core::ErrorKind::kInvalid, "element " + element.id + " is too deep");
    }
    if (root.name.empty()) root.name = segments.front().name;
    ElementNode* node = &root;
    StructureId structure = FindStructure(segments.front().name);
    for (std::size_t i = 1; i < segments.size(); ++i) {
      const Segment& segment = segments[i];
      const Element* known = FindElement(structure, segment.name);
      const bool typed = known && known->choice && known->name != segment.name;
      node = &Child(*node, typed ? known->name : std::string_view(segment.name));
      if (typed) node = &TypedChoice(*node, *known, segment.name);
      if (!segment.slice.empty()) node = &Slice(*node, segment.slice);
      structure = Below(known, *node, typed ? segment.name : segment.slice);
    }
    Merge(node->definition, std::move(element));
  }
}

namespace {

void AddContentPlacesBelow(ElementNode& root, StructureId structure, const std::string& path) {
  for (const Element& element : ElementsOf(structure)) {
    const StructureId below = element.types.empty() ? StructureId() : element.types[0].structure;
    const std::string_view defined = PathOf(below);
    if (element.choice || defined.find('.') == std::string_view::npos) continue;
    const std::string own = path + '.' + std::string(element.name);
    if (defined == own) {
      AddContentPlacesBelow(root, below, own);
      continue;
    }
    const ElementNode* content = FindById(root, defined);
    if (!content || content->children.empty()) continue;
    ElementNode* node = &root;
    const std::vector<Segment> segments = SegmentsOf(own);
    for (std::size_t i = 1; i < segments.size(); ++i) node = &Child(*node, segments[i].name);
  }
}

}  // namespace

void AddContentPlaces(ElementNode& root) {
  AddContentPlacesBelow(root, FindStructure(root.name), root.name);
}

const ElementNode* FindById(const ElementNode& root, std::string_view id) {
  const std::vector<Segment> segments = SegmentsOf(id);
  const ElementNode* node = &root;
  for (std::size_t i = 1; node && i < segments.size(); ++i) {
    node = node->FindChild(segments[i].name);
    if (node && !segments[i].slice.empty()) node = node->FindSlice(segments[i].slice);
  }
  return node;
}

}  // namespace healthlake::fhir
