#include "conformance/fhir/mutator.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "conformance/fhir/bad_values.hpp"
#include "conformance/fhir/object_edit.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using enum MutationKind;

constexpr std::array<std::string_view, kMutationKinds> kNames = {
    "unknown element",
    "wrong JSON type",
    "missing required element",
    "too many",
    "two types of one choice",
    "bad code in a required binding",
    "bad primitive",
    "empty object",
    "empty array",
    "empty string",
    "null",
    "duplicate key",
    "not JSON",
    "wrong choice type",
    "wrong reference target",
    "broken reference",
    "broken contained",
    "broken extension",
    "broken narrative",
    "broken resourceType",
    "violated invariant",
};

struct Rule {
  std::size_t places = 0;  // found by the first pass
  std::size_t at = 0;      // of the second
  bool wanted = true;
};

class Mutator {
 public:
  Mutator(const json::Document& document, const std::vector<Violation>& violations,
          const Sampling& sampling)
      : document_(document), sampling_(sampling) {
    for (const Violation& violation : violations) {
      by_element_[violation.element].push_back(&violation);
      element_of_[violation.invariant] = violation.element;
    }
  }

  std::vector<Mutant> All() {
    Walk();
    ChooseRules();
    picking_ = true;
    Walk();
    return std::move(mutants_);
  }

 private:
  void Walk() {
    const auto name = document_.root().Find("resourceType");
    const auto type = FindResourceType(name->string());
    path_ = name->string();
    Object(document_.root(), StructureOf(*type), true);
  }

  void ChooseRules() {
    using Group = std::pair<MutationKind, std::string_view>;
    std::map<Group, std::vector<Rule*>> groups;
    for (auto& [key, rule] : rules_) groups[{key.first, GroupOf(key)}].push_back(&rule);
    std::set<MutationKind> kinds;
    for (const auto& [group, rules] : groups) kinds.insert(group.first);
    std::size_t number = 0;
    std::set<MutationKind> chosen;
    for (const MutationKind kind : kinds) {
      const std::size_t turn = (number++ + sampling_.seed) % kinds.size();
      if (turn < sampling_.kinds) chosen.insert(kind);
    }
    for (const auto& [group, rules] : groups) {
      for (std::size_t i = 0; i < rules.size(); ++i) {
        const std::size_t turn = (i + sampling_.seed) % rules.size();
        rules[i]->wanted = chosen.contains(group.first) && turn < sampling_.rules_per_kind;
      }
    }
  }

  // The rules of one group take turns.
  std::string_view GroupOf(const std::pair<MutationKind, std::string_view>& rule) const {
    const bool all = sampling_.kinds == kMutationKinds;
    if (rule.first == kBadPrimitive) return all ? rule.second : "";
    if (rule.first != kViolatedInvariant) return "";
    const std::string_view element = element_of_.at(rule.second);
    const bool of_resource = FindResourceType(element.substr(0, element.find('.'))).has_value();
    return of_resource && all ? rule.second : of_resource ? "resource" : "type";
  }

  // Whether a mutant is wanted here. Places are counted first, then taken at even distances.
  bool Take(MutationKind kind, std::string_view rule_name) {
    Rule& rule = rules_[{kind, rule_name}];
    if (!picking_) {
      ++rule.places;
      return false;
    }
    const std::size_t at = rule.at++;
    return rule.wanted && at == sampling_.seed % rule.places;
  }

  Mutant& Add(MutationKind kind, std::string_view rule, const json::Value& replaced,
              std::string text) {
    Mutant& mutant = mutants_.emplace_back();
    mutant.kind = kind;
    mutant.rule = rule;
    mutant.path = path_;
    mutant.name = mutant.element = name_;
    mutant.offset = static_cast<std::size_t>(replaced.raw().data() - document_.text().data());
    mutant.length = replaced.raw().size();
    mutant.text = std::move(text);
    return mutant;
  }

  // The value at hand becomes `text`.
  void Replace(MutationKind kind, std::string_view rule, const json::Value& value,
               std::string_view text) {
    if (!Take(kind, rule)) return;
    Add(kind, rule, value, std::string(text)).element = element_;
  }

  // Members of the object at hand change; the fault is that of `name`.
  Mutant* Change(MutationKind kind, std::string_view rule, const json::Value& object,
                 StructureId structure, std::span<const MemberChange> changes,
                 std::string_view name) {
    if (!Take(kind, rule)) return nullptr;
    Mutant& mutant = Add(kind, rule, object, Changed(object, structure, changes));
    if (!name.empty()) {
      mutant.path += '.' + std::string(name);
      mutant.name = name;
      mutant.element = ElementName(structure, name);
      if (mutant.element.empty()) mutant.element = mutant.name;
    }
    return &mutant;
  }
  Mutant* ChangeOne(MutationKind kind, std::string_view rule, const json::Value& object,
                    StructureId structure, const MemberChange& change) {
    return Change(kind, rule, object, structure, {&change, 1}, change.name);
  }

  void Object(const json::Value& object, StructureId structure, bool resource);
  void Children(const json::Value& object, StructureId structure);
  void Strangers(const json::Value& object, StructureId structure, bool resource);
  void Extensions(const json::Value& object, StructureId structure, bool resource);
  void Contained(const json::Value& object, StructureId structure);
  void Invariants(const json::Value& object, StructureId structure, bool resource);
  void Violate(const Violation& violation, const json::Value& object, StructureId structure);
  void Required(const json::Value& object, StructureId structure, const Element& element,
                const json::Value& value);
  void Choice(const json::Value& object, StructureId structure, const Element& element,
              const json::Value& value);
  void Shape(const json::Value& object, const json::Value& value, const Element& element);
  void Item(const json::Value& value, const Element& element, const ElementType& type);
  void Primitive(const json::Value& value, const Element& element, const ElementType& type);
  void Reference(const json::Value& value, const Element& element, const ElementType& type);
  void Bound(const json::Value& value, const Element& element, const ElementType& type);

  const json::Document& document_;
  const Sampling& sampling_;
  std::map<std::string_view, std::vector<const Violation*>> by_element_;
  std::map<std::string_view, std::string_view> element_of_;  // of an invariant
  std::map<std::pair<MutationKind, std::string_view>, Rule> rules_;
  bool picking_ = false;
  std::string path_;
  std::string_view name_;     // the last in the path
  std::string_view element_;  // of that name
  std::vector<Mutant> mutants_;
};

void Mutator::Object(const json::Value& object, StructureId structure, bool resource) {
  if (!object.is_object() || structure.IsNone()) return;
  Strangers(object, structure, resource);
  Extensions(object, structure, resource);
  if (resource) Contained(object, structure);
  Invariants(object, structure, resource);
  Children(object, structure);
}

void Mutator::Strangers(const json::Value& object, StructureId structure, bool resource) {
  ChangeOne(kUnknownElement, "name", object, structure, {"healthlakeUnknown", R"("x")"});
  ChangeOne(kUnknownElement, "twin", object, structure, {"_healthlakeUnknown", R"({"id":"x"})"});
  if (resource) {
    if (Mutant* mutant = ChangeOne(kBrokenResourceType, "unknown", object, structure,
                                   {"resourceType", R"("NoSuchType")"})) {
      mutant->said = "NoSuchType";
    }
    ChangeOne(kBrokenResourceType, "missing", object, structure, {"resourceType", ""});
    ChangeOne(kBrokenResourceType, "number", object, structure, {"resourceType", "1"});
  }
  for (const std::string_view end : {",}", "]", "", "}}"}) {
    if (Take(kNotJson, end)) {
      Add(kNotJson, end, object, std::string(object.raw().substr(0, object.raw().size() - 1)))
          .text += end;
    }
  }
  if (object.empty() || !Take(kDuplicateKey, "")) return;
  const json::Value first = *object.begin();
  std::string text(object.raw());
  text.insert(1, MemberText(first.key(), first.raw()) + ",");
  Add(kDuplicateKey, "", object, std::move(text)).name = first.key();
}

void Mutator::Extensions(const json::Value& object, StructureId structure, bool resource) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kBroken = {{
      {"without url", R"([{"valueString":"x"}])"},
      {"without value", R"([{"url":"http://example.org/x"}])"},
      {"value and nested", R"([{"url":"http://example.org/x","valueString":"x","extension":)"
                           R"([{"url":"a","valueString":"x"}]}])"},
      {"two values", R"([{"url":"http://example.org/x","valueString":"x","valueCode":"x"}])"},
      {"unknown type of value", R"([{"url":"http://example.org/x","valueFoo":"x"}])"},
  }};
  const bool modifiers = FindElement(structure, "modifierExtension") != nullptr;
  if (FindElement(structure, "extension")) {
    for (const auto& [rule, text] : kBroken) {
      ChangeOne(kBrokenExtension, rule, object, structure, {"extension", text});
    }
    if (modifiers) {
      ChangeOne(kBrokenExtension, "modifier without url", object, structure,
                {"modifierExtension", kBroken[0].second});
    }
  }
  if (!modifiers && !resource) {
    ChangeOne(kBrokenExtension, "modifier where none is allowed", object, structure,
              {"modifierExtension", R"([{"url":"http://example.org/x","valueString":"x"}])"});
  }
}

void Mutator::Contained(const json::Value& object, StructureId structure) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kBroken = {{
      {"without id", R"([{"resourceType":"Basic","code":{"text":"x"}}])"},
      {"without type", R"([{"id":"zz"}])"},
      {"unknown type", R"([{"resourceType":"NoSuchType","id":"zz"}])"},
      {"no resource", R"(["zz"])"},
      {"nested", R"([{"resourceType":"Basic","id":"zz","code":{"text":"x"},"contained":)"
                 R"([{"resourceType":"Basic","id":"yy","code":{"text":"x"}}]}])"},
  }};
  if (!FindElement(structure, "contained") || path_.find(".contained[") != std::string::npos)
    return;
  for (const auto& [rule, text] : kBroken) {
    ChangeOne(kBrokenContained, rule, object, structure, {"contained", text});
  }
}

void Mutator::Invariants(const json::Value& object, StructureId structure, bool resource) {
  const auto violate = [&](std::string_view element) {
    const auto found = by_element_.find(element);
    if (found == by_element_.end()) return;
    for (const Violation* violation : found->second) Violate(*violation, object, structure);
  };
  violate(PathOf(structure));
  if (!resource) {
    violate("Element");
  } else if (FindElement(structure, "contained") &&
             path_.find(".contained[") == std::string::npos) {
    violate("DomainResource");
  }
}

void Mutator::Violate(const Violation& violation, const json::Value& object,
                      StructureId structure) {
  if (!Take(kViolatedInvariant, violation.invariant)) return;
  std::vector<MemberChange> changes;
  for (const json::Value member : violation.members) {
    changes.push_back({member.key(), member.is_null() ? std::string_view() : member.raw()});
  }
  Mutant& mutant = Add(kViolatedInvariant, violation.invariant, object,
                       Changed(object, structure, changes, !violation.becomes));
  mutant.said = violation.invariant;
}

void Mutator::Children(const json::Value& object, StructureId structure) {
  const std::string_view outer_name = name_;
  const std::string_view outer_element = element_;
  for (const json::Value child : object) {
    const Element* element = FindElement(structure, child.key());
    if (!element) continue;
    const auto type = std::ranges::find(element->types, child.key(), &ElementType::json_name);
    if (type == element->types.end()) continue;
    Required(object, structure, *element, child);
    if (element->choice) Choice(object, structure, *element, child);

    const std::size_t mark = path_.size();
    path_ += '.' + std::string(child.key());
    name_ = type->json_name;
    element_ = element->name;
    Shape(object, child, *element);
    if (!child.is_array()) {
      Item(child, *element, *type);
    } else {
      const std::size_t array_mark = path_.size();
      std::size_t index = 0;
      for (const json::Value item : child) {
        path_ += '[' + std::to_string(index++) + ']';
        Item(item, *element, *type);
        path_.resize(array_mark);
      }
    }
    path_.resize(mark);
    name_ = outer_name;
    element_ = outer_element;
  }
}

void Mutator::Required(const json::Value& object, StructureId structure, const Element& element,
                       const json::Value& value) {
  if (!element.Mandatory()) return;
  if (object.size() > 1) {
    ChangeOne(kMissingRequired, "", object, structure, {value.key(), ""});
  } else if (FindElement(structure, "id")) {
    const std::array<MemberChange, 2> changes = {{{value.key(), ""}, {"id", R"("x")"}}};
    Change(kMissingRequired, "", object, structure, changes, value.key());
  }
}

void Mutator::Choice(const json::Value& object, StructureId structure, const Element& element,
                     const json::Value& value) {
  if (element.types.size() > 1) {
    const std::size_t own = static_cast<std::size_t>(
        std::ranges::find(element.types, value.key(), &ElementType::json_name) -
        element.types.begin());
    const std::size_t step = 1 + sampling_.seed % (element.types.size() - 1);
    const ElementType& other = element.types[(own + step) % element.types.size()];
    if (Take(kTwoChoices, "")) {
      std::string text(object.raw());
      text.insert(text.size() - 1, "," + MemberText(other.json_name, GoodValueOf(other.code)));
      Mutant& mutant = Add(kTwoChoices, "", object, std::move(text));
      mutant.name = mutant.element = element.name;
    }
  }
  for (const std::string_view type : {"Bundle", "Nonsense"}) {
    if (!Take(kWrongChoiceType, type)) continue;
    const std::string name = std::string(element.name) + std::string(type);
    const std::array<MemberChange, 2> changes = {{{value.key(), ""}, {name, value.raw()}}};
    Mutant& mutant = Add(kWrongChoiceType, type, object, Changed(object, structure, changes));
    mutant.name = name;
    mutant.element = element.name;
  }
}

// Of a member as a whole.
void Mutator::Shape(const json::Value& object, const json::Value& value, const Element&) {
  const bool has_twin = object.Find("_" + std::string(value.key())).has_value();
  if (!has_twin) Replace(kNull, "", value, "null");
  if (value.is_array()) {
    Replace(kEmptyArray, "", value, "[]");
    if (!(*value.begin()).is_null()) {
      Replace(kWrongJsonType, "single value for an array", value, (*value.begin()).raw());
    }
    Replace(kWrongJsonType, "primitive for an array", value, "1");
  } else {
    const std::string raw(value.raw());
    Replace(kTooMany, "", value, "[" + raw + "," + raw + "]");
    if (!has_twin) Replace(kEmptyArray, "for a single value", value, "[]");
  }
}

void Mutator::Item(const json::Value& value, const Element& element, const ElementType& type) {
  if (value.is_object()) {
    Replace(kEmptyObject, "", value, "{}");
    Replace(kWrongJsonType, "primitive for an object", value, R"("x")");
    Replace(kWrongJsonType, "array for an object", value, "[[]]");
    if (type.code == "Resource") {
      const auto name = value.Find("resourceType");
      const auto nested = name ? FindResourceType(name->string()) : std::nullopt;
      if (nested) Object(value, StructureOf(*nested), true);
      return;
    }
    if (type.code == "Reference") Reference(value, element, type);
    Bound(value, element, type);
    Object(value, type.structure, false);
  } else if (!value.is_null()) {
    Primitive(value, element, type);
  }
}

void Mutator::Primitive(const json::Value& value, const Element& element, const ElementType& type) {
  Replace(kWrongJsonType, "object for a primitive", value, R"({"id":"x"})");
  Replace(kEmptyObject, "for a primitive", value, "{}");
  if (value.is_string()) {
    Replace(kEmptyString, "", value, R"("")");
    Replace(kWrongJsonType, "number for a string", value, "1");
    Replace(kWrongJsonType, "boolean for a string", value, "true");
  } else {
    Replace(kWrongJsonType, "string for a number or boolean", value, R"("1")");
  }
  if (type.code == "xhtml") {
    const auto bad = BadNarratives();
    Replace(kBrokenNarrative, "", value, bad[(sampling_.seed + path_.size()) % bad.size()]);
    return;
  }
  const auto bad = BadValuesOf(type.code);
  if (!bad.empty()) {
    Replace(kBadPrimitive, type.code, value, bad[(sampling_.seed + path_.size()) % bad.size()]);
  }
  Bound(value, element, type);
}

void Mutator::Bound(const json::Value& value, const Element& element, const ElementType& type) {
  if (element.required_codes.IsNone()) return;
  if (value.is_string()) {
    Replace(kBadCode, "code", value, R"("no-such-code")");
  } else if (type.code == "CodeableConcept") {
    Replace(kBadCode, "CodeableConcept", value,
            R"({"coding":[{"system":"http://example.org/none","code":"no-such-code"}]})");
  } else if (type.code == "Coding") {
    Replace(kBadCode, "Coding", value,
            R"({"system":"http://example.org/none","code":"no-such-code"})");
  }
}

void Mutator::Reference(const json::Value& value, const Element& element, const ElementType& type) {
  const auto change = [&](MutationKind kind, std::string_view rule, const std::string& text) {
    if (!Take(kind, rule)) return;
    const std::string raw = '"' + text + '"';
    const std::array<MemberChange, 2> changes = {{{"type", ""}, {"reference", raw}}};
    Add(kind, rule, value, Changed(value, type.structure, changes)).element = element.name;
  };
  change(kBrokenReference, "bad id", "Patient/a b");
  if (element.targets.empty()) return;
  const auto all = AllResourceTypes();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const ResourceType other = all[(sampling_.seed + i) % all.size()];
    if (std::ranges::find(element.targets, other) != element.targets.end()) continue;
    change(kWrongReferenceTarget, "relative", std::string(NameOf(other)) + "/zz");
    change(kWrongReferenceTarget, "absolute",
           "http://example.org/fhir/" + std::string(NameOf(other)) + "/zz");
    return;
  }
}

}  // namespace

std::string_view NameOf(MutationKind kind) {
  return kNames.at(static_cast<std::size_t>(kind));
}

std::vector<Violation> ViolationsIn(const json::Document& file) {
  std::vector<Violation> violations;
  for (const json::Value row : file.root()) {
    const auto becomes = row.Find("becomes");
    violations.push_back({row.Find("invariant")->string(), row.Find("element")->string(),
                          becomes ? *becomes : *row.Find("gets"), becomes.has_value()});
  }
  return violations;
}

std::vector<Mutant> MutantsOf(const json::Document& document,
                              const std::vector<Violation>& violations, const Sampling& sampling) {
  return Mutator(document, violations, sampling).All();
}

}  // namespace healthlake::fhir
