#include "healthlake/fhir/subset.hpp"

#include <algorithm>
#include <optional>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kTagSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
constexpr std::string_view kTagCode = "SUBSETTED";
constexpr std::string_view kTag =
    R"({"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"})";

enum class Keep { kNot, kWhole, kSummary };

bool HasText(const json::Value& object, std::string_view name, std::string_view text) {
  const auto found = object.Find(name);
  return found && found->is_string() && found->string() == text;
}

bool IsTagged(const json::Value& tags) {
  return std::ranges::any_of(tags, [](const json::Value& tag) {
    return HasText(tag, "system", kTagSystem) && HasText(tag, "code", kTagCode);
  });
}

// The definition of a member; "_name" has that of "name".
const Element* DefinitionOf(StructureId structure, std::string_view key) {
  return FindElement(structure, key.starts_with('_') ? key.substr(1) : key);
}

// Whose children have flags of their own, below `key`; none for primitives and whole resources.
StructureId StructureBelow(const Element& element, std::string_view key) {
  const auto type = std::ranges::find(element.types, key, &ElementType::json_name);
  return type == element.types.end() ? StructureId() : type->structure;
}

bool HasSummary(StructureId structure) {
  return std::ranges::any_of(ElementsOf(structure), &Element::summary);
}

bool InSummary(const Element& element) {
  return element.summary || element.Mandatory() || element.modifier;
}

class SubsetWriter {
 public:
  SubsetWriter(const SubsetRule& rule, StructureId structure)
      : rule_(rule), structure_(structure) {}

  std::string Write(const json::Value& resource) {
    out_.reserve(resource.raw().size() + kTag.size() + 20);
    out_ += '{';
    const bool has_meta = resource.Find("meta").has_value();
    for (const json::Value member : resource) {
      const Keep keep = Choose(member.key());
      if (keep == Keep::kNot) continue;
      if (member.key() == "meta") {
        Meta(member);
      } else {
        Member(member, keep, structure_);
      }
      if (!has_meta && member.key() == "resourceType") Begin("meta") += MetaOfTag();
    }
    out_ += '}';
    return std::move(out_);
  }

 private:
  Keep Choose(std::string_view key) const {
    if (key == "resourceType" || key == "id" || key == "meta" || key == "_id") return Keep::kWhole;
    const Element* element = DefinitionOf(structure_, key);
    if (!rule_.elements.empty()) return Named(element, key);
    switch (rule_.summary) {
      case SearchSummary::kTrue:
        return element && InSummary(*element) ? Keep::kSummary : Keep::kNot;
      case SearchSummary::kText:
        return key == "text" || (element && element->Mandatory()) ? Keep::kWhole : Keep::kNot;
      default:
        return key == "text" ? Keep::kNot : Keep::kWhole;
    }
  }

  Keep Named(const Element* element, std::string_view key) const {
    if (!element) return Keep::kNot;
    if (element->Mandatory() || element->modifier) return Keep::kWhole;
    const std::string_view name = key.starts_with('_') ? key.substr(1) : key;
    const bool named = std::ranges::any_of(rule_.elements, [&](const std::string& asked) {
      return asked == name || asked == element->name;
    });
    return named ? Keep::kWhole : Keep::kNot;
  }

  static std::string MetaOfTag() { return R"({"tag":[)" + std::string(kTag) + "]}"; }

  // Puts a name, and a comma in front where one is needed.
  std::string& Begin(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    json::AppendQuoted(out_, key);
    return out_ += ':';
  }

  void Member(const json::Value& member, Keep keep, StructureId structure) {
    Begin(member.key());
    const Element* element =
        keep == Keep::kSummary ? DefinitionOf(structure, member.key()) : nullptr;
    const StructureId below = element ? StructureBelow(*element, member.key()) : StructureId();
    if (below.IsNone() || !HasSummary(below)) {
      out_ += member.raw();
    } else if (member.is_array()) {
      out_ += '[';
      for (const json::Value item : member) {
        if (out_.back() != '[') out_ += ',';
        Summary(item, below);
      }
      out_ += ']';
    } else {
      Summary(member, below);
    }
  }

  // Recursion is as deep as the document, which its parser limits.
  void Summary(const json::Value& value, StructureId structure) {
    if (!value.is_object()) {
      out_ += value.raw();
      return;
    }
    const std::size_t start = out_.size();
    out_ += '{';
    for (const json::Value member : value) {
      const Element* element = DefinitionOf(structure, member.key());
      if (element && InSummary(*element)) Member(member, Keep::kSummary, structure);
    }
    if (out_.size() > start + 1) {
      out_ += '}';
      return;
    }
    out_.resize(start);  // an element without content is none
    out_ += value.raw();
  }

  void Meta(const json::Value& meta) {
    const auto tags = meta.Find("tag");
    if (!meta.is_object() || (tags && (!tags->is_array() || IsTagged(*tags)))) {
      Begin("meta") += meta.raw();
      return;
    }
    Begin("meta") += '{';
    for (const json::Value member : meta) {
      Begin(member.key());
      if (member.key() != "tag") {
        out_ += member.raw();
        continue;
      }
      out_ += member.raw();
      out_.pop_back();
      if (!member.empty()) out_ += ',';
      (out_ += kTag) += ']';
    }
    if (!tags) (Begin("tag") += '[').append(kTag) += ']';
    out_ += '}';
  }

  const SubsetRule& rule_;
  StructureId structure_;
  std::string out_;
};

}  // namespace

std::string Subset(std::string_view resource, const SubsetRule& rule) {
  json::Document document;
  if (rule.KeepsAll() || document.Parse(resource)) return std::string(resource);
  const auto name = document.root().Find("resourceType");
  const auto type = name && name->is_string() ? FindResourceType(name->string()) : std::nullopt;
  if (!type) return std::string(resource);
  return SubsetWriter(rule, StructureOf(*type)).Write(document.root());
}

}  // namespace healthlake::fhir
