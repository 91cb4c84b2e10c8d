// Which parameters a search may name, and where references lead.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// Whether a search may lead to resources of the type.
bool IsServed(ResourceType type, SearchRules rules);

// Whether a reference parameter may refer to resources of the type.
bool MayReferTo(const SearchParam& param, ResourceType target);

// 'text'
std::string Quoted(std::string_view text);

// Takes the text before `separator`, and the separator; all of it when there is none.
std::string_view TakeUntil(std::string_view& text, char separator);

// Finds what a query names by name; else `refusal` says why not.
class ParamFinder {
 public:
  ParamFinder(SearchRules rules, Refusal& refusal) : rules_(rules), refusal_(refusal) {}

  // Is the code all that the query's parameter is called, or a part of its name?
  enum class Naming : std::uint8_t { kWhole, kPart };

  // One that can be searched.
  const SearchParam* Find(ResourceType type, std::string_view code, Naming naming);
  // One of type reference, to go on from.
  const SearchParam* FindReference(ResourceType type, std::string_view code);
  std::optional<ResourceType> FindType(std::string_view name);
  // The types that a step through `param` leads to: the one named, or all that it may refer to.
  std::optional<std::vector<ResourceType>> TargetsOf(const SearchParam& param,
                                                     std::optional<std::string_view> named);

  // What is asked of a resource of one type at the end of a step; empty: refused.
  using ReadBranch = std::function<std::vector<Criterion>(ResourceType target)>;
  // A branch for each target that `read` does not refuse; none: refused, for the reason that says
  // most. `rest` is what stands behind the step, for messages.
  std::optional<Chain> MakeChain(const SearchParam& param, const std::vector<ResourceType>& targets,
                                 std::string_view rest, const ReadBranch& read);

 private:
  const SearchRules rules_;
  Refusal& refusal_;
};

}  // namespace healthlake::fhir
