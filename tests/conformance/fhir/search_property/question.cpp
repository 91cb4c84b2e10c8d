#include "conformance/fhir/search_property/question.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace healthlake::fhir::search_property {
namespace {

std::string Encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || c == '-' || c == '.' || c == '_' ||
                       c == '~' || c == ':';
    if (plain) {
      out += c;
    } else {
      char escape[4];
      std::snprintf(escape, sizeof escape, "%%%02X", byte);
      out += escape;
    }
  }
  return out;
}

// search.html, escaping search parameters.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ',' || c == '$' || c == '|' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string TextOf(const Atom& atom, const std::string& modifier) {
  if (modifier == "of-type") {
    return Escaped(atom.system) + "|" + Escaped(atom.unit) + "|" + Escaped(atom.text);
  }
  if (atom.type == SearchType::kQuantity && atom.has_system) {
    return atom.prefix + atom.text + "|" + Escaped(atom.system) + "|" + Escaped(atom.unit);
  }
  const bool token = atom.type == SearchType::kToken || modifier == "identifier";
  if (token && atom.has_system) return Escaped(atom.system) + "|" + Escaped(atom.text);
  return atom.prefix + Escaped(atom.text);
}

std::string NameIn(const Condition& condition) {
  if (condition.kind == Condition::Kind::kFilter) return "_filter";
  if (condition.kind == Condition::Kind::kList) return "_list";
  std::string name(condition.param->code);
  switch (condition.kind) {
    case Condition::Kind::kValue:
      return name + (condition.modifier.empty() ? "" : ":" + condition.modifier);
    case Condition::Kind::kChain:
      if (!condition.target.IsNone()) name += ":" + std::string(NameOf(condition.target));
      return name + "." + NameIn(condition.inner.front());
    default:
      break;
  }
  return "_has:" + std::string(NameOf(condition.param->base)) + ":" + name + ":" +
         NameIn(condition.inner.front());
}

std::string ValueIn(const Condition& condition);

// The words of search_filter.html for a condition.
std::string FilterText(const Condition& condition) {
  const std::string name(condition.param->code);
  if (condition.modifier == "missing")
    return name + " pr " + (condition.missing ? "false" : "true");
  const Atom& atom = condition.any_of.front().parts.front();
  std::string operation = atom.prefix.empty() ? "eq" : atom.prefix;
  if (atom.type == SearchType::kString) operation = condition.modifier == "contains" ? "co" : "sw";
  if (condition.modifier == "below") operation = "ss";
  Atom bare = atom;
  bare.prefix.clear();
  return name + " " + operation + " " + TextOf(bare, condition.modifier);
}

std::string FilterText(const std::vector<FilterTest>& tests) {
  std::string text;
  for (const FilterTest& test : tests) {
    if (!text.empty()) text += test.joined_by_or ? " or " : " and ";
    const std::string one = FilterText(test.condition);
    text += test.negated ? "not (" + one + ")" : one;
  }
  return text;
}

std::string ValueIn(const Condition& condition) {
  if (condition.kind == Condition::Kind::kFilter) return FilterText(condition.tests);
  if (condition.kind == Condition::Kind::kList) {
    std::string text;
    for (const std::string& id : condition.lists) text += (text.empty() ? "" : ",") + id;
    return text;
  }
  if (condition.kind != Condition::Kind::kValue) return ValueIn(condition.inner.front());
  if (condition.modifier == "missing") return condition.missing ? "true" : "false";
  std::string text;
  for (const AskedValue& asked : condition.any_of) {
    if (!text.empty()) text += ',';
    for (std::size_t i = 0; i < asked.parts.size(); ++i) {
      if (i > 0) text += '$';
      text += TextOf(asked.parts[i], condition.modifier);
    }
  }
  return text;
}

// Names of tokens and types of identifiers do not stand for a value of their own.
bool IsValue(const Value& value) {
  return value.kind != ValueKind::kTokenText && value.kind != ValueKind::kTypedIdentifier;
}

bool IsSortable(const Value& value) {
  return IsValue(value) && value.kind != ValueKind::kIdentifier &&
         value.kind != ValueKind::kComposite && value.kind != ValueKind::kPosition;
}

std::strong_ordering Compare(const Value& a, const Value& b) {
  switch (a.kind) {
    case ValueKind::kDate:
      return a.from <=> b.from;
    case ValueKind::kNumber:
    case ValueKind::kQuantity:
      if (!a.low || !b.low) return a.low.has_value() <=> b.low.has_value();
      return *a.low <=> *b.low;
    case ValueKind::kString:
      return Plain(a.text) <=> Plain(b.text);
    case ValueKind::kToken: {
      const std::strong_ordering codes = Folded(a.text) <=> Folded(b.text);
      return codes != 0 ? codes : a.system <=> b.system;
    }
    default:
      return a.text <=> b.text;
  }
}

// The parameter of that name that the resource's own type has; null when it has none.
const SearchParam* ParamOf(const Stored& resource, const SearchParam& param) {
  return FindSearchParam(resource.type, param.code);
}

// Ids differ by case, codes do not.
std::strong_ordering Compare(const Value& a, const Value& b, const SearchParam& param) {
  return param.code == "_id" ? a.text <=> b.text : Compare(a, b);
}

// The value that a resource counts with; null when it has none.
const Value* KeyOf(const Values& values, const SortBy& rule) {
  const Value* key = nullptr;
  for (const Value& value : values) {
    if (!IsSortable(value)) continue;
    if (key == nullptr) {
      key = &value;
      continue;
    }
    const std::strong_ordering order = Compare(value, *key, *rule.param);
    if (rule.descending ? order > 0 : order < 0) key = &value;
  }
  return key;
}

}  // namespace

std::string Question::Text() const {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& value) {
    text += (text.empty() ? "" : "&") + Encoded(name) + "=" + Encoded(value);
  };
  std::string type_names;
  for (const ResourceType type : types) {
    type_names += (type_names.empty() ? "" : ",") + std::string(NameOf(type));
  }
  if (types.size() > 1) add("_type", type_names);
  for (const Condition& condition : all_of) add(NameIn(condition), ValueIn(condition));
  std::string rules;
  for (const SortBy& rule : sort) {
    rules += std::string(rules.empty() ? "" : ",") + (rule.descending ? "-" : "") +
             std::string(rule.param->code);
  }
  if (!rules.empty()) add("_sort", rules);
  for (const IncludeRule& rule : includes) {
    std::string value = std::string(NameOf(rule.source)) + ":" +
                        (rule.param == nullptr ? "*" : std::string(rule.param->code));
    if (!rule.target.IsNone()) value += ":" + std::string(NameOf(rule.target));
    add(std::string(rule.reverse ? "_revinclude" : "_include") + (rule.iterate ? ":iterate" : ""),
        value);
  }
  return text;
}

std::vector<Stored*> Answerer::Answer(const Question& question) {
  std::vector<Stored*> found;
  for (Stored* resource : model_.live()) {
    if (std::ranges::count(question.types, resource->type) == 0) continue;
    if (!question.compartment.IsNone() && !InCompartment(*resource, question)) continue;
    if (std::ranges::all_of(question.all_of, [&](const Condition& condition) {
          return Satisfies(*resource, condition);
        })) {
      found.push_back(resource);
    }
  }
  // From the last rule to the first, as each sort keeps the order of the one before.
  for (auto rule = question.sort.rbegin(); rule != question.sort.rend(); ++rule) {
    std::ranges::stable_sort(found, [&](Stored* a, Stored* b) {
      const Value* left = KeyOf(model_.ValuesOf(*a, *ParamOf(*a, *rule->param)), *rule);
      const Value* right = KeyOf(model_.ValuesOf(*b, *ParamOf(*b, *rule->param)), *rule);
      if (left == nullptr || right == nullptr) return left != nullptr && right == nullptr;
      const std::strong_ordering order = Compare(*left, *right, *rule->param);
      return rule->descending ? order > 0 : order < 0;
    });
  }
  return found;
}

bool Answerer::Satisfies(Stored& resource, const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::kChain:
      return Chains(resource, condition);
    case Condition::Kind::kHas:
      return IsReferredTo(resource, condition);
    case Condition::Kind::kFilter:
      return PassesFilter(resource, condition.tests);
    case Condition::Kind::kList:
      return IsListed(resource, condition.lists);
    case Condition::Kind::kValue:
      break;
  }
  const SearchParam* param = ParamOf(resource, *condition.param);
  if (param == nullptr) return false;
  if (condition.modifier == "missing") {
    const Values& values = model_.ValuesOf(resource, *param);
    return std::ranges::any_of(values, IsValue) != condition.missing;
  }
  return HasValue(resource, *param, condition) != (condition.modifier == "not");
}

bool Answerer::HasValue(Stored& resource, const SearchParam& param, const Condition& condition) {
  if (param.code == "_id") {  // ids differ by case
    return std::ranges::any_of(condition.any_of, [&](const AskedValue& asked) {
      return asked.parts.front().text == resource.id;
    });
  }
  const Values& values = model_.ValuesOf(resource, param);
  return std::ranges::any_of(values, [&](const Value& value) {
    return std::ranges::any_of(condition.any_of, [&](const AskedValue& asked) {
      if (param.type != SearchType::kComposite) {
        return Meets(value, asked.parts.front(), condition.modifier, rules_);
      }
      bool all = value.parts.size() == asked.parts.size();
      for (std::size_t i = 0; all && i < asked.parts.size(); ++i) {
        all = Meets(value.parts[i], asked.parts[i], {}, rules_);
      }
      return all;
    });
  });
}

bool Answerer::Chains(Stored& resource, const Condition& condition) {
  const SearchParam* param = ParamOf(resource, *condition.param);
  if (param == nullptr) return false;
  return std::ranges::any_of(model_.ValuesOf(resource, *param), [&](const Value& value) {
    if (value.kind != ValueKind::kReference) return false;
    Stored* target = model_.Find(value.text);
    if (target == nullptr) return false;
    if (!condition.target.IsNone() && target->type != condition.target) return false;
    return Satisfies(*target, condition.inner.front());
  });
}

bool Answerer::RefersTo(Stored& resource, const SearchParam& param, const std::string& name) {
  return std::ranges::any_of(model_.ValuesOf(resource, param), [&](const Value& value) {
    return value.kind == ValueKind::kReference && value.text == name;
  });
}

bool Answerer::IsReferredTo(Stored& resource, const Condition& condition) {
  return std::ranges::any_of(model_.live(), [&](Stored* source) {
    return source->type == condition.param->base &&
           RefersTo(*source, *condition.param, resource.Name()) &&
           Satisfies(*source, condition.inner.front());
  });
}

bool Answerer::InCompartment(Stored& resource, const Question& question) {
  const std::string name =
      std::string(NameOf(question.compartment)) + "/" + question.compartment_id;
  if (resource.Name() == name) return true;
  return std::ranges::any_of(
      CompartmentParams(question.compartment, resource.type),
      [&](ParamId param) { return RefersTo(resource, *FindSearchParam(param), name); });
}

bool Answerer::PassesFilter(Stored& resource, const std::vector<FilterTest>& tests) {
  bool passes = true;
  for (const FilterTest& test : tests) {
    const bool one = Satisfies(resource, test.condition) != test.negated;
    passes = test.joined_by_or ? passes || one : passes && one;
  }
  return passes;
}

bool Answerer::IsListed(Stored& resource, const std::vector<std::string>& lists) {
  return std::ranges::any_of(lists, [&](const std::string& id) {
    const Stored* list = model_.Find("List/" + id);
    const auto entries = list == nullptr ? std::nullopt : list->document.root().Find("entry");
    if (!entries) return false;
    return std::ranges::any_of(entries->begin(), entries->end(), [&](const json::Value& entry) {
      const auto deleted = entry.Find("deleted");
      if (deleted && deleted->boolean()) return false;
      const auto reference = entry.Find("item")->Find("reference");
      return reference && LocalName(std::string(reference->string())) == resource.Name();
    });
  });
}

std::vector<Stored*> Answerer::Follow(Stored& from, const IncludeRule& rule) {
  const auto applies = [&](const SearchParam& param) {
    return param.type == SearchType::kReference && (rule.param == nullptr || rule.param == &param);
  };
  std::vector<Stored*> reached;
  if (!rule.reverse) {
    if (from.type != rule.source) return reached;
    for (const SearchParam& param : SearchParamsOf(from.type)) {
      if (!applies(param)) continue;
      for (const Value& value : model_.ValuesOf(from, param)) {
        Stored* target = value.kind == ValueKind::kReference ? model_.Find(value.text) : nullptr;
        if (target == nullptr) continue;
        if (rule.target.IsNone() || rule.target == target->type) reached.push_back(target);
      }
    }
    return reached;
  }
  if (!rule.target.IsNone() && rule.target != from.type) return reached;
  for (Stored* source : model_.live()) {
    if (source->type != rule.source) continue;
    for (const SearchParam& param : SearchParamsOf(source->type)) {
      if (applies(param) && RefersTo(*source, param, from.Name())) reached.push_back(source);
    }
  }
  return reached;
}

std::vector<std::string> Answerer::Included(const Question& question,
                                            const std::vector<Stored*>& matches) {
  std::set<Stored*> present(matches.begin(), matches.end());
  std::vector<std::string> names;
  std::vector<Stored*> round = matches;
  for (bool first = true; !round.empty(); first = false) {
    std::vector<Stored*> next;
    for (Stored* from : round) {
      for (const IncludeRule& rule : question.includes) {
        if (!first && !rule.iterate) continue;
        for (Stored* reached : Follow(*from, rule)) {
          if (!present.insert(reached).second) continue;
          next.push_back(reached);
          names.push_back(reached->Name());
        }
      }
    }
    round = std::move(next);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace healthlake::fhir::search_property
