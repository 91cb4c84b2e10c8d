// Patches: a resource's JSON and a description of changes give the JSON changed (http.html#patch).
// Pure functions; what the changes do not touch keeps its bytes.
#pragma once

#include <cstddef>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

struct PatchLimits {
  // Of the result. A resource and a patch that are longer together may give a result that long.
  std::size_t max_bytes = 16UL << 20;
  // What the operations may cost together, in about nanoseconds.
  std::size_t max_work = 2'000'000'000;
};

// JSON Patch (RFC 6902, whole). Throws core::Error, and the message names the operation, counted
// from 1: {kInvalid} when `patch` is none; {kUnprocessable} when it cannot be applied: a path leads
// nowhere, a test fails, JSON would be nested too deeply, too much work; {kTooLarge}. Numbers are
// tested by value, to the last digit.
json::Document ApplyJsonPatch(const json::Value& resource, const json::Value& patch,
                              const PatchLimits& limits = {});

// FHIRPath Patch (fhirpatch.html). `parameters`: a Parameters resource. Each operation sees what
// those before it did. Errors as above; what the result is worth as a resource is not checked.
json::Document ApplyFhirPathPatch(const json::Value& resource, const json::Value& parameters,
                                  const PatchLimits& limits = {});

// Throws core::Error{kUnprocessable} unless `patched` is a resource of the same type and id as
// `resource`: no patch may change those (http.html#patch).
void CheckIdentity(const json::Value& resource, const json::Value& patched);

}  // namespace healthlake::fhir
