// Which codes the modifiers :in, :not-in, :above and :below mean (search.html of R4, 3.1.1.4.5 and
// 3.1.1.4.10), as far as stored definitions and those of the base specification tell.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

struct SystemCode {
  std::string system;
  std::string code;
  auto operator<=>(const SystemCode&) const = default;
};

// The codings of a value set. All lists are sorted and without duplicates.
struct ValueSetCodes {
  std::vector<SystemCode> codes;     // of systems that are not in `systems`
  std::vector<std::string> systems;  // every code of these but for those in `except`
  std::vector<SystemCode> except;
  // False: a part of the definition could not be followed (an unknown value set, a filter that
  // stored code systems do not decide, a circle, a limit), so more or fewer codes may be meant.
  bool complete = true;

  bool Holds(std::string_view system, std::string_view code) const;
};

// The stored resource of `type`, ValueSet or CodeSystem, that a canonical ("url" or "url|version")
// names; null when there is none.
using FindDefinition = std::function<std::shared_ptr<const json::Document>(
    ResourceType type, std::string_view canonical)>;

struct ValueSetLimits {
  std::size_t max_codes = 100'000;   // read or copied on the way, all sets together
  std::size_t max_value_sets = 100;  // that one includes, however deep
};

// The codes of a ValueSet resource: of its expansion where it has a whole one, else of what compose
// includes and excludes. Value sets that it names come from `find`, else from the base
// specification. Time is near-linear in what is read.
ValueSetCodes ReadValueSet(const json::Value& value_set, const FindDefinition& find,
                           const ValueSetLimits& limits = {});
// Of the one that `canonical` names; nullopt when neither `find` nor the base specification has it.
std::optional<ValueSetCodes> FindValueSet(std::string_view canonical, const FindDefinition& find,
                                          const ValueSetLimits& limits = {});

// `code` and the codes that it subsumes, or that subsume it, in a CodeSystem resource: by nested
// concepts and the properties parent and child, unless hierarchyMeaning has them for something else
// than "is-a", and by subsumedBy. A code that is not listed stands for itself alone. Linear in the
// resource.
std::vector<std::string> CodesAtOrBelow(const json::Value& code_system, std::string_view code);
std::vector<std::string> CodesAtOrAbove(const json::Value& code_system, std::string_view code);

}  // namespace healthlake::fhir
