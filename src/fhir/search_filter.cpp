#include "fhir/search_filter.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fhir/search_filter_text.hpp"
#include "fhir/search_query_params.hpp"
#include "fhir/search_query_terms.hpp"

namespace healthlake::fhir {
namespace {

// Names that a filter may give for systems.
constexpr auto kSystemNames = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"loinc", "http://loinc.org"},
    {"snomed", "http://snomed.info/sct"},
    {"rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"},
    {"ucum", "http://unitsofmeasure.org"},
});

constexpr auto kOperations =
    std::to_array<std::string_view>({"eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap",
                                     "sa", "eb", "pr", "po", "ss", "sb", "in", "ni", "re"});

// What an operation asks of a parameter of a type, as a search by name=value would.
struct OperationUse {
  SearchType type;
  std::string_view operation;
  SearchModifier modifier = SearchModifier::kNone;
};
// Ordered types take the operations that are prefixes.
constexpr auto kUses = std::to_array<OperationUse>({
    {SearchType::kString, "eq", SearchModifier::kEquals},
    {SearchType::kString, "ne", SearchModifier::kDiffers},
    {SearchType::kString, "co", SearchModifier::kContains},
    {SearchType::kString, "sw", SearchModifier::kNone},
    {SearchType::kString, "ew", SearchModifier::kEndsWith},
    {SearchType::kToken, "eq", SearchModifier::kNone},
    {SearchType::kToken, "ne", SearchModifier::kDiffers},
    {SearchType::kToken, "ss", SearchModifier::kBelow},
    {SearchType::kToken, "sb", SearchModifier::kAbove},
    {SearchType::kToken, "in", SearchModifier::kIn},
    {SearchType::kToken, "ni", SearchModifier::kNotIn},
    {SearchType::kReference, "re", SearchModifier::kNone},
    {SearchType::kReference, "eq", SearchModifier::kNone},
    {SearchType::kReference, "ne", SearchModifier::kDiffers},
    {SearchType::kUri, "eq", SearchModifier::kNone},
    {SearchType::kUri, "ne", SearchModifier::kDiffers},
    {SearchType::kUri, "re", SearchModifier::kNone},
    {SearchType::kUri, "ss", SearchModifier::kBelow},
    {SearchType::kUri, "sb", SearchModifier::kAbove},
});

bool IsOrdered(SearchType type) {
  return type == SearchType::kNumber || type == SearchType::kDate || type == SearchType::kQuantity;
}

std::optional<SearchPrefix> FindPrefix(std::string_view operation) {
  for (auto prefix = SearchPrefix::kEq; prefix <= SearchPrefix::kCo;
       prefix = static_cast<SearchPrefix>(static_cast<int>(prefix) + 1)) {
    if (NameOf(prefix) == operation) return prefix;
  }
  return std::nullopt;
}

// Binds the parts of a filter to the parameters of a type.
class FilterReader {
 public:
  FilterReader(const SearchLimits& limits, QueryBudget& budget, Refusal& refusal)
      : limits_(limits), budget_(budget), refusal_(refusal), finder_(limits.rules, refusal) {}

  std::optional<Criterion> Read(ResourceType type, const FilterNode& node) {
    if (!budget_.TakeStep() || !budget_.TakeText(node.text.size())) return TooMuch();
    if (!node.path.empty()) return ReadTest(type, node, 0);
    Combination combination;
    combination.rule = node.rule;
    for (const FilterNode& part : node.parts) {
      std::optional<Criterion> criterion = Read(type, part);
      if (!criterion) return std::nullopt;
      combination.parts.push_back(std::move(*criterion));
    }
    return Criterion{std::move(combination), std::string(node.text)};
  }

 private:
  std::nullopt_t TooMuch() {
    return refusal_.Set(Refusal::Kind::kTooMuch, std::string(kTooMuchAtOnce));
  }

  std::optional<Criterion> ReadTest(ResourceType type, const FilterNode& test, std::size_t at) {
    const FilterStep& step = test.path[at];
    if (at + 1 == test.path.size()) return ReadClause(type, test, step.name);
    const SearchParam* param = finder_.FindReference(type, step.name);
    if (param == nullptr) return std::nullopt;
    const auto targets = finder_.TargetsOf(*param, std::nullopt);
    if (!targets) return std::nullopt;
    auto chain =
        finder_.MakeChain(*param, *targets, test.path.back().name,
                          [&](ResourceType target) { return ReadBranch(target, test, at); });
    if (!chain) return std::nullopt;
    return Criterion{std::move(*chain), std::string(test.text)};
  }

  std::vector<Criterion> ReadBranch(ResourceType target, const FilterNode& test, std::size_t at) {
    std::vector<Criterion> all_of;
    if (!budget_.TakeStep() || !budget_.TakeText(test.text.size())) {
      TooMuch();
      return all_of;
    }
    if (const FilterNode* filter = test.path[at].filter.get()) {
      std::optional<Criterion> criterion = Read(target, *filter);
      if (!criterion) return all_of;
      all_of.push_back(std::move(*criterion));
    }
    std::optional<Criterion> rest = ReadTest(target, test, at + 1);
    if (!rest) return {};
    all_of.push_back(std::move(*rest));
    return all_of;
  }

  std::optional<Criterion> ReadClause(ResourceType type, const FilterNode& test,
                                      std::string_view name) {
    const SearchParam* param = finder_.Find(type, name, ParamFinder::Naming::kPart);
    if (param == nullptr) return std::nullopt;
    if (!budget_.TakeTerm()) return TooMuch();
    SearchClause clause;
    clause.param = param;
    const bool read = test.operation == "pr" ? ReadPresence(clause, test.value)
                                             : ReadOperation(clause, test.operation, test.value);
    if (!read) return std::nullopt;
    // Everything has exactly one id.
    const bool other_id = name == "_id" && clause.modifier == SearchModifier::kDiffers;
    if (other_id) clause.modifier = SearchModifier::kNot;
    return Criterion{std::move(clause), std::string(test.text)};
  }

  bool Refuse(Refusal::Kind kind, std::string why) {
    refusal_.Set(kind, std::move(why));
    return false;
  }

  bool RefuseOperation(const SearchParam& param, std::string_view operation) {
    if (std::find(kOperations.begin(), kOperations.end(), operation) == kOperations.end()) {
      return Refuse(Refusal::Kind::kInvalid, "has the unknown operation " + Quoted(operation));
    }
    return Refuse(Refusal::Kind::kNotSupported,
                  "names " + Quoted(param.code) + ", which is of type " +
                      std::string(NameOf(param.type)) + " and does not take the operation " +
                      Quoted(operation));
  }

  bool ReadPresence(SearchClause& clause, std::string_view value) {
    const bool server = clause.param->origin == ParamOrigin::kServer;
    if (server || clause.param->type == SearchType::kComposite) {
      return RefuseOperation(*clause.param, "pr");
    }
    clause.modifier = SearchModifier::kMissing;
    clause.missing = value == "false";
    if (clause.missing || value == "true") return true;
    return Refuse(Refusal::Kind::kInvalid,
                  "has the operation 'pr' with a value that is neither true nor false");
  }

  bool ReadOperation(SearchClause& clause, std::string_view operation, const std::string& value) {
    const SearchParam& param = *clause.param;
    if (param.origin == ParamOrigin::kServer) return RefuseOperation(param, operation);
    if (IsOrdered(param.type)) {
      const std::optional<SearchPrefix> prefix = FindPrefix(operation);
      if (!prefix || (*prefix >= SearchPrefix::kPo && param.type != SearchType::kDate)) {
        return RefuseOperation(param, operation);
      }
      return ReadTerm(clause, value, *prefix);
    }
    const auto use = std::find_if(kUses.begin(), kUses.end(), [&](const OperationUse& known) {
      return known.type == param.type && known.operation == operation;
    });
    if (use == kUses.end()) return RefuseOperation(param, operation);
    clause.modifier = use->modifier;
    return ReadTerm(clause, value, SearchPrefix::kEq);
  }

  bool ReadTerm(SearchClause& clause, const std::string& value, SearchPrefix prefix) {
    const SearchParam& param = *clause.param;
    if (param.type == SearchType::kString) {
      clause.any_of.emplace_back(SimpleTerm(StringTerm{value}));
      return true;
    }
    std::string why;
    auto term =
        TermParser(limits_, why).ParseWithPrefix(param, clause.modifier, prefix, WithSystem(value));
    if (!term) return Refuse(Refusal::Kind::kInvalid, std::move(why));
    clause.any_of.push_back(std::move(*term));
    return true;
  }

  // loinc|1234-5
  static std::string WithSystem(const std::string& value) {
    for (const auto& [name, system] : kSystemNames) {
      const std::string part = std::string(name) + '|';
      if (value.starts_with(part)) return std::string(system) + '|' + value.substr(part.size());
      const std::size_t unit = value.find('|' + part);
      if (unit != std::string::npos) {
        return value.substr(0, unit + 1) + std::string(system) + value.substr(unit + part.size());
      }
    }
    return value;
  }

  const SearchLimits& limits_;
  QueryBudget& budget_;
  Refusal& refusal_;
  ParamFinder finder_;
};

}  // namespace

std::optional<Criterion> ReadFilter(ResourceType type, std::string_view text,
                                    const SearchLimits& limits, QueryBudget& budget,
                                    Refusal& refusal) {
  std::string why;
  const std::optional<FilterNode> node = ParseFilter(text, why);
  if (!node) return refusal.Set(Refusal::Kind::kInvalid, std::move(why));
  return FilterReader(limits, budget, refusal).Read(type, *node);
}

}  // namespace healthlake::fhir
