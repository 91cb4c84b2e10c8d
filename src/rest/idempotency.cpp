#include "rest/idempotency.hpp"

#include <algorithm>

#include "healthlake/core/error.hpp"
#include "healthlake/rest/error_response.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::string_view kHeader = "x-amz-fhir-idempotency-key";
constexpr std::string_view kUuidForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool IsUuid(std::string_view lower) {
  return std::equal(lower.begin(), lower.end(), kUuidForm.begin(), kUuidForm.end(),
                    [](char c, char form) {
                      if (form == '-') return c == '-';
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
}

}  // namespace

std::optional<std::string> FindIdempotencyKey(const http::Request& request) {
  const auto field = request.headers.Find(kHeader);
  if (!field) return std::nullopt;
  std::string key(*field);
  std::transform(key.begin(), key.end(), key.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (!IsUuid(key)) throw Error(ErrorKind::kInvalid, std::string(kHeader) + " must be a UUID.");
  return key;
}

http::Response DuplicateResponse(const Interaction& interaction,
                                 const datastore::Writing::Created& made) {
  http::Response response = ErrorResponse(Error(
      ErrorKind::kDuplicate, "A resource is already created using the provided idempotency Key"));
  response.headers.Set(
      "Location", interaction.base + '/' + std::string(fhir::NameOf(made.type)) + '/' + made.id);
  return response;
}

}  // namespace healthlake::rest
