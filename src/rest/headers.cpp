#include "rest/headers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/time_text.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::string_view kValidationLevelHeader = "x-amzn-healthlake-fhir-validation-level";

constexpr std::string_view kConsistencyHeader = "x-amz-fhir-history-consistency-level";
constexpr auto kConsistencyLevels = std::to_array<std::string_view>({"strong", "eventual"});

constexpr auto kJsonTypes =
    std::to_array<std::string_view>({"application/fhir+json", "application/json", "text/json"});
constexpr auto kFormTypes = std::to_array<std::string_view>({"application/x-www-form-urlencoded"});
constexpr auto kWildcards = std::to_array<std::string_view>({"*/*", "application/*"});
constexpr auto kFormatWords = std::to_array<std::string_view>(
    {"json", "application/json", "application/fhir+json", "text/json"});
constexpr auto kCharsets = std::to_array<std::string_view>({"utf-8", "utf8", "us-ascii"});

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string_view part = Trim(text.substr(0, end));
    if (!part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <typename Table>
bool Holds(const Table& table, std::string_view text) {
  return std::find(table.begin(), table.end(), text) != table.end();
}

std::string_view Unquote(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// q=0 says "not this one" (RFC 9110 12.4.2).
bool IsRuledOut(const std::vector<std::string_view>& parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string part = Lower(parts[i]);
    if (part.starts_with("q=") && part.find_first_not_of("0.", 2) == std::string::npos) return true;
  }
  return false;
}

// Percent-decoded, as far as that can be done.
std::optional<std::string> FindParameter(std::string_view query, std::string_view name) {
  for (const std::string_view pair : Split(query, '&')) {
    if (pair.substr(0, pair.find('=')) != name) continue;
    if (pair.size() == name.size()) return std::string();
    std::string text(pair.substr(pair.find('=') + 1));
    return core::PercentDecode(text).value_or(text);
  }
  return std::nullopt;
}

// The preferences of all Prefer fields, in lower case (RFC 7240; ';' separates as ',' does in
// practice).
std::vector<std::string> Preferences(const http::Request& request) {
  std::vector<std::string> preferences;
  for (const std::string_view field : request.headers.FindAll("Prefer")) {
    for (const std::string_view group : Split(field, ',')) {
      for (const std::string_view one : Split(group, ';')) preferences.push_back(Lower(one));
    }
  }
  return preferences;
}

// 0, which no version has, for a tag that this server has not made; nullopt for what is no tag.
std::optional<std::uint64_t> VersionOfTag(std::string_view tag) {
  if (tag.starts_with("W/") || tag.starts_with("w/")) tag.remove_prefix(2);
  const std::string_view text = Unquote(tag);
  const std::uint64_t version = ParseVersion(text);
  const bool quoted = text.size() != tag.size() && text.find('"') == std::string_view::npos;
  if (version == 0 && !quoted) return std::nullopt;
  return version;
}

template <typename Table>
void CheckContentType(const http::Request& request, const Table& allowed) {
  const std::optional<std::string_view> field = request.headers.Find("Content-Type");
  if (!field || Trim(*field).empty()) return;
  const std::vector<std::string_view> parts = Split(*field, ';');
  bool fine = !parts.empty() && Holds(allowed, Lower(parts[0]));
  for (std::size_t i = 1; fine && i < parts.size(); ++i) {
    const std::string part = Lower(parts[i]);
    if (part.starts_with("charset=")) {
      fine = Holds(kCharsets, Unquote(std::string_view(part).substr(8)));
    }
  }
  if (fine) return;
  throw Error(ErrorKind::kUnsupportedMediaType,
              "Incorrect MIME-type. Update request Content-Type header.");
}

}  // namespace

std::uint64_t ParseVersion(std::string_view text) {
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && !text.starts_with('0') ? version : 0;
}

void CheckContentType(const http::Request& request) {
  CheckContentType(request, kJsonTypes);
}

void CheckFormContentType(const http::Request& request) {
  CheckContentType(request, kFormTypes);
}

std::optional<std::vector<std::string>> AcceptedTypes(const http::Request& request) {
  if (std::optional<std::string> format = FindParameter(request.query, "_format")) {
    std::replace(format->begin(), format->end(), ' ', '+');
    return std::vector{Lower(Trim(std::string_view(*format).substr(0, format->find(';'))))};
  }
  std::optional<std::vector<std::string>> types;
  for (const std::string_view field : request.headers.FindAll("Accept")) {
    for (const std::string_view range : Split(field, ',')) {
      if (!types) types.emplace();
      const std::vector<std::string_view> parts = Split(range, ';');
      if (!parts.empty() && !IsRuledOut(parts)) types->push_back(Lower(parts[0]));
    }
  }
  return types;
}

bool IsJsonType(std::string_view type) {
  return Holds(kFormatWords, type);
}

bool IsWildcard(std::string_view type) {
  return Holds(kWildcards, type);
}

void CheckAccept(const http::Request& request) {
  const auto types = AcceptedTypes(request);
  if (!types) return;
  const bool fine = std::any_of(types->begin(), types->end(), [](const std::string& type) {
    return IsJsonType(type) || IsWildcard(type);
  });
  if (!fine) throw Error(ErrorKind::kNotAcceptable, "Only application/fhir+json is served.");
}

bool Prefers(const http::Request& request, std::string_view preference) {
  return Holds(Preferences(request), preference);
}

void CheckConsistencyLevel(const http::Request& request) {
  const auto field = request.headers.Find(kConsistencyHeader);
  if (!field || Holds(kConsistencyLevels, Lower(Trim(*field)))) return;
  throw Error(ErrorKind::kInvalid,
              std::string(kConsistencyHeader) + " must be strong or eventual.");
}

bool WantsPretty(const http::Request& request) {
  return FindParameter(request.query, "_pretty") == "true";
}

fhir::SearchHandling HandlingOf(const http::Request& request) {
  for (const std::string& preference : Preferences(request)) {
    if (preference == "handling=lenient") return fhir::SearchHandling::kLenient;
  }
  return fhir::SearchHandling::kStrict;
}

Return ReturnOf(const http::Request& request) {
  for (const std::string& preference : Preferences(request)) {
    if (preference == "return=minimal") return Return::kMinimal;
    if (preference == "return=operationoutcome") return Return::kOutcome;
    if (preference == "return=representation") return Return::kRepresentation;
  }
  return Return::kRepresentation;
}

fhir::ValidationLevel ValidationLevelOf(const http::Request& request) {
  const auto field = request.headers.Find(kValidationLevelHeader);
  const std::string_view name = field ? Trim(*field) : std::string_view();
  if (name.empty()) return fhir::ValidationLevel::kStrict;
  if (const auto level = fhir::FindValidationLevel(name)) return *level;
  std::string text(kValidationLevelHeader);
  text.append(" must be strict, structure-only or minimal, not '").append(name).append("'.");
  throw Error(ErrorKind::kInvalid, text);
}

void SetValidationIssues(http::Response& response, const core::Issues& issues) {
  if (!issues.empty()) response.headers.Set(kValidationIssuesHeader, "true");
}

std::string EntityTag(std::uint64_t version) {
  return "W/\"" + std::to_string(version) + "\"";
}

datastore::Precondition PreconditionOf(const http::Request& request) {
  datastore::Precondition precondition;
  for (const std::string_view field : request.headers.FindAll("If-Match")) {
    std::vector<std::string_view> tags = Split(field, ',');
    if (tags.empty()) tags.push_back(field);
    for (const std::string_view tag : tags) {
      if (tag == "*") {
        precondition.must_exist = true;
        continue;
      }
      const std::optional<std::uint64_t> version = VersionOfTag(tag);
      if (!version) {
        throw Error(ErrorKind::kInvalid, "If-Match must hold version tags, as in W/\"3\".");
      }
      precondition.if_match.push_back(*version);
    }
  }
  if (const auto none = request.headers.Find("If-None-Match")) {
    if (Trim(*none) != "*") {
      throw Error(ErrorKind::kInvalid, "If-None-Match of a write must be \"*\".");
    }
    precondition.if_none_match = true;
  }
  // RFC 9110 13.1.4: not looked at beside If-Match, nor when it is no date.
  const auto since = request.headers.Find("If-Unmodified-Since");
  if (since && !request.headers.Find("If-Match")) {
    precondition.unmodified_since = core::ParseHttpDate(Trim(*since));
  }
  return precondition;
}

bool IsUnchanged(const http::Request& request, const datastore::StoredVersion& stored) {
  const std::vector<std::string_view> fields = request.headers.FindAll("If-None-Match");
  if (!fields.empty()) {
    return std::any_of(fields.begin(), fields.end(), [&](std::string_view field) {
      const std::vector<std::string_view> tags = Split(field, ',');
      return std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) {
        return tag == "*" || VersionOfTag(tag) == stored.version;
      });
    });
  }
  const auto since = request.headers.Find("If-Modified-Since");
  const auto time = since ? core::ParseHttpDate(Trim(*since)) : std::nullopt;
  // The caller's date is that of Last-Modified, which has no fraction of a second.
  return time && std::chrono::floor<std::chrono::seconds>(stored.last_updated) <= *time;
}

void SetVersion(http::Response& response, const datastore::StoredVersion& stored) {
  response.headers.Set("ETag", EntityTag(stored.version));
  response.headers.Set("Last-Modified", core::FormatHttpDate(stored.last_updated));
}

http::Response ResourceResponse(int status, datastore::StoredVersion stored) {
  http::Response response;
  response.status = status;
  response.headers.Set("Content-Type", kFhirJson);
  SetVersion(response, stored);
  response.body = std::move(stored.json);
  return response;
}

}  // namespace healthlake::rest
