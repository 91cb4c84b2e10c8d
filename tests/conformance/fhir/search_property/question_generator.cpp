#include "conformance/fhir/search_property/question_generator.hpp"

#include <algorithm>

#include "conformance/fhir/search_property/store_under_test.hpp"
#include "healthlake/core/time_text.hpp"

namespace healthlake::fhir::search_property {
namespace {

bool IsAskedFor(const SearchParam& param) {
  return param.origin == ParamOrigin::kElements && param.type != SearchType::kSpecial &&
         IsSearchable(param, SearchRules::kR4);
}

std::vector<const SearchParam*> ParamsOf(ResourceType type) {
  std::vector<const SearchParam*> params;
  for (const SearchParam& param : SearchParamsOf(type)) {
    if (IsAskedFor(param)) params.push_back(&param);
  }
  return params;
}

ResourceType AnyType(Random& random) {
  return FindResourceType(kTypes[random.Below(kTypes.size())]).value();
}

// Whether _filter can say the same without quotes.
bool FitsFilter(const Condition& condition) {
  if (condition.param->type == SearchType::kComposite) return false;
  if (condition.modifier == "missing") return true;
  if (!condition.modifier.empty() && condition.modifier != "contains" &&
      condition.modifier != "below") {
    return false;
  }
  if (condition.any_of.size() != 1) return false;
  const Atom& atom = condition.any_of.front().parts.front();
  return std::ranges::all_of(atom.text + atom.system + atom.unit, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(":/._-+").find(c) != std::string_view::npos;
  });
}

bool HasModifierKind(const Value& value, const std::string& modifier) {
  if (modifier == "identifier") return value.kind == ValueKind::kIdentifier;
  if (modifier == "text") return value.kind == ValueKind::kTokenText;
  if (modifier == "of-type") return value.kind == ValueKind::kTypedIdentifier;
  return true;
}

// A date that the moment lies in, or is, with that precision.
std::string DateText(std::int64_t milliseconds, std::size_t precision) {
  const std::string whole = core::FormatInstant(
      core::Timestamp(std::chrono::milliseconds(milliseconds)));  // 2026-01-02T03:04:05.678Z
  constexpr std::size_t kLengths[] = {4, 7, 10, 16, 19, 23};
  const std::string text = whole.substr(0, kLengths[precision]);
  return text.size() > 10 && milliseconds % 2 == 0 ? text + "Z" : text;
}

std::string Shuffled(Random& random, std::string text) {
  if (random.Chance(30)) {
    for (char& c : text) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    }
  }
  return text;
}

// The character boundaries of UTF-8.
std::size_t Boundary(const std::string& text, std::size_t at) {
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

}  // namespace

Question QuestionGenerator::Make() {
  if (random_.Chance(8)) return MakeOverTypes();
  Question question;
  const ResourceType type = AnyType(random_);
  question.types = {type};
  for (std::size_t i = 0, n = random_.Below(3) + (random_.Chance(90) ? 1 : 0); i < n; ++i) {
    question.all_of.push_back(MakeCondition(type, 2));
  }
  if (random_.Chance(50)) question.sort = MakeSort(type);
  if (random_.Chance(25)) question.includes = MakeIncludes(type);
  if (random_.Chance(15)) {
    question.compartment =
        FindResourceType(random_.Pick({"Patient", "Patient", "Encounter"})).value();
    question.compartment_id = values_.Id();
  }
  return question;
}

// Only with parameters that every type has.
Question QuestionGenerator::MakeOverTypes() {
  Question question;
  for (std::size_t i = 0, n = 2 + random_.Below(3); i < n; ++i) {
    const ResourceType type = AnyType(random_);
    if (std::ranges::count(question.types, type) == 0) question.types.push_back(type);
  }
  const ResourceType type = question.types.front();
  for (std::size_t i = 0, n = random_.Below(3); i < n; ++i) {
    const Condition condition = random_.Chance(10) ? MakeList() : MakeValueCondition(type);
    if (condition.param == nullptr || condition.param->code.starts_with('_')) {
      question.all_of.push_back(condition);
    }
  }
  for (const SortBy& rule : MakeSort(type)) {
    if (rule.param->code.starts_with('_')) question.sort.push_back(rule);
  }
  return question;
}

Condition QuestionGenerator::MakeList() {
  Condition condition;
  condition.kind = Condition::Kind::kList;
  condition.lists = {values_.Id()};
  if (random_.Chance(30)) condition.lists.push_back(values_.Id());
  return condition;
}

Condition QuestionGenerator::MakeFilter(ResourceType type) {
  Condition filter;
  filter.kind = Condition::Kind::kFilter;
  while (filter.tests.empty() || random_.Chance(55)) {
    Condition condition = MakeValueCondition(type);
    if (!FitsFilter(condition)) continue;
    filter.tests.push_back(
        {random_.Chance(30), !filter.tests.empty() && random_.Chance(50), std::move(condition)});
  }
  return filter;
}

Condition QuestionGenerator::MakeCondition(ResourceType type, int depth) {
  if (random_.Chance(3)) return MakeList();
  if (random_.Chance(8)) return MakeFilter(type);
  return MakeInner(type, depth);
}

// What may stand behind a reference as well.
Condition QuestionGenerator::MakeInner(ResourceType type, int depth) {
  if (depth > 0 && random_.Chance(20)) return MakeHas(type, depth);
  if (depth > 0 && random_.Chance(25)) {
    std::vector<const SearchParam*> references;
    for (const SearchParam* param : ParamsOf(type)) {
      if (param->type == SearchType::kReference) references.push_back(param);
    }
    if (!references.empty()) {
      return MakeChain(*references[random_.Below(references.size())], depth);
    }
  }
  return MakeValueCondition(type);
}

Condition QuestionGenerator::MakeChain(const SearchParam& reference, int depth) {
  std::vector<ResourceType> targets;
  for (const std::string_view name : kTypes) {
    const ResourceType target = FindResourceType(name).value();
    if (reference.targets.empty() || std::ranges::count(reference.targets, target) > 0) {
      targets.push_back(target);
    }
  }
  if (targets.empty()) return MakeValueCondition(reference.base);
  Condition chain;
  chain.kind = Condition::Kind::kChain;
  chain.param = &reference;
  chain.target = targets[random_.Below(targets.size())];
  chain.inner.push_back(MakeInner(chain.target, depth - 1));
  // Without a type the parameter behind the dot must mean the same wherever there is one.
  const Condition& inner = chain.inner.front();
  const auto& all = reference.targets.empty() ? AllResourceTypes() : reference.targets;
  const bool alike =
      inner.kind == Condition::Kind::kValue && std::ranges::all_of(all, [&](ResourceType type) {
        const SearchParam* same = FindSearchParam(type, inner.param->code);
        return same == nullptr || same->definition == inner.param->definition;
      });
  if (alike && random_.Chance(50)) chain.target = ResourceType();
  return chain;
}

Condition QuestionGenerator::MakeHas(ResourceType type, int depth) {
  std::vector<const SearchParam*> references;
  for (const std::string_view name : kTypes) {
    for (const SearchParam* param : ParamsOf(FindResourceType(name).value())) {
      if (param->type != SearchType::kReference) continue;
      if (!param->targets.empty() && std::ranges::count(param->targets, type) == 0) continue;
      references.push_back(param);
    }
  }
  if (references.empty()) return MakeValueCondition(type);
  Condition has;
  has.kind = Condition::Kind::kHas;
  has.param = references[random_.Below(references.size())];
  has.inner.push_back(MakeInner(has.param->base, depth - 1));
  return has;
}

QuestionGenerator::Choice QuestionGenerator::Choose(ResourceType type) {
  const std::vector<const SearchParam*> params = ParamsOf(type);
  std::vector<Stored*> resources;
  std::ranges::copy_if(model_.live(), std::back_inserter(resources),
                       [&](const Stored* stored) { return stored->type == type; });
  const SearchParam* param = params[random_.Below(params.size())];
  for (int attempt = 0; attempt < 12 && !resources.empty(); ++attempt) {
    const Values& values = model_.ValuesOf(*resources[random_.Below(resources.size())], *param);
    if (!values.empty()) return {param, &values[random_.Below(values.size())]};
    if (attempt % 2 == 1) param = params[random_.Below(params.size())];
  }
  return {param, nullptr};
}

std::string QuestionGenerator::Modifier(const SearchParam& param, const Value* example) {
  if (param.type != SearchType::kComposite && random_.Chance(8)) return "missing";
  if (param.code.starts_with("_") && param.type == SearchType::kToken && param.code == "_id") {
    return {};
  }
  if (example != nullptr && example->kind == ValueKind::kIdentifier) return "identifier";
  if (example != nullptr && example->kind == ValueKind::kTokenText) return "text";
  if (example != nullptr && example->kind == ValueKind::kTypedIdentifier) {
    return example->system.empty() ? "" : "of-type";
  }
  switch (param.type) {
    case SearchType::kString:
      return random_.Pick({"", "", "exact", "contains"});
    case SearchType::kToken:
      return random_.Pick({"", "", "not"});
    case SearchType::kUri:
      return random_.Pick({"", "below", "above"});
    default:
      return {};
  }
}

Condition QuestionGenerator::MakeValueCondition(ResourceType type) {
  Condition condition;
  const Choice choice = Choose(type);
  condition.param = choice.param;
  condition.modifier = Modifier(*choice.param, choice.example);
  if (condition.modifier == "missing") {
    condition.missing = random_.Chance(50);
    return condition;
  }
  condition.any_of.push_back(Ask(*choice.param, condition.modifier, choice.example));
  while (random_.Chance(25)) {
    const Choice other = random_.Chance(50) ? choice : Choose(type);
    const bool same = other.param == choice.param && other.example != nullptr &&
                      HasModifierKind(*other.example, condition.modifier);
    condition.any_of.push_back(
        Ask(*choice.param, condition.modifier, same ? other.example : nullptr));
  }
  if (choice.param->type == SearchType::kReference && condition.modifier.empty() &&
      condition.any_of.size() == 1) {
    // subject:Patient=1
    std::string& text = condition.any_of.front().parts.front().text;
    const std::size_t slash = text.find('/');
    const auto target = FindResourceType(text.substr(0, slash));
    const bool plain = slash != std::string::npos && text.find('/', slash + 1) == std::string::npos;
    const bool allowed = target && (choice.param->targets.empty() ||
                                    std::ranges::count(choice.param->targets, *target) > 0);
    if (plain && allowed && random_.Chance(40)) {
      condition.modifier = text.substr(0, slash);
      text = text.substr(slash + 1);
    }
  }
  return condition;
}

AskedValue QuestionGenerator::Ask(const SearchParam& param, const std::string& modifier,
                                  const Value* example) {
  AskedValue asked;
  if (param.type != SearchType::kComposite) {
    asked.parts.push_back(AskSimple(param, modifier, example));
    return asked;
  }
  for (std::size_t i = 0; i < param.components.size(); ++i) {
    const SearchParam& component = *FindSearchParam(param.components[i]);
    const bool known = example != nullptr && example->kind == ValueKind::kComposite;
    asked.parts.push_back(AskSimple(component, {}, known ? &example->parts[i] : nullptr));
  }
  return asked;
}

Atom QuestionGenerator::AskSimple(const SearchParam& param, const std::string& modifier,
                                  const Value* example) {
  Atom atom;
  SearchType type = param.type;
  atom.type = type;
  if (example != nullptr && random_.Chance(15)) example = nullptr;
  if (modifier == "text") {
    AskString({}, example, atom);
    return atom;
  }
  if (modifier == "identifier" || modifier == "of-type") type = SearchType::kToken;
  if (param.code == "_id") {
    atom.text = example != nullptr ? example->text : values_.Id();
    return atom;
  }
  switch (type) {
    case SearchType::kToken:
      AskToken(modifier, example, atom);
      break;
    case SearchType::kString:
      AskString(modifier, example, atom);
      break;
    case SearchType::kReference:
      AskReference(param, example, atom);
      break;
    case SearchType::kDate:
      AskDate(example, atom);
      break;
    case SearchType::kUri:
      AskUri(modifier, example, atom);
      break;
    default:
      AskNumber(example, atom);
      if (type != SearchType::kQuantity || random_.Chance(40)) break;
      atom.has_system = true;
      atom.system = example != nullptr ? example->system : values_.System();
      atom.unit = example != nullptr ? example->code : values_.Unit();
      if (random_.Chance(30)) atom.unit = values_.Unit();
      if (random_.Chance(25)) atom.system.clear();
      if (random_.Chance(15) && !atom.system.empty()) atom.unit.clear();
      if (atom.system.empty() && atom.unit.empty()) atom.has_system = false;
  }
  return atom;
}

void QuestionGenerator::AskToken(const std::string& modifier, const Value* example, Atom& atom) {
  atom.text = Shuffled(random_, example != nullptr ? example->text : values_.Code());
  atom.system = example != nullptr ? example->system : values_.System();
  atom.has_system = true;
  if (modifier == "of-type") {
    if (atom.system.empty()) atom.system = values_.System();
    atom.unit = example != nullptr ? example->code : values_.Code();
    return;
  }
  if (random_.Chance(20) && !atom.system.empty()) {
    atom.text.clear();
  } else if (random_.Chance(25)) {
    atom.system.clear();
  } else if (random_.Chance(40)) {
    atom.has_system = false;
    atom.system.clear();
  }
}

void QuestionGenerator::AskString(const std::string& modifier, const Value* example, Atom& atom) {
  atom.text = example != nullptr && !example->text.empty()
                  ? example->text
                  : random_.Pick({"s", "smi", "ANN", "eve", "ang", "ngs", "van dam"});
  if (modifier == "exact") {
    if (random_.Chance(80)) return;
    atom.text = Shuffled(random_, atom.text);
    return;
  }
  std::size_t start = 0;
  if (modifier == "contains") start = Boundary(atom.text, random_.Below(atom.text.size()));
  const std::size_t end =
      Boundary(atom.text, std::min(atom.text.size(), start + 1 + random_.Below(atom.text.size())));
  std::string part = atom.text.substr(start, end - start);
  if (Plain(part).empty()) part = atom.text;
  atom.text = Shuffled(random_, part);
}

void QuestionGenerator::AskReference(const SearchParam& param, const Value* example, Atom& atom) {
  if (example != nullptr) {
    atom.text = example->text;
  } else {
    const auto& targets = param.targets.empty() ? AllResourceTypes() : param.targets;
    atom.text = std::string(NameOf(targets[random_.Below(targets.size())])) + "/" + values_.Id();
  }
  const std::size_t slash = atom.text.find('/');
  if (!FindResourceType(atom.text.substr(0, slash))) return;
  if (random_.Chance(30)) {
    atom.text = atom.text.substr(slash + 1);
  } else if (random_.Chance(10)) {
    atom.text = "http://h:3447/datastore/" + std::string(kDatastoreId) + "/r4/" + atom.text;
  } else if (random_.Chance(10)) {
    atom.text += "/_history/2";
  }
}

void QuestionGenerator::AskDate(const Value* example, Atom& atom) {
  atom.prefix = random_.Pick({"", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"});
  atom.text = values_.Date();
  if (example == nullptr) return;
  const std::int64_t moment =
      random_.Chance(50) || example->until == kEndOfTime ? example->from : example->until;
  if (moment == kBeginningOfTime || moment == kEndOfTime) return;
  atom.text = DateText(moment, random_.Below(6));
}

void QuestionGenerator::AskNumber(const Value* example, Atom& atom) {
  atom.prefix = random_.Pick({"", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"});
  atom.text = example != nullptr && !example->text.empty() ? example->text : values_.Number();
  const std::size_t point = atom.text.find('.');
  if (point == std::string::npos || atom.text.find_first_of("eE") != std::string::npos) return;
  if (random_.Chance(20)) {
    atom.text += '0';
  } else if (random_.Chance(30)) {
    atom.text.resize(atom.text.size() - 1);
    if (atom.text.ends_with('.')) atom.text.pop_back();
  }
}

void QuestionGenerator::AskUri(const std::string& modifier, const Value* example, Atom& atom) {
  atom.text = example != nullptr ? example->text : random_.Pick({"http://x/y", "urn:x", "urn:s1"});
  if (modifier.empty()) return;
  // Both are for URLs, not for urns.
  if (!atom.text.starts_with("http")) atom.text = "http://x/y";
  constexpr std::size_t kShortest = std::string_view("http://x").size();
  if (modifier == "below" && random_.Chance(50)) {
    atom.text.resize(kShortest + random_.Below(atom.text.size() - kShortest + 1));
  }
  if (modifier == "above" && random_.Chance(50)) atom.text += "/" + values_.Id();
}

std::vector<SortBy> QuestionGenerator::MakeSort(ResourceType type) {
  std::vector<SortBy> rules;
  for (std::size_t i = 0, n = 1 + random_.Below(3); i < n; ++i) {
    const SearchParam* param = Choose(type).param;
    if (random_.Chance(10)) param = FindSearchParam(type, random_.Pick({"_id", "_lastUpdated"}));
    if (param->type == SearchType::kComposite) continue;
    if (std::ranges::count(rules, param, &SortBy::param) > 0) continue;
    rules.push_back({param, random_.Chance(50)});
  }
  return rules;
}

std::vector<IncludeRule> QuestionGenerator::MakeIncludes(ResourceType type) {
  std::vector<IncludeRule> rules;
  while (rules.empty() || random_.Chance(40)) {
    IncludeRule rule;
    rule.reverse = random_.Chance(40);
    rule.iterate = random_.Chance(35);
    const bool anywhere = rule.reverse || (rule.iterate && random_.Chance(70));
    rule.source = anywhere ? AnyType(random_) : type;
    std::vector<const SearchParam*> references;
    for (const SearchParam* param : ParamsOf(rule.source)) {
      if (param->type == SearchType::kReference) references.push_back(param);
    }
    if (references.empty()) continue;
    if (random_.Chance(75)) rule.param = references[random_.Below(references.size())];
    if (rule.param != nullptr && !rule.param->targets.empty() && random_.Chance(40)) {
      rule.target = rule.param->targets[random_.Below(rule.param->targets.size())];
    }
    rules.push_back(rule);
  }
  return rules;
}

}  // namespace healthlake::fhir::search_property
