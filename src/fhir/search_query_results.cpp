#include "fhir/search_query_results.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string>

#include "fhir/search_query_includes.hpp"
#include "fhir/search_query_sort.hpp"
#include "fhir/search_query_terms.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxCountR4 = 1'000;
constexpr std::size_t kMaxCountHealthLake = 100;
constexpr std::size_t kMaxIncludes = 500;
constexpr std::size_t kMaxElements = 500;

constexpr auto kJsonFormats = std::to_array<std::string_view>(
    {"json", "application/json", "application/fhir+json", "text/json"});

bool Refuse(Refusal& refusal, std::string why, Refusal::Kind kind = Refusal::Kind::kInvalid) {
  refusal.Set(kind, std::move(why));
  return false;
}

bool HealthLake(const ResultText& text) {
  return text.rules == SearchRules::kHealthLake;
}

// A value from a list, each with the rules under which it stands.
template <typename Value>
struct Choice {
  std::string_view name;
  Value value;
  bool only_r4 = false;
};

template <typename Value, std::size_t kSize>
bool Choose(const ResultText& text, const std::array<Choice<Value>, kSize>& choices, Value& into,
            Refusal& refusal) {
  std::string names;
  for (const Choice<Value>& choice : choices) {
    const bool refused = choice.only_r4 && HealthLake(text);
    if (choice.name == text.value) {
      into = choice.value;
      if (!refused) return true;
      return Refuse(refusal,
                    "has the value '" + std::string(text.value) +
                        "', which HealthLake does not support (--compat r4 does)",
                    Refusal::Kind::kNotSupported);
    }
    if (!refused) names += (names.empty() ? "'" : ", '") + std::string(choice.name) + "'";
  }
  return Refuse(refusal, "must be one of " + names);
}

bool ReadCount(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  std::size_t count = 0;
  const char* end = text.value.data() + text.value.size();
  const auto [read, error] = std::from_chars(text.value.data(), end, count);
  const bool number = !text.value.empty() && read == end &&
                      (error == std::errc() || error == std::errc::result_out_of_range);
  if (!number) return Refuse(refusal, "is not a whole number");
  if (error == std::errc::result_out_of_range) count = SIZE_MAX;
  if (HealthLake(text) && (count < 1 || count > kMaxCountHealthLake)) {
    return Refuse(refusal, "must be between 1 and 100 for HealthLake (--compat r4 takes more)");
  }
  query.count = std::min(count, kMaxCountR4);
  return true;
}

bool ReadPage(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  if (text.value.empty()) return Refuse(refusal, "has an empty value");
  // A '+' of the token that was not percent-encoded has become a space.
  query.page = text.value;
  std::replace(query.page.begin(), query.page.end(), ' ', '+');
  return true;
}

bool ReadTotal(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  constexpr auto kTotals = std::to_array<Choice<SearchTotal>>({
      {"none", SearchTotal::kNone},
      {"accurate", SearchTotal::kAccurate},
      {"estimate", SearchTotal::kAccurate, true},
  });
  return Choose(text, kTotals, query.total, refusal);
}

bool ReadSummary(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  constexpr auto kSummaries = std::to_array<Choice<SearchSummary>>({
      {"true", SearchSummary::kTrue},
      {"false", SearchSummary::kFalse},
      {"text", SearchSummary::kText},
      {"data", SearchSummary::kData},
      {"count", SearchSummary::kCount, true},
  });
  return Choose(text, kSummaries, query.summary, refusal);
}

bool ReadExplain(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  constexpr auto kAnswers = std::to_array<Choice<bool>>({{"true", true}, {"false", false}});
  return Choose(text, kAnswers, query.explain, refusal);
}

// Names of root elements; those that no resource has are left out when it is cut to them.
bool ReadElements(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  std::string_view rest = text.value;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    const std::string_view name = rest.substr(0, comma);
    if (name.empty()) return Refuse(refusal, "has an empty value");
    if (query.elements.size() == kMaxElements) return Refuse(refusal, "names too many elements");
    query.elements.emplace_back(name);
    if (more) rest.remove_prefix(comma + 1);
  }
  return true;
}

bool ReadFormat(const ResultText& text, SearchQuery&, Refusal& refusal) {
  // The '+' of application/fhir+json is a space after decoding when it was not percent-encoded.
  std::string format(text.value.substr(0, text.value.find(';')));
  std::replace(format.begin(), format.end(), ' ', '+');
  if (std::find(kJsonFormats.begin(), kJsonFormats.end(), format) != kJsonFormats.end()) {
    return true;
  }
  return Refuse(refusal, "must name JSON, the only format served", Refusal::Kind::kNotSupported);
}

bool Accept(const ResultText&, SearchQuery&, Refusal&) {
  return true;
}

bool AddIncludes(Include::Way way, const ResultText& text, SearchQuery& query, Refusal& refusal) {
  auto more = ReadInclude(way, text.modifier, text.value, query.types, text.rules, refusal);
  if (!more) return false;
  if (query.includes.size() + more->size() > kMaxIncludes) {
    return Refuse(refusal,
                  "exceeds the " + std::to_string(kMaxIncludes) + " includes of one search");
  }
  query.includes.insert(query.includes.end(), more->begin(), more->end());
  return true;
}

bool ReadForward(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  return AddIncludes(Include::Way::kForward, text, query, refusal);
}

bool ReadReverse(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  return AddIncludes(Include::Way::kReverse, text, query, refusal);
}

bool ReadSortRules(const ResultText& text, SearchQuery& query, Refusal& refusal) {
  auto sort = ReadSort(text.value, query.types, text.rules, refusal);
  if (!sort) return false;
  query.sort = std::move(*sort);
  return true;
}

bool ReadContained(const ResultText& text, SearchQuery&, Refusal& refusal) {
  if (text.value == "false") return true;
  return Refuse(refusal, "is not supported: contained resources are never matches",
                Refusal::Kind::kNotSupported);
}

bool RefuseScore(const ResultText&, SearchQuery&, Refusal& refusal) {
  return Refuse(refusal, "is not supported: matches have no score", Refusal::Kind::kNotSupported);
}

bool RefuseNamedQuery(const ResultText&, SearchQuery&, Refusal& refusal) {
  return Refuse(refusal, "is not supported: there are no named queries",
                Refusal::Kind::kNotSupported);
}

bool RefuseTypes(const ResultText&, SearchQuery&, Refusal& refusal) {
  return Refuse(refusal, "is for searches of all resource types at once",
                Refusal::Kind::kNotSupported);
}

constexpr auto kResultParams = std::to_array<ResultParam>({
    {.name = "_contained", .read = ReadContained},
    {.name = "_containedType", .read = ReadContained},
    {.name = "_count", .linked = false, .read = ReadCount},
    {.name = "_elements", .read = ReadElements},
    {.name = "_explain", .read = ReadExplain},
    {.name = "_format", .read = ReadFormat},
    {.name = "_include", .repeats = true, .read = ReadForward},
    {.name = "_pretty", .read = Accept},
    {.name = "_query", .read = RefuseNamedQuery},
    {.name = "_revinclude", .repeats = true, .read = ReadReverse},
    {.name = "_score", .read = RefuseScore},
    {.name = "_sort", .read = ReadSortRules},
    {.name = "_summary", .read = ReadSummary},
    {.name = "_total", .read = ReadTotal},
    {.name = "_type", .read = RefuseTypes},
    {.name = "page", .linked = false, .read = ReadPage},
});

}  // namespace

const ResultParam* FindResultParam(std::string_view name) {
  const auto found = std::find_if(kResultParams.begin(), kResultParams.end(),
                                  [&](const ResultParam& param) { return param.name == name; });
  return found == kResultParams.end() ? nullptr : &*found;
}

std::string_view SettleResult(SearchQuery& query, Refusal& refusal) {
  if (query.summary == SearchSummary::kCount || query.count == 0) {
    query.count = 0;
    query.total = SearchTotal::kAccurate;
  }
  if (query.summary == SearchSummary::kText && !query.includes.empty()) {
    refusal.Set(Refusal::Kind::kInvalid,
                "has the value 'text', which cannot be joined with _include or _revinclude");
    return "_summary";
  }
  if (query.summary != SearchSummary::kFalse && !query.elements.empty()) {
    refusal.Set(Refusal::Kind::kInvalid, "cannot be joined with _summary");
    return "_elements";
  }
  return {};
}

}  // namespace healthlake::fhir
