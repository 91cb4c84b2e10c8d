// Parameters that say which resources match: names with modifiers, chains and _has, and what is
// asked of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "fhir/search_query_params.hpp"
#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// Reads one parameter after another; refusal() tells why the last one was not taken.
class CriterionReader {
 public:
  CriterionReader(const SearchLimits& limits, QueryBudget& budget)
      : limits_(limits), budget_(budget), finder_(limits.rules, refusal_) {}
  CriterionReader(const CriterionReader&) = delete;
  CriterionReader& operator=(const CriterionReader&) = delete;

  // What is asked of a resource of `type` by name=value, both decoded.
  std::optional<Criterion> Read(ResourceType type, std::string_view name, std::string_view value);

  const Refusal& refusal() const noexcept { return refusal_; }

 private:
  using Made = decltype(Criterion::is);

  std::optional<Made> ReadAny(ResourceType type, std::string_view name, std::string_view value);
  std::optional<Made> ReadClause(ResourceType type, std::string_view name, std::string_view value);
  bool ReadValues(SearchClause& clause, ResourceType target, std::string_view value);
  std::optional<Made> ReadChain(ResourceType type, std::string_view head, std::string_view rest,
                                std::string_view value);
  std::optional<Made> ReadReverseChain(ResourceType type, std::string_view name,
                                       std::string_view value);
  // _text and _content.
  std::optional<Made> ReadWords(const SearchParam& param, std::string_view value);
  // Criteria that are no parameters of the registry.
  std::optional<Made> ReadList(std::string_view value);
  std::optional<Made> ReadFilterText(ResourceType type, std::string_view value);
  bool OnlyR4();

  const SearchLimits& limits_;
  QueryBudget& budget_;
  Refusal refusal_;
  ParamFinder finder_;
  std::size_t depth_ = 0;
};

}  // namespace healthlake::fhir
