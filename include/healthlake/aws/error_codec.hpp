// How errors look in AWS JSON 1.0 (reference 1.1, 1.2).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "healthlake/core/error.hpp"

namespace healthlake::aws {

struct ErrorShape {
  core::ErrorKind kind;
  std::string_view name;  // of the exception, as clients see it
  int status;
};

// One row for each kind, in the order of the enumerators. Names and status of the modelled
// exceptions are the model's; the rest are AWS's common errors; those in neither are our choice.
inline constexpr auto kErrorShapes = std::to_array<ErrorShape>({
    {core::ErrorKind::kInvalid, "ValidationException", 400},
    {core::ErrorKind::kSerialization, "SerializationException", 400},
    {core::ErrorKind::kUnknownOperation, "UnknownOperationException", 404},
    {core::ErrorKind::kNotFound, "ResourceNotFoundException", 400},
    {core::ErrorKind::kGone, "ResourceNotFoundException", 400},
    {core::ErrorKind::kMethodNotAllowed, "UnknownOperationException", 404},
    {core::ErrorKind::kNotAcceptable, "ValidationException", 400},
    {core::ErrorKind::kRequestTimeout, "RequestTimeoutException", 408},
    {core::ErrorKind::kConflict, "ConflictException", 400},
    {core::ErrorKind::kDuplicate, "ConflictException", 400},
    {core::ErrorKind::kPreconditionFailed, "ConflictException", 400},
    {core::ErrorKind::kTooLarge, "RequestEntityTooLargeException", 413},
    {core::ErrorKind::kUnsupportedMediaType, "UnsupportedMediaTypeException", 415},
    {core::ErrorKind::kUnprocessable, "ValidationException", 400},
    {core::ErrorKind::kUnauthenticated, "UnrecognizedClientException", 403},
    {core::ErrorKind::kAccessDenied, "AccessDeniedException", 400},
    {core::ErrorKind::kThrottled, "ThrottlingException", 400},
    {core::ErrorKind::kUnsupported, "ValidationException", 400},
    {core::ErrorKind::kUnavailable, "ServiceUnavailable", 503},
    {core::ErrorKind::kInternal, "InternalServerException", 500},
});

constexpr bool CoversEveryKind() {
  constexpr std::size_t kKinds = static_cast<std::size_t>(core::ErrorKind::kInternal) + 1;
  if (kErrorShapes.size() != kKinds) return false;
  for (std::size_t i = 0; i < kKinds; ++i) {
    if (static_cast<std::size_t>(kErrorShapes[i].kind) != i) return false;
  }
  return true;
}
static_assert(CoversEveryKind(), "kErrorShapes needs one row for each core::ErrorKind, in order");

constexpr const ErrorShape& ShapeOf(core::ErrorKind kind) {
  return kErrorShapes[static_cast<std::size_t>(kind)];
}

// The header that carries the name as well.
inline constexpr std::string_view kErrorTypeHeader = "x-amzn-ErrorType";

// {"__type":"<name>","Message":"…"}: the bare name, without a namespace (our choice, reference 12).
std::string EncodeError(core::ErrorKind kind, std::string_view message);

}  // namespace healthlake::aws
