#include "healthlake/fhir/reference_rewrite.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "fhir/narrative_links.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kHistory = "/_history/";
// R4 names oid and uuid too, but "Patient/1" is neither.
constexpr auto kLinkTypes = std::to_array<std::string_view>({"uri", "url"});

ResourceType TypeOfResource(const json::Value& resource) {
  const std::optional<json::Value> name = resource.Find("resourceType");
  if (!name || !name->is_string()) return {};
  return FindResourceType(name->string()).value_or(ResourceType());
}

bool IsBundle(const json::Value& object) {
  const std::optional<json::Value> name = object.Find("resourceType");
  return name && name->is_string() && name->string() == "Bundle";
}

// What a string in a resource is, found by walking down the definitions along its path. Done only
// for the few strings that would be replaced.
class StringKind {
 public:
  // `path`: the values from the resource (first) to the string (last).
  explicit StringKind(const std::vector<json::Value>& path) {
    if (path.empty()) return;
    Enter(path.front());
    for (std::size_t i = 1; i < path.size(); ++i) Step(path[i]);
  }

  bool IsLink() const {
    return type_ != nullptr &&
           std::find(kLinkTypes.begin(), kLinkTypes.end(), type_->code) != kLinkTypes.end();
  }
  bool IsReference() const {
    static const StructureId reference = FindStructure("Reference");
    return type_ != nullptr && parent_ == reference && type_->json_name == "reference";
  }

 private:
  void Enter(const json::Value& resource) { structure_ = StructureOf(TypeOfResource(resource)); }

  void Step(const json::Value& value) {
    const std::string_view name = value.key();
    if (!name.empty()) Descend(name);
    if (value.is_object() && type_ != nullptr && type_->code == "Resource") Enter(value);
  }

  void Descend(std::string_view name) {
    const bool beside_primitive = name.starts_with('_');
    parent_ = structure_;
    type_ = FindType(beside_primitive ? name.substr(1) : name);
    structure_ = StructureId();
    if (type_ == nullptr) return;
    structure_ = beside_primitive ? FindStructure("Element") : type_->structure;
  }

  const ElementType* FindType(std::string_view name) const {
    if (structure_.IsNone()) return nullptr;
    const Element* element = FindElement(structure_, name);
    if (element == nullptr) return nullptr;
    const auto found =
        std::find_if(element->types.begin(), element->types.end(),
                     [&](const ElementType& type) { return type.json_name == name; });
    return found == element->types.end() ? nullptr : &*found;
  }

  StructureId parent_;
  StructureId structure_;
  const ElementType* type_ = nullptr;
};

// Calls `visit(string, path)` for every string in the resource, Bundle.entry left out.
template <typename Visit>
void VisitStrings(const json::Value& value, std::vector<json::Value>& path, const Visit& visit) {
  path.push_back(value);
  if (value.is_string()) {
    visit(value, path);
  } else if (value.is_array()) {
    for (const json::Value item : value) VisitStrings(item, path, visit);
  } else if (value.is_object()) {
    for (const json::Value member : value) {
      const json::Type type = member.type();
      if (type != json::Type::kString && type != json::Type::kArray &&
          type != json::Type::kObject) {
        continue;
      }
      if (member.key() == "entry" && IsBundle(value)) continue;
      VisitStrings(member, path, visit);
    }
  }
  path.pop_back();
}

bool IsTypeName(std::string_view name) {
  return FindResourceType(name).has_value();
}

// "Patient/1" and "Patient/1/_history/2".
bool IsRelative(std::string_view link) {
  const std::size_t slash = link.find('/');
  return slash != std::string_view::npos && IsTypeName(link.substr(0, slash));
}

class LinkTable {
 public:
  LinkTable(std::string_view base, const ReferenceTargets& targets)
      : base_(base), targets_(targets) {}

  // What stands for the link from now on.
  std::optional<std::string> Find(std::string_view link) const {
    if (const ReferenceTarget* target = targets_.Find(link)) return target->reference;
    const std::size_t hash = std::min(link.find('#'), link.size());
    const std::string_view whole = link.substr(0, hash);
    const std::string_view fragment = link.substr(hash);
    const std::size_t history = std::min(whole.find(kHistory), whole.size());
    const ReferenceTarget* target = Load(whole.substr(0, history));
    if (target == nullptr) return std::nullopt;
    std::string text = target->reference;
    if (history < whole.size() && target->version > 0) {
      text.append(kHistory).append(std::to_string(target->version));
    } else {
      text.append(whole.substr(history));
    }
    return text.append(fragment);
  }

 private:
  const ReferenceTarget* Load(std::string_view link) const {
    if (link.empty()) return nullptr;
    if (const ReferenceTarget* target = targets_.Find(link)) return target;
    if (base_.empty() || !IsRelative(link)) return nullptr;
    return targets_.Find(std::string(base_).append(link));
  }

  std::string_view base_;
  const ReferenceTargets& targets_;
};

// Copies a text with replacements that come in its order.
class Splicer {
 public:
  Splicer(std::string_view text, std::string& out) : text_(text), out_(out) {}

  void Replace(const json::Value& value, std::string_view string) {
    const std::string_view raw = value.raw();
    const auto begin = static_cast<std::size_t>(raw.data() - text_.data());
    if (done_ == 0) out_.clear();
    out_.append(text_.substr(done_, begin - done_));
    json::AppendQuoted(out_, string);
    done_ = begin + raw.size();
  }
  bool Finish() {
    if (done_ == 0) return false;
    out_.append(text_.substr(done_));
    return true;
  }

 private:
  std::string_view text_;
  std::string& out_;
  std::size_t done_ = 0;
};

// Spares most strings the look-up.
bool MayBeLink(const json::Value& string) {
  return string.key() == "reference" ||
         string.string().find_first_of(":/") != std::string_view::npos;
}

}  // namespace

std::string_view BaseOfFullUrl(std::string_view full_url) {
  if (!full_url.starts_with("http://") && !full_url.starts_with("https://")) return {};
  const std::size_t id = full_url.rfind('/');
  if (id == std::string_view::npos || id == 0) return {};
  const std::size_t type = full_url.rfind('/', id - 1);
  if (type == std::string_view::npos) return {};
  return IsTypeName(full_url.substr(type + 1, id - type - 1)) ? full_url.substr(0, type + 1)
                                                              : std::string_view();
}

bool RewriteReferences(const json::Value& resource, std::string_view base,
                       const ReferenceTargets& targets, std::string& out) {
  if (targets.empty()) return false;
  const LinkTable links(base, targets);
  const auto find = [&](std::string_view link) { return links.Find(link); };
  Splicer splicer(resource.raw(), out);
  std::vector<json::Value> path;
  VisitStrings(resource, path, [&](const json::Value& string, const auto& where) {
    if (string.key() == "div") {
      if (const auto div = RewriteNarrative(string.string(), find)) splicer.Replace(string, *div);
      return;
    }
    if (!MayBeLink(string)) return;
    const std::optional<std::string> link = find(string.string());
    if (!link) return;
    const StringKind kind(where);
    if (kind.IsLink() || kind.IsReference()) splicer.Replace(string, *link);
  });
  return splicer.Finish();
}

void FindConditionalReferences(const json::Value& resource, std::vector<std::string_view>& found) {
  std::vector<json::Value> path;
  VisitStrings(resource, path, [&](const json::Value& string, const auto& where) {
    if (string.key() != "reference") return;
    const std::string_view text = string.string();
    const std::size_t mark = text.find('?');
    if (mark == std::string_view::npos || !IsTypeName(text.substr(0, mark))) return;
    if (StringKind(where).IsReference()) found.push_back(text);
  });
}

}  // namespace healthlake::fhir
