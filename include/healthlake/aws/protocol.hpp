// AWS JSON 1.0 for HealthLake: which operation, what input, how times are written. No behaviour.
// Source: the service model (healthlake/2017-07-01), reference 1.1.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "healthlake/aws/operation_id.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::aws {

inline constexpr std::string_view kContentType = "application/x-amz-json-1.0";

// The operation that an X-Amz-Target header names ("HealthLake.CreateFHIRDatastore").
// Throws core::Error{kUnknownOperation} when the header is absent or names no operation of the
// model.
OperationId LoadOperation(std::optional<std::string_view> target);

// The input of `operation` from the bytes of a body, checked against every constraint of the model.
// What comes back holds only members of the model that are not null: unknown members and nulls are
// dropped at every depth. An empty body is {}.
// Throws core::Error: kSerialization when the body is not JSON in UTF-8, not an object, or has a
// member of the wrong JSON type; kInvalid with AWS's text, all violations at once:
//   "2 validation errors detected: Value 'x' at 'a' failed to satisfy constraint: …; Value …".
// Decisions where the sources differ: an absent or empty value, a structure, a list and a union
// print as "Value at 'a'" (the form HealthLake's import records show); paths are lower camel with
// list positions from 1, "tags.1.member.key"; within one value the order is enum, pattern, length,
// range.
json::Tree DecodeInput(OperationId operation, std::string_view body);

// Epoch seconds with a fraction of milliseconds, both ways. The number of a Timestamp member.
json::Tree EncodeTimestamp(core::Timestamp time);
// `value` is a number that DecodeInput let pass.
core::Timestamp DecodeTimestamp(const json::Tree& value);

}  // namespace healthlake::aws
