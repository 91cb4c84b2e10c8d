// Header fields of the FHIR plane: media types, preferences, versions (reference 4.4; http.html).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/datastore/datastore.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/fhir/validation_level.hpp"
#include "healthlake/http/message.hpp"

namespace healthlake::rest {

inline constexpr std::string_view kFhirJson = "application/fhir+json";

// Throws core::Error{kUnsupportedMediaType} unless the body is FHIR JSON in UTF-8, or nothing is
// said about it.
void CheckContentType(const http::Request& request);

// Throws core::Error{kNotAcceptable} when neither Accept nor the query's _format, which overrides
// it, can be answered with JSON. `_format` of a search is checked with the other parameters.
void CheckAccept(const http::Request& request);

// Prefer: handling=…; strict when it says nothing.
fhir::SearchHandling HandlingOf(const http::Request& request);

// Prefer: return=… (http.html).
enum class Return : std::uint8_t { kRepresentation, kMinimal, kOutcome };
Return ReturnOf(const http::Request& request);

// x-amzn-healthlake-fhir-validation-level of a write (reference 2.9); strict when it says nothing.
// Throws core::Error{kInvalid} that names the levels for any other text.
fhir::ValidationLevel ValidationLevelOf(const http::Request& request);
// x-amzn-healthlake-validation-issues: true, when a write had something to object and stored it.
void SetValidationIssues(http::Response& response, const core::Issues& issues);

// W/"3"
std::string EntityTag(std::uint64_t version);

// If-Match (one tag or several) and If-None-Match of a write. Throws core::Error{kInvalid} for what
// is no version tag.
datastore::Precondition PreconditionOf(const http::Request& request);

// Whether If-None-Match or If-Modified-Since of a read is met by this version: 304 then.
bool IsUnchanged(const http::Request& request, const datastore::StoredVersion& stored);

// ETag and Last-Modified.
void SetVersion(http::Response& response, const datastore::StoredVersion& stored);

// Status, media type, version and stored bytes.
http::Response ResourceResponse(int status, datastore::StoredVersion stored);

}  // namespace healthlake::rest
