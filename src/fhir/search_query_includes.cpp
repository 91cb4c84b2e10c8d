#include "fhir/search_query_includes.hpp"

#include <algorithm>
#include <string>

#include "fhir/search_query_params.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kEach = "*";

bool IsJoin(const SearchParam& param, SearchRules rules) {
  return param.type == SearchType::kReference && IsSearchable(param, rules);
}

class IncludeReader {
 public:
  IncludeReader(Include::Way way, SearchRules rules, Refusal& refusal)
      : rules_(rules), refusal_(refusal) {
    include_.way = way;
  }

  bool ReadModifier(std::string_view modifier) {
    include_.iterate = modifier == "iterate";
    if (include_.iterate || modifier.empty()) return true;
    refusal_.Set(Refusal::Kind::kNotSupported,
                 modifier == "recurse"
                     ? "has R3's modifier ':recurse', which is ':iterate' in R4"
                     : "has the unknown modifier ':" + std::string(modifier) + "'");
    return false;
  }

  std::optional<std::vector<Include>> Read(std::string_view value,
                                           const std::vector<TypeSearch>& searched) {
    if (value == kEach) return std::vector<Include>{include_};
    const std::vector<std::string_view> parts = Split(value);
    if (parts.size() < 2 || parts.size() > 3) {
      return refusal_.Set(Refusal::Kind::kInvalid,
                          "is not of the form [type]:[parameter]:[target type], [type]:* or *");
    }
    if (parts.size() == 3 && !ReadType(parts[2], include_.target)) return std::nullopt;
    if (parts[0].empty() && include_.way == Include::Way::kReverse) {
      return OfEveryType(parts[1], searched);
    }
    if (!ReadType(parts[0], include_.source)) return std::nullopt;
    if (parts[1] == kEach) return std::vector<Include>{include_};
    include_.param = Find(parts[1]);
    if (include_.param == nullptr) return std::nullopt;
    return std::vector<Include>{include_};
  }

 private:
  static std::vector<std::string_view> Split(std::string_view value) {
    std::vector<std::string_view> parts;
    std::size_t colon = 0;
    while (parts.size() < 4 && (colon = value.find(':')) != std::string_view::npos) {
      parts.push_back(value.substr(0, colon));
      value.remove_prefix(colon + 1);
    }
    parts.push_back(value);
    return parts;
  }

  bool ReadType(std::string_view name, ResourceType& type) {
    const std::optional<ResourceType> found = ParamFinder(rules_, refusal_).FindType(name);
    if (found) type = *found;
    return found.has_value();
  }

  const SearchParam* Find(std::string_view code) {
    const std::string source(NameOf(include_.source));
    const std::string named = "names '" + std::string(code) + "', which ";
    const SearchParam* param = FindSearchParam(include_.source, code);
    if (param == nullptr) {
      refusal_.Set(Refusal::Kind::kInvalid, named + "is no parameter of " + source);
      return nullptr;
    }
    if (param->type != SearchType::kReference) {
      refusal_.Set(Refusal::Kind::kInvalid,
                   named + "is of type " + std::string(NameOf(param->type)) + ", not reference");
      return nullptr;
    }
    if (!IsSearchable(*param, rules_)) {
      refusal_.Set(Refusal::Kind::kNotSupported,
                   named + "HealthLake does not support (--compat r4 does)");
      return nullptr;
    }
    if (!include_.target.IsNone() && !MayReferTo(*param, include_.target)) {
      refusal_.Set(Refusal::Kind::kInvalid, named + "does not refer to resources of type " +
                                                std::string(NameOf(include_.target)));
      return nullptr;
    }
    return param;
  }

  // Reference 5.6: _revinclude=:patient.
  std::optional<std::vector<Include>> OfEveryType(std::string_view code,
                                                  const std::vector<TypeSearch>& searched) {
    std::vector<Include> all;
    for (const ResourceType source : AllResourceTypes()) {
      const SearchParam* param = FindSearchParam(source, code);
      const bool joins = param != nullptr && IsServed(source, rules_) && IsJoin(*param, rules_) &&
                         std::any_of(searched.begin(), searched.end(), [&](const TypeSearch& one) {
                           return MayReferTo(*param, one.type);
                         });
      if (!joins) continue;
      include_.source = source;
      include_.param = param;
      all.push_back(include_);
    }
    if (!all.empty()) return all;
    return refusal_.Set(Refusal::Kind::kInvalid, "names '" + std::string(code) +
                                                     "', by which no type refers to what is "
                                                     "searched");
  }

  const SearchRules rules_;
  Refusal& refusal_;
  Include include_;
};

}  // namespace

std::optional<std::vector<Include>> ReadInclude(Include::Way way, std::string_view modifier,
                                                std::string_view value,
                                                const std::vector<TypeSearch>& searched,
                                                SearchRules rules, Refusal& refusal) {
  IncludeReader reader(way, rules, refusal);
  if (!reader.ReadModifier(modifier)) return std::nullopt;
  return reader.Read(value, searched);
}

std::vector<std::string> IncludesOf(ResourceType type, Include::Way way, SearchRules rules) {
  const auto text = [](const SearchParam& param) {
    return std::string(NameOf(param.base)) + ':' + std::string(param.code);
  };
  std::vector<std::string> all;
  if (way == Include::Way::kForward) {
    for (const SearchParam& param : SearchParamsOf(type)) {
      if (IsJoin(param, rules)) all.push_back(text(param));
    }
    return all;
  }
  for (const SearchParam& param : AllSearchParams()) {
    if (IsJoin(param, rules) && IsServed(param.base, rules) && MayReferTo(param, type)) {
      all.push_back(text(param));
    }
  }
  return all;
}

}  // namespace healthlake::fhir
