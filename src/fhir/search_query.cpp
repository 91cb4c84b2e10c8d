#include "healthlake/fhir/search_query.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/search_query_criteria.hpp"
#include "fhir/search_query_includes.hpp"
#include "fhir/search_query_params.hpp"
#include "fhir/search_query_refusal.hpp"
#include "fhir/search_query_results.hpp"
#include "fhir/search_query_terms.hpp"
#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::fhir {
namespace {

// Each value opens a cursor in every type searched.
constexpr std::size_t kMaxTerms = 2'000;
constexpr std::size_t kMaxTermsOfSystem = 20'000;
constexpr std::size_t kMaxIncludeLevelsR4 = 16;
constexpr std::size_t kIncludeLevelsHealthLake = 2;
constexpr std::size_t kChainLimitHealthLake = 100;
constexpr std::size_t kMaxIssues = 100;

// Registry parameters that HealthLake does not have (reference 5.7).
struct Refused {
  std::string_view type;
  std::string_view code;
};
constexpr auto kRefusedByHealthLake = std::to_array<Refused>({
    {"Bundle", "composition"},
    {"Bundle", "identifier"},
    {"Bundle", "message"},
    {"Bundle", "timestamp"},
    {"Bundle", "type"},
    {"Consent", "source-reference"},
    {"Contract", "patient"},
    {"Location", "near"},
});

constexpr std::string_view kTypes = "_type";

struct Pair {
  std::string name;
  std::string value;
};

std::optional<std::string> FormDecode(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  std::optional<std::string> decoded = core::PercentDecode(spaced);
  if (decoded && !core::IsValidUtf8(*decoded)) return std::nullopt;
  return decoded;
}

template <typename Each>
void ForEachPair(std::string_view query, const Each& each) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    if (end > 0) each(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

enum class Scope : std::uint8_t { kType, kSystem };

class QueryParser {
 public:
  QueryParser(Scope scope, std::vector<TypeSearch> types, const SearchLimits& limits)
      : scope_(scope),
        limits_(limits),
        budget_(scope == Scope::kType ? kMaxTerms : kMaxTermsOfSystem),
        criteria_(limits_, budget_) {
    query_.types = std::move(types);
    query_.count = limits.default_count;
    const bool healthlake = limits.rules == SearchRules::kHealthLake;
    query_.code_may_be_system = healthlake;
    query_.include_levels = healthlake ? kIncludeLevelsHealthLake : kMaxIncludeLevelsR4;
    query_.chain_limit = healthlake ? kChainLimitHealthLake : 0;
  }

  SearchQuery Run(std::string_view text) {
    ForEachPair(text, [&](std::string_view pair) {
      if (issues_.size() < kMaxIssues) ReadPair(pair);
    });
    if (issues_.empty()) Settle();
    if (issues_.empty()) return std::move(query_);
    const std::string first = issues_.front().diagnostics;
    throw core::Error(core::ErrorKind::kInvalid, first, std::move(issues_));
  }

 private:
  void Refuse(std::string_view name, const Refusal& refusal) {
    core::Issue issue;
    issue.code =
        refusal.kind == Refusal::Kind::kNotSupported || refusal.kind == Refusal::Kind::kUnknown
            ? "not-supported"
            : "invalid";
    issue.diagnostics = "Search parameter '" + std::string(name) + "' " + refusal.why;
    issues_.push_back(std::move(issue));
  }

  void ReadPair(std::string_view text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    auto name = FormDecode(text.substr(0, equals));
    auto value = FormDecode(equals < text.size() ? text.substr(equals + 1) : std::string_view());
    if (!name || !value || name->empty()) {
      Refuse(name.value_or(""),
             {Refusal::Kind::kInvalid, "is not percent-encoded UTF-8 of the form name=value"});
      return;
    }
    const Pair pair{std::move(*name), std::move(*value)};
    if (!Take(pair)) return;
    if (!query_.applied.empty()) query_.applied.push_back('&');
    query_.applied +=
        core::PercentEncode(pair.name, ":") + '=' + core::PercentEncode(pair.value, ",:/$*");
  }

  // Whether the pair belongs into SearchQuery::applied.
  bool Take(const Pair& pair) {
    const std::string_view name = pair.name;
    const std::size_t colon = std::min(name.find(':'), name.size());
    const ResultParam* result = FindResultParam(name.substr(0, colon));
    return result != nullptr ? TakeResult(*result, colon, pair) : TakeCriterion(pair);
  }

  bool TakeResult(const ResultParam& param, std::size_t colon, const Pair& pair) {
    Refusal refusal;
    const std::string_view modifier =
        std::string_view(pair.name).substr(std::min(colon + 1, pair.name.size()));
    if (!param.repeats && colon < pair.name.size()) {
      refusal.Set(Refusal::Kind::kNotSupported, "takes no modifier");
    } else if (param.name == kTypes && scope_ == Scope::kSystem) {
      return true;  // read before all others
    } else if (!param.repeats && std::find(seen_.begin(), seen_.end(), &param) != seen_.end()) {
      refusal.Set(Refusal::Kind::kInvalid, "is given more than once");
    } else {
      if (!param.repeats) seen_.push_back(&param);
      if (param.read({modifier, pair.value, limits_.rules}, query_, refusal)) return param.linked;
    }
    Refuse(pair.name, refusal);
    return false;
  }

  bool TakeCriterion(const Pair& pair) {
    std::vector<Criterion> of_types;
    for (const TypeSearch& one : query_.types) {
      std::optional<Criterion> criterion = criteria_.Read(one.type, pair.name, pair.value);
      if (!criterion) {
        Drop(pair);
        return false;
      }
      of_types.push_back(std::move(*criterion));
    }
    for (std::size_t i = 0; i < of_types.size(); ++i) {
      query_.types[i].all_of.push_back(std::move(of_types[i]));
    }
    return true;
  }

  void Drop(const Pair& pair) {
    Refusal refusal = criteria_.refusal();
    if (refusal.kind == Refusal::Kind::kUnknown && query_.types.size() > 1) {
      refusal.why += "; a search of several types has the parameters that all of them have";
    }
    // _filter itself is known: without it, for one name in it, the search would find far more.
    const bool unknown = refusal.kind == Refusal::Kind::kUnknown && pair.name != "_filter";
    if (unknown && limits_.handling == SearchHandling::kLenient) {
      query_.ignored.push_back(pair.name);
    } else {
      Refuse(pair.name, refusal);
    }
  }

  void Settle() {
    Refusal refusal;
    const std::string_view name = SettleResult(query_, refusal);
    if (!name.empty()) Refuse(name, refusal);
  }

  const Scope scope_;
  const SearchLimits limits_;
  QueryBudget budget_;
  CriterionReader criteria_;
  SearchQuery query_;
  core::Issues issues_;
  std::vector<const ResultParam*> seen_;
};

[[noreturn]] void RefuseTypes(std::string why) {
  core::Issue issue;
  issue.code = "invalid";
  issue.diagnostics = "Search parameter '_type' " + std::move(why);
  throw core::Error(core::ErrorKind::kInvalid, issue.diagnostics, {issue});
}

// Those that _type names, in the order of the numbers of types; all when there is none.
std::vector<TypeSearch> TypesOf(std::string_view query) {
  std::vector<ResourceType> types;
  bool seen = false;
  ForEachPair(query, [&](std::string_view pair) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (FormDecode(pair.substr(0, equals)) != kTypes) return;
    if (std::exchange(seen, true)) RefuseTypes("is given more than once");
    pair.remove_prefix(std::min(equals + 1, pair.size()));
    const std::string value = FormDecode(pair).value_or("");
    for (const std::string_view name : SplitEscaped(value, ',')) {
      const auto type = FindResourceType(name);
      if (!type) RefuseTypes("names " + Quoted(name) + ", which is no resource type");
      types.push_back(*type);
    }
  });
  if (!seen) types.assign(AllResourceTypes().begin(), AllResourceTypes().end());
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  std::vector<TypeSearch> searched;
  for (const ResourceType type : types) searched.push_back({type, {}});
  return searched;
}

}  // namespace

bool IsSearchable(const SearchParam& param, SearchRules rules) {
  if (param.code == "_query") return false;
  if (rules == SearchRules::kR4) return true;
  if (param.code == "_content") return false;
  const std::string_view type = NameOf(param.base);
  return std::none_of(
      kRefusedByHealthLake.begin(), kRefusedByHealthLake.end(),
      [&](const Refused& refused) { return refused.type == type && refused.code == param.code; });
}

SearchQuery ParseSearchQuery(ResourceType type, std::string_view query,
                             const SearchLimits& limits) {
  return QueryParser(Scope::kType, {TypeSearch{type, {}}}, limits).Run(query);
}

SearchQuery ParseSystemQuery(std::string_view query, const SearchLimits& limits) {
  if (limits.rules == SearchRules::kHealthLake) {
    throw core::Error(core::ErrorKind::kInvalid,
                      "HealthLake does not search all resource types at once (--compat r4 does).");
  }
  return QueryParser(Scope::kSystem, TypesOf(query), limits).Run(query);
}

void RestrictToCompartment(SearchQuery& query, ResourceType compartment, std::string_view id) {
  const Criterion criterion{CompartmentCriterion{compartment, std::string(id)},
                            std::string(NameOf(compartment)) + '/' + std::string(id)};
  for (TypeSearch& one : query.types) one.all_of.push_back(criterion);
}

}  // namespace healthlake::fhir
