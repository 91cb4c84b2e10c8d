// Whether a resource may be stored at a level of validation.
#pragma once

#include <cstdint>
#include <string_view>

#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/fhir/validation_level.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::datastore {

struct CheckRules {
  fhir::ValidationLevel level = fhir::ValidationLevel::kStrict;
  const fhir::ProfileSet* profiles = nullptr;  // of the level strict; null: none are looked at
  std::string_view datastore_id;
};

enum class Verdict : std::uint8_t {
  kSound,
  kFlagged,  // to be stored with the validation-issue extension
  kRefused,
};

// Walks `resource`; issues and values are the walk's. What is flagged can be stamped.
Verdict Check(const json::Value& resource, const CheckRules& rules, fhir::ResourceWalk& walk);

}  // namespace healthlake::datastore
