#include "healthlake/fhir/search_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "fhir/search_query_terms.hpp"
#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::fhir {
namespace {

// A query in a form body may be megabytes long; each alternative opens a cursor.
constexpr std::size_t kMaxAlternatives = 2'000;
constexpr std::size_t kMaxCountR4 = 1'000;
constexpr std::size_t kMaxCountHealthLake = 100;

enum class ResultParam : std::uint8_t {
  kCount,
  kTotal,
  kPage,
  kFormat,
  kPretty,
  kSummary,
  kNotSupported,
};

struct ResultParamName {
  std::string_view name;
  ResultParam param;
};
constexpr auto kResultParams = std::to_array<ResultParamName>({
    {"_contained", ResultParam::kNotSupported},
    {"_containedType", ResultParam::kNotSupported},
    {"_count", ResultParam::kCount},
    {"_elements", ResultParam::kNotSupported},
    {"_explain", ResultParam::kNotSupported},
    {"_filter", ResultParam::kNotSupported},
    {"_format", ResultParam::kFormat},
    {"_has", ResultParam::kNotSupported},
    {"_include", ResultParam::kNotSupported},
    {"_list", ResultParam::kNotSupported},
    {"_pretty", ResultParam::kPretty},
    {"_revinclude", ResultParam::kNotSupported},
    {"_score", ResultParam::kNotSupported},
    {"_sort", ResultParam::kNotSupported},
    {"_summary", ResultParam::kSummary},
    {"_total", ResultParam::kTotal},
    {"_type", ResultParam::kNotSupported},
    {"page", ResultParam::kPage},
});

struct ModifierName {
  std::string_view name;
  SearchModifier modifier;  // kNone: known to R4, and not supported
};
constexpr auto kModifiers = std::to_array<ModifierName>({
    {"missing", SearchModifier::kMissing},
    {"exact", SearchModifier::kExact},
    {"contains", SearchModifier::kContains},
    {"not", SearchModifier::kNot},
    {"identifier", SearchModifier::kIdentifier},
    {"above", SearchModifier::kAbove},
    {"below", SearchModifier::kBelow},
    {"text", SearchModifier::kNone},
    {"in", SearchModifier::kNone},
    {"not-in", SearchModifier::kNone},
    {"of-type", SearchModifier::kNone},
});

enum class Allowed : std::uint8_t { kBoth, kOnlyR4 };

// Where a modifier may stand (search.html, modifiers; reference 5.4). :missing is for every type
// but composites.
struct ModifierUse {
  SearchType type;
  SearchModifier modifier;
  Allowed allowed;
};
constexpr auto kModifierUses = std::to_array<ModifierUse>({
    {SearchType::kString, SearchModifier::kExact, Allowed::kBoth},
    {SearchType::kString, SearchModifier::kContains, Allowed::kBoth},
    {SearchType::kToken, SearchModifier::kNot, Allowed::kBoth},
    {SearchType::kReference, SearchModifier::kIdentifier, Allowed::kBoth},
    {SearchType::kReference, SearchModifier::kType, Allowed::kBoth},
    {SearchType::kUri, SearchModifier::kBelow, Allowed::kBoth},
    {SearchType::kUri, SearchModifier::kAbove, Allowed::kOnlyR4},
});

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

constexpr auto kJsonFormats = std::to_array<std::string_view>(
    {"json", "application/json", "application/fhir+json", "text/json"});

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

class QueryParser {
 public:
  QueryParser(ResourceType type, const SearchLimits& limits) : limits_(limits) {
    query_.types.push_back({type, {}});
    type_ = type;
    query_.count = limits.default_count;
    query_.code_may_be_system = limits.rules == SearchRules::kHealthLake;
  }

  SearchQuery Run(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('&'), text.size());
      if (end > 0) ReadPair(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!issues_.empty()) {
      const std::string first = issues_.front().diagnostics;
      throw core::Error(core::ErrorKind::kInvalid, first, std::move(issues_));
    }
    if (count_only_) {
      query_.count = 0;
      query_.total = SearchTotal::kAccurate;
    }
    return std::move(query_);
  }

 private:
  bool HealthLake() const { return limits_.rules == SearchRules::kHealthLake; }

  void Refuse(std::string_view name, std::string_view why, std::string_view code = "invalid") {
    core::Issue issue;
    issue.code = code;
    issue.diagnostics = "Search parameter '" + std::string(name) + "' " + std::string(why);
    issues_.push_back(std::move(issue));
  }

  void ReadPair(std::string_view text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const auto name = FormDecode(text.substr(0, equals));
    const auto value =
        FormDecode(equals < text.size() ? text.substr(equals + 1) : std::string_view());
    if (!name || !value || name->empty()) {
      Refuse(name ? *name : "", "is not percent-encoded UTF-8 of the form name=value");
      return;
    }
    const Pair pair{*name, *value};
    const std::size_t issues = issues_.size();
    const bool link = Dispatch(pair);
    if (!link || issues_.size() > issues) return;
    if (!query_.applied.empty()) query_.applied.push_back('&');
    query_.applied +=
        core::PercentEncode(pair.name, ":") + '=' + core::PercentEncode(pair.value, ",:/$");
  }

  // Whether the pair belongs into SearchQuery::applied.
  bool Dispatch(const Pair& pair) {
    const std::string_view name = pair.name;
    const std::string_view base = name.substr(0, name.find(':'));
    for (const ResultParamName& known : kResultParams) {
      if (base == known.name) return ReadResultParam(known.param, pair);
    }
    if (base.find('.') != std::string_view::npos || IsTypedChain(name)) {
      Refuse(name, "is a chain, which is not supported", "not-supported");
      return false;
    }
    return ReadClause(pair);
  }

  static bool IsTypedChain(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon != std::string_view::npos && name.find('.', colon) != std::string_view::npos;
  }

  // "stated once" is checked by name, as a result parameter has one meaning for the whole search.
  bool Once(const Pair& pair) {
    if (std::find(seen_.begin(), seen_.end(), pair.name) != seen_.end()) {
      Refuse(pair.name, "is given more than once");
      return false;
    }
    seen_.push_back(pair.name);
    return true;
  }

  bool ReadResultParam(ResultParam param, const Pair& pair) {
    if (param == ResultParam::kNotSupported) {
      Refuse(pair.name, "is not supported", "not-supported");
      return false;
    }
    if (!Once(pair)) return false;
    switch (param) {
      case ResultParam::kCount:
        ReadCount(pair);
        return false;
      case ResultParam::kPage:
        // A '+' of the token that was not percent-encoded has become a space.
        query_.page = pair.value;
        std::replace(query_.page.begin(), query_.page.end(), ' ', '+');
        if (pair.value.empty()) Refuse(pair.name, "has an empty value");
        return false;
      case ResultParam::kTotal:
        ReadTotal(pair);
        return true;
      case ResultParam::kSummary:
        ReadSummary(pair);
        return true;
      case ResultParam::kFormat:
        ReadFormat(pair);
        return true;
      case ResultParam::kPretty:
      case ResultParam::kNotSupported:
        break;
    }
    return true;
  }

  void ReadCount(const Pair& pair) {
    std::size_t count = 0;
    const char* end = pair.value.data() + pair.value.size();
    const auto [read, error] = std::from_chars(pair.value.data(), end, count);
    const bool number = !pair.value.empty() && read == end &&
                        (error == std::errc() || error == std::errc::result_out_of_range);
    if (!number) return Refuse(pair.name, "is not a whole number");
    if (error == std::errc::result_out_of_range) count = SIZE_MAX;
    if (HealthLake() && (count < 1 || count > kMaxCountHealthLake)) {
      return Refuse(pair.name, "must be between 1 and 100");
    }
    query_.count = std::min(count, kMaxCountR4);
    if (count == 0) count_only_ = true;
  }

  void ReadTotal(const Pair& pair) {
    if (pair.value == "accurate" || (pair.value == "estimate" && !HealthLake())) {
      query_.total = SearchTotal::kAccurate;
    } else if (pair.value != "none") {
      Refuse(pair.name, HealthLake() ? "must be 'none' or 'accurate'"
                                     : "must be 'none', 'estimate' or 'accurate'");
    }
  }

  void ReadSummary(const Pair& pair) {
    if (pair.value == "false") return;
    if (pair.value == "count" && !HealthLake()) {
      count_only_ = true;
      return;
    }
    Refuse(pair.name, "is supported with the value 'false' only", "not-supported");
  }

  void ReadFormat(const Pair& pair) {
    // The '+' of application/fhir+json is a space after decoding when it was not percent-encoded.
    std::string format = pair.value.substr(0, pair.value.find(';'));
    std::replace(format.begin(), format.end(), ' ', '+');
    if (std::find(kJsonFormats.begin(), kJsonFormats.end(), format) == kJsonFormats.end()) {
      Refuse(pair.name, "must name JSON, the only format served", "not-supported");
    }
  }

  bool ReadClause(const Pair& pair) {
    const std::string_view name = pair.name;
    const std::size_t colon = name.find(':');
    const std::string_view code = name.substr(0, colon);
    const SearchParam* param = FindSearchParam(type_, code);
    if (param == nullptr) return Unknown(pair);
    if (!IsSearchable(*param, limits_.rules)) {
      Refuse(name, "is not supported", "not-supported");
      return false;
    }
    SearchClause clause;
    clause.param = param;
    if (colon != std::string_view::npos &&
        !ReadModifier(clause, name, name.substr(colon + 1), clause.modifier)) {
      return false;
    }
    if (!ReadValues(pair, clause)) return false;
    query_.types.front().all_of.push_back({std::move(clause), pair.name + '=' + pair.value});
    return true;
  }

  bool Unknown(const Pair& pair) {
    if (limits_.handling == SearchHandling::kLenient) {
      query_.ignored.push_back(pair.name);
    } else {
      Refuse(pair.name, "is unknown for resource type " + std::string(NameOf(type_)),
             "not-supported");
    }
    return false;
  }

  bool ReadModifier(const SearchClause& clause, std::string_view name, std::string_view text,
                    SearchModifier& modifier) {
    modifier = SearchModifier::kNone;
    const auto known = std::find_if(kModifiers.begin(), kModifiers.end(),
                                    [&](const ModifierName& entry) { return entry.name == text; });
    if (known != kModifiers.end()) {
      modifier = known->modifier;
    } else if (const auto target = FindResourceType(text)) {
      modifier = SearchModifier::kType;
      target_ = *target;
    } else {
      Refuse(name, "has the unknown modifier ':" + std::string(text) + "'", "not-supported");
      return false;
    }
    return CheckModifier(*clause.param, name, text, modifier);
  }

  bool CheckModifier(const SearchParam& param, std::string_view name, std::string_view text,
                     SearchModifier modifier) {
    const std::string quoted = "':" + std::string(text) + "'";
    if (modifier == SearchModifier::kNone) {
      Refuse(name, "has the modifier " + quoted + ", which is not supported", "not-supported");
      return false;
    }
    if (modifier == SearchModifier::kMissing) {
      if (param.type != SearchType::kComposite) return true;
    } else {
      for (const ModifierUse& use : kModifierUses) {
        if (use.type != param.type || use.modifier != modifier) continue;
        if (use.allowed == Allowed::kOnlyR4 && HealthLake()) {
          Refuse(name,
                 "has the modifier " + quoted +
                     ", which HealthLake does not support (--compat r4 does)",
                 "not-supported");
          return false;
        }
        return CheckTarget(param, name, modifier);
      }
    }
    Refuse(name,
           "is of type " + std::string(NameOf(param.type)) + ", which does not take the modifier " +
               quoted,
           "not-supported");
    return false;
  }

  bool CheckTarget(const SearchParam& param, std::string_view name, SearchModifier modifier) {
    if (modifier != SearchModifier::kType || param.targets.empty()) return true;
    if (std::find(param.targets.begin(), param.targets.end(), target_) != param.targets.end()) {
      return true;
    }
    Refuse(name, "does not refer to resources of type " + std::string(NameOf(target_)));
    return false;
  }

  bool ReadValues(const Pair& pair, SearchClause& clause) {
    if (clause.modifier == SearchModifier::kMissing) {
      clause.missing = pair.value == "true";
      if (clause.missing || pair.value == "false") return true;
      Refuse(pair.name, "must be 'true' or 'false'");
      return false;
    }
    std::string why;
    TermParser terms(limits_, why);
    for (const std::string_view text : SplitEscaped(pair.value, ',')) {
      std::optional<SearchTerm> term = terms.Parse(*clause.param, clause.modifier, target_, text);
      if (term && ++alternatives_ > kMaxAlternatives) {
        why = "exceeds the " + std::to_string(kMaxAlternatives) + " values of one search";
        term.reset();
      }
      if (!term) {
        Refuse(pair.name, why);
        return false;
      }
      clause.any_of.push_back(std::move(*term));
    }
    return true;
  }

  const SearchLimits& limits_;
  SearchQuery query_;
  ResourceType type_;
  core::Issues issues_;
  std::vector<std::string> seen_;
  ResourceType target_;  // of the :Type modifier read last
  std::size_t alternatives_ = 0;
  bool count_only_ = false;
};

}  // namespace

bool IsSearchable(const SearchParam& param, SearchRules rules) {
  if (param.origin == ParamOrigin::kServer || param.type == SearchType::kSpecial) return false;
  if (rules == SearchRules::kR4) return true;
  const std::string_view type = NameOf(param.base);
  return std::none_of(
      kRefusedByHealthLake.begin(), kRefusedByHealthLake.end(),
      [&](const Refused& refused) { return refused.type == type && refused.code == param.code; });
}

SearchQuery ParseSearchQuery(ResourceType type, std::string_view query,
                             const SearchLimits& limits) {
  return QueryParser(type, limits).Run(query);
}

}  // namespace healthlake::fhir
