// Why a patch ends.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/patch.hpp"
#include "healthlake/json/edit_tree.hpp"

namespace healthlake::fhir::patch {

// Which operation is meant, for the message.
struct OperationName {
  std::size_t number = 0;  // counts from 1
  std::string_view type;   // "replace"; may be empty
  std::string_view path;   // may be empty
};

// "Patch operation 2 (replace Patient.name): why". kInvalid: the patch is none; kUnprocessable: it
// cannot be applied.
[[noreturn]] void Throw(core::ErrorKind kind, const OperationName& operation, std::string_view why);

// What holds for the tree that a patch changes: the result may be as long as resource and patch
// together without asking.
json::EditLimits LimitsOf(const PatchLimits& limits, const json::Value& resource,
                          const json::Value& patch);

// The text that a patch gave. Throws kUnprocessable when it is nested too deeply.
void ParseResult(json::Document& document, const std::string& text);

}  // namespace healthlake::fhir::patch
