#include "fhir/search_query_sort.hpp"

#include <algorithm>
#include <string>

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxRules = 5;

// Whether the values of the parameter are parts of names or addresses: HealthLake does not sort by
// nested elements such as `name` (reference 5.6).
bool IsNested(const SearchParam& param) {
  if (param.type != SearchType::kString) return false;
  const std::string_view name = param.code == "phonetic" ? "name" : param.code;
  const Element* element = FindElement(StructureOf(param.base), name);
  if (element == nullptr) return false;
  return std::any_of(element->types.begin(), element->types.end(), [](const ElementType& type) {
    return type.code == "HumanName" || type.code == "Address";
  });
}

class SortReader {
 public:
  SortReader(SearchRules rules, Refusal& refusal) : rules_(rules), refusal_(refusal) {}

  std::optional<SortRule> Read(std::string_view text, const std::vector<TypeSearch>& searched) {
    SortRule rule;
    rule.descending = text.starts_with('-');
    rule.code = text.substr(rule.descending ? 1 : 0);
    if (rule.code.empty()) return refusal_.Set(Refusal::Kind::kInvalid, "has an empty rule");
    for (const TypeSearch& one : searched) {
      const SearchParam* param = FindSearchParam(one.type, rule.code);
      if (!Check(rule, one.type, param)) return std::nullopt;
      rule.params.push_back(param);
    }
    return rule;
  }

 private:
  bool Refuse(Refusal::Kind kind, const SortRule& rule, std::string_view why) {
    refusal_.Set(kind, "names '" + rule.code + "', " + std::string(why));
    return false;
  }

  bool Check(const SortRule& rule, ResourceType type, const SearchParam* param) {
    constexpr auto kNotSupported = Refusal::Kind::kNotSupported;
    if (param == nullptr) {
      return Refuse(kNotSupported, rule,
                    "which is unknown for resource type " + std::string(NameOf(type)));
    }
    if (!IsSearchable(*param, SearchRules::kR4) || param->origin == ParamOrigin::kServer) {
      return Refuse(kNotSupported, rule, "which is not supported");
    }
    if (!IsSearchable(*param, rules_)) {
      return Refuse(kNotSupported, rule, "which HealthLake does not support (--compat r4 does)");
    }
    if (param->type == SearchType::kComposite || param->type == SearchType::kSpecial) {
      return Refuse(kNotSupported, rule,
                    "which is of type " + std::string(NameOf(param->type)) + " and has no order");
    }
    if (rules_ == SearchRules::kHealthLake && IsNested(*param)) {
      return Refuse(kNotSupported, rule,
                    "a nested element, by which HealthLake does not sort (--compat r4 does)");
    }
    if (!rule.params.empty() && rule.params.front()->type != param->type) {
      return Refuse(Refusal::Kind::kInvalid, rule,
                    "which is not of the same type in all resource types searched");
    }
    return true;
  }

  const SearchRules rules_;
  Refusal& refusal_;
};

}  // namespace

std::optional<std::vector<SortRule>> ReadSort(std::string_view value,
                                              const std::vector<TypeSearch>& searched,
                                              SearchRules rules, Refusal& refusal) {
  SortReader reader(rules, refusal);
  std::vector<SortRule> sort;
  for (bool more = true; more;) {
    const std::size_t comma = value.find(',');
    more = comma != std::string_view::npos;
    if (sort.size() == kMaxRules) {
      return refusal.Set(Refusal::Kind::kInvalid,
                         "has more than " + std::to_string(kMaxRules) + " rules");
    }
    std::optional<SortRule> rule = reader.Read(value.substr(0, comma), searched);
    if (!rule) return std::nullopt;
    const bool again = std::any_of(sort.begin(), sort.end(), [&](const SortRule& before) {
      return before.code == rule->code;
    });
    if (again) {
      return refusal.Set(Refusal::Kind::kInvalid, "names '" + rule->code + "' more than once");
    }
    sort.push_back(std::move(*rule));
    if (more) value.remove_prefix(comma + 1);
  }
  return sort;
}

}  // namespace healthlake::fhir
