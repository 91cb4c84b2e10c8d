// How errors look on the FHIR plane: HTTP status and OperationOutcome (reference 4.5; http.html).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "healthlake/core/error.hpp"

namespace healthlake::fhir {

struct ErrorOutcome {
  core::ErrorKind kind;
  int status;             // HTTP
  std::string_view code;  // of FHIR's issue-type value set, for errors without issues of their own
};

// One row for each kind, in the order of the enumerators.
inline constexpr auto kErrorOutcomes = std::to_array<ErrorOutcome>({
    {core::ErrorKind::kInvalid, 400, "processing"},
    {core::ErrorKind::kSerialization, 400, "invalid"},
    {core::ErrorKind::kUnknownOperation, 404, "not-found"},
    {core::ErrorKind::kNotFound, 404, "not-found"},
    {core::ErrorKind::kGone, 410, "deleted"},
    {core::ErrorKind::kMethodNotAllowed, 405, "not-supported"},
    {core::ErrorKind::kNotAcceptable, 406, "value"},
    {core::ErrorKind::kRequestTimeout, 408, "timeout"},
    {core::ErrorKind::kConflict, 409, "conflict"},
    {core::ErrorKind::kDuplicate, 409, "duplicate"},
    {core::ErrorKind::kPreconditionFailed, 412, "conflict"},
    {core::ErrorKind::kTooLarge, 413, "too-long"},
    {core::ErrorKind::kUnsupportedMediaType, 415, "value"},
    {core::ErrorKind::kUnprocessable, 422, "processing"},
    {core::ErrorKind::kUnauthenticated, 401, "forbidden"},
    {core::ErrorKind::kAccessDenied, 403, "forbidden"},
    {core::ErrorKind::kThrottled, 429, "throttled"},
    {core::ErrorKind::kUnsupported, 400, "not-supported"},
    {core::ErrorKind::kUnavailable, 503, "transient"},
    {core::ErrorKind::kInternal, 500, "exception"},
});

constexpr bool ErrorOutcomesCoverEveryKind() {
  constexpr std::size_t kKinds = static_cast<std::size_t>(core::ErrorKind::kInternal) + 1;
  if (kErrorOutcomes.size() != kKinds) return false;
  for (std::size_t i = 0; i < kKinds; ++i) {
    if (static_cast<std::size_t>(kErrorOutcomes[i].kind) != i) return false;
  }
  return true;
}
static_assert(ErrorOutcomesCoverEveryKind(),
              "kErrorOutcomes needs one row for each kind, in order");

constexpr const ErrorOutcome& OutcomeOf(core::ErrorKind kind) {
  return kErrorOutcomes[static_cast<std::size_t>(kind)];
}

}  // namespace healthlake::fhir
