// Parameters that say which resources match: names with modifiers, chains and _has, and what is
// asked of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// Reads one parameter after another; refusal() tells why the last one was not taken.
class CriterionReader {
 public:
  CriterionReader(const SearchLimits& limits, QueryBudget& budget)
      : limits_(limits), budget_(budget) {}

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
  bool AddBranch(Chain& chain, ResourceType target, std::string_view rest, std::string_view value);
  std::optional<std::vector<ResourceType>> TargetsOf(const SearchParam& param,
                                                     std::string_view modifier, bool typed);
  std::optional<Made> ReadReverseChain(ResourceType type, std::string_view name,
                                       std::string_view value);
  // A parameter that can be searched, or a refusal.
  const SearchParam* Find(ResourceType type, std::string_view code);
  // One of type reference.
  const SearchParam* FindReference(ResourceType type, std::string_view code);
  std::optional<ResourceType> FindType(std::string_view name);
  bool Serves(ResourceType type) const;

  const SearchLimits& limits_;
  QueryBudget& budget_;
  Refusal refusal_;
  std::size_t depth_ = 0;
  bool simple_ = false;  // no chain, no _has: the whole name is the one of a parameter
};

}  // namespace healthlake::fhir
