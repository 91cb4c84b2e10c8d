// Header fields of the FHIR plane: media types, preferences, versions (reference 4.4; http.html).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/datastore/datastore.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/fhir/validation_level.hpp"
#include "healthlake/http/message.hpp"

namespace healthlake::rest {

inline constexpr std::string_view kFhirJson = "application/fhir+json";

// Throws core::Error{kUnsupportedMediaType} unless the body is FHIR JSON in UTF-8, or nothing is
// said about it.
void CheckContentType(const http::Request& request);
// The same for a form (application/x-www-form-urlencoded).
void CheckFormContentType(const http::Request& request);

// The media ranges that the caller takes, in lower case and without parameters, q=0 left out:
// those of Accept, or the one of the query's _format, which overrides it and may be "json".
// nullopt: nothing is said.
std::optional<std::vector<std::string>> AcceptedTypes(const http::Request& request);
// Of one of those: whether it names FHIR JSON; whether it stands for any type.
bool IsJsonType(std::string_view type);
bool IsWildcard(std::string_view type);

// Throws core::Error{kNotAcceptable} when neither Accept nor the query's _format, which overrides
// it, can be answered with JSON. `_format` of a search is checked with the other parameters.
void CheckAccept(const http::Request& request);

// Whether Prefer holds this preference, given in lower case: "respond-async" (RFC 7240).
bool Prefers(const http::Request& request, std::string_view preference);

// Throws core::Error{kInvalid} when x-amz-fhir-history-consistency-level is neither "strong" nor
// "eventual" (reference 4.4). All that is served is strongly consistent.
void CheckConsistencyLevel(const http::Request& request);

// Whether the query says _pretty=true (http.html#pretty).
bool WantsPretty(const http::Request& request);

// Prefer: handling=…; strict when it says nothing.
fhir::SearchHandling HandlingOf(const http::Request& request);

// Prefer: return=… (http.html).
enum class Return : std::uint8_t { kRepresentation, kMinimal, kOutcome };
Return ReturnOf(const http::Request& request);

// x-amzn-healthlake-fhir-validation-level of a write (reference 2.9); strict when it says nothing.
// Throws core::Error{kInvalid} that names the levels for any other text.
fhir::ValidationLevel ValidationLevelOf(const http::Request& request);
inline constexpr std::string_view kValidationIssuesHeader = "x-amzn-healthlake-validation-issues";
// x-amzn-healthlake-validation-issues: true, when a write had something to object and stored it.
void SetValidationIssues(http::Response& response, const core::Issues& issues);

// The version that a client names; 0, which none has, for a text that is no version's. Tags and
// version ids are opaque: 01 is not 1.
std::uint64_t ParseVersion(std::string_view text);

// W/"3"
std::string EntityTag(std::uint64_t version);

// If-Match (tags, or "*") and If-None-Match of a write. Throws core::Error{kInvalid} for what
// is no version tag.
datastore::Precondition PreconditionOf(const http::Request& request);

// Whether the caller of a read has this version already: If-None-Match, or without it
// If-Modified-Since, says so (RFC 9110 13.1.2, 13.1.3): 304 then. What is no HTTP-date is ignored.
bool IsUnchanged(const http::Request& request, const datastore::StoredVersion& stored);

// ETag and Last-Modified.
void SetVersion(http::Response& response, const datastore::StoredVersion& stored);

// Status, media type, version and stored bytes.
http::Response ResourceResponse(int status, datastore::StoredVersion stored);

}  // namespace healthlake::rest
