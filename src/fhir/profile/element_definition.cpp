#include "fhir/profile/element_definition.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "healthlake/core/error.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kMaxValueSetExtension =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

[[noreturn]] void Refuse(std::string_view element, const std::string& message) {
  throw core::Error(core::ErrorKind::kInvalid, "element " + std::string(element) + ": " + message);
}

std::string Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? std::string(found->string()) : std::string();
}

std::vector<std::string> Texts(const json::Value& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto found = object.Find(name);
  if (!found || !found->is_array()) return texts;
  for (const json::Value each : *found) {
    if (each.is_string()) texts.emplace_back(each.string());
  }
  return texts;
}

std::optional<std::uint32_t> Count(const ElementDefinition& element, std::string_view text) {
  if (text == "*") return kUnbounded;
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) {
    Refuse(element.path, "'" + std::string(text) + "' is no count");
  }
  return count;
}

std::vector<TypeDefinition> ReadTypes(const json::Value& types) {
  std::vector<TypeDefinition> out;
  if (!types.is_array()) return out;
  for (const json::Value type : types) {
    out.push_back({Text(type, "code"), Texts(type, "profile"), Texts(type, "targetProfile")});
  }
  return out;
}

std::vector<ConstraintDefinition> ReadConstraints(const json::Value& constraints) {
  std::vector<ConstraintDefinition> out;
  if (!constraints.is_array()) return out;
  for (const json::Value each : constraints) {
    ConstraintDefinition constraint{Text(each, "key"), Text(each, "expression")};
    if (Text(each, "severity") == "error" && !constraint.expression.empty()) {
      out.push_back(std::move(constraint));
    }
  }
  return out;
}

BindingDefinition ReadBinding(const ElementDefinition& element, const json::Value& value) {
  constexpr std::string_view kStrengths[] = {"example", "preferred", "extensible", "required"};
  BindingDefinition binding;
  const std::string strength = Text(value, "strength");
  const auto* found = std::ranges::find(kStrengths, strength);
  if (found == std::end(kStrengths)) {
    Refuse(element.path, "'" + strength + "' is no strength of a binding");
  }
  binding.strength = static_cast<BindingDefinition::Strength>(found - kStrengths);
  binding.value_set = Text(value, "valueSet");
  if (const auto extensions = value.Find("extension"); extensions && extensions->is_array()) {
    for (const json::Value each : *extensions) {
      if (Text(each, "url") == kMaxValueSetExtension) {
        binding.max_value_set = Text(each, "valueCanonical");
      }
    }
  }
  return binding;
}

SlicingDefinition ReadSlicing(const ElementDefinition& element, const json::Value& value) {
  constexpr std::string_view kTypes[] = {"value", "pattern", "exists", "type", "profile"};
  SlicingDefinition slicing;
  const std::string rules = Text(value, "rules");
  if (rules == "closed") slicing.rules = SlicingDefinition::Rules::kClosed;
  if (rules == "openAtEnd") slicing.rules = SlicingDefinition::Rules::kOpenAtEnd;
  const auto ordered = value.Find("ordered");
  slicing.ordered = ordered && ordered->is_boolean() && ordered->boolean();
  const auto discriminators = value.Find("discriminator");
  if (!discriminators || !discriminators->is_array()) return slicing;
  for (const json::Value each : *discriminators) {
    const std::string type = Text(each, "type");
    const auto* found = std::ranges::find(kTypes, type);
    if (found == std::end(kTypes)) {
      Refuse(element.path, "'" + type + "' is no type of a discriminator");
    }
    slicing.discriminators.push_back(
        {static_cast<DiscriminatorDefinition::Type>(found - kTypes), Text(each, "path")});
  }
  return slicing;
}

std::shared_ptr<const Datum> ReadDatum(const json::Value& value) {
  return std::make_shared<const Datum>(Datum::From(value));
}

void ReadMember(ElementDefinition& element, const json::Value& value) {
  const std::string_view name = value.key();
  if (name == "min" && value.is_number()) {
    element.min = Count(element, value.raw());
  } else if (name == "max" && value.is_string()) {
    element.max = Count(element, value.string());
  } else if (name == "type") {
    element.types = ReadTypes(value);
  } else if (name.starts_with("fixed")) {
    element.fixed = ReadDatum(value);
  } else if (name.starts_with("pattern")) {
    element.pattern = ReadDatum(value);
  } else if (name.starts_with("minValue")) {
    element.min_value = ReadDatum(value);
  } else if (name.starts_with("maxValue")) {
    element.max_value = ReadDatum(value);
  } else if (name == "maxLength" && value.is_number()) {
    element.max_length = Count(element, value.raw());
  } else if (name == "binding") {
    element.binding = ReadBinding(element, value);
  } else if (name == "slicing") {
    element.slicing = ReadSlicing(element, value);
  } else if (name == "constraint") {
    element.constraints = ReadConstraints(value);
  } else if (name == "contentReference" && value.is_string()) {
    const std::string_view reference = value.string();
    element.content_reference =
        reference.substr(std::min(reference.find('#') + 1, reference.size()));
  }
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(separator, from), text.size());
    parts.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

// Makes the ids that older tools left out: a slice's name holds for all that follows below it.
class IdMaker {
 public:
  std::string Make(std::string_view path, std::string_view slice_name) {
    const std::vector<std::string_view> parts = Split(path, '.');
    std::size_t same = 0;
    while (same < parts.size() && same < segments_.size() && segments_[same].name == parts[same]) {
      ++same;
    }
    segments_.resize(same);
    for (; same < parts.size(); ++same) segments_.push_back({std::string(parts[same]), {}});
    if (!segments_.empty()) segments_.back().slice = slice_name;
    std::string id;
    for (const Segment& segment : segments_) {
      if (!id.empty()) id += '.';
      id += segment.name;
      if (!segment.slice.empty()) id += ':' + segment.slice;
    }
    return id;
  }

 private:
  struct Segment {
    std::string name;
    std::string slice;
  };
  std::vector<Segment> segments_;
};

}  // namespace

std::vector<ElementDefinition> ReadElements(const json::Value& elements) {
  std::vector<ElementDefinition> out;
  if (!elements.is_array()) return out;
  IdMaker ids;
  for (const json::Value value : elements) {
    ElementDefinition element;
    element.path = Text(value, "path");
    if (element.path.empty()) Refuse("without a path", "it cannot be told what it is about");
    element.id = ids.Make(element.path, Text(value, "sliceName"));
    const std::string id = Text(value, "id");
    if (std::ranges::count(id, '.') == std::ranges::count(element.path, '.')) element.id = id;
    for (const json::Value member : value) ReadMember(element, member);
    out.push_back(std::move(element));
  }
  return out;
}

}  // namespace healthlake::fhir
