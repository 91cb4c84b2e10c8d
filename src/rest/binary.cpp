#include "rest/binary.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/json/document.hpp"
#include "healthlake/json/tree.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::string_view kSecurityContext = "X-Security-Context";
constexpr std::string_view kAnyContent = "application/octet-stream";

// Type and subtype, in lower case.
std::string EssenceOf(std::string_view media_type) {
  std::string essence(media_type.substr(0, media_type.find(';')));
  std::erase_if(essence, [](char c) { return c == ' ' || c == '\t'; });
  std::transform(essence.begin(), essence.end(), essence.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return essence;
}

bool IsFhirType(std::string_view essence) {
  return IsJsonType(essence) || essence.starts_with("application/fhir+");
}

// Fit to stand in a header field, whatever has been stored.
bool IsFieldText(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string TextOf(const json::Value& resource, std::string_view name) {
  const auto value = resource.Find(name);
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

bool Matches(std::string_view range, std::string_view essence) {
  if (IsFhirType(range)) return false;
  if (range == essence) return true;
  return range.ends_with("/*") && !IsWildcard(range) &&
         essence.starts_with(range.substr(0, range.size() - 1));
}

std::string DecodeData(const json::Value& binary) {
  // R4 lets base64 be broken into lines.
  std::string text = TextOf(binary, "data");
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  std::optional<std::string> content = core::Base64Decode(text);
  if (!content) {
    throw Error(ErrorKind::kNotAcceptable,
                "The Binary's data is not base64; it is served as application/fhir+json only.");
  }
  return *std::move(content);
}

}  // namespace

bool IsContent(const http::Request& request) {
  const auto field = request.headers.Find("Content-Type");
  const std::string essence = field ? EssenceOf(*field) : std::string();
  return !essence.empty() && !IsFhirType(essence) && essence != "application/x-www-form-urlencoded";
}

http::Request ResourceRequest(const http::Request& request, std::string_view id) {
  const std::string_view type = request.headers.Find("Content-Type").value_or("");
  if (type.find('/') == std::string_view::npos) {
    throw Error(ErrorKind::kUnsupportedMediaType,
                "Incorrect MIME-type. Update request Content-Type header.");
  }
  http::Request resource;
  resource.method = request.method;
  resource.method_text = request.method_text;
  resource.target = request.target;
  resource.path = request.path;
  resource.query = request.query;
  resource.headers = request.headers;
  resource.request_id = request.request_id;
  resource.tls = request.tls;
  resource.headers.Set("Content-Type", kFhirJson);
  std::string& body = resource.body;
  body = R"({"resourceType":"Binary")";
  if (!id.empty()) body += ",\"id\":" + json::Quote(id);
  body += ",\"contentType\":" + json::Quote(type);
  if (const auto context = request.headers.Find(kSecurityContext)) {
    body += ",\"securityContext\":{\"reference\":" + json::Quote(*context) + '}';
  }
  if (!request.body.empty()) {
    body.append(",\"data\":\"").append(core::Base64Encode(request.body)).append("\"");
  }
  body += '}';
  return resource;
}

bool AsksForContent(const Interaction& interaction) {
  const auto types = AcceptedTypes(interaction.request).value_or(std::vector<std::string>());
  if (std::any_of(types.begin(), types.end(), IsJsonType)) return false;
  if (!interaction.HealthLakeRules()) return true;
  return !std::all_of(types.begin(), types.end(), IsWildcard);
}

http::Response ContentResponse(const Interaction& interaction, http::Response resource) {
  if (resource.status != 200) return resource;
  json::Document document;
  if (document.Parse(resource.body)) {
    throw Error(ErrorKind::kInternal, "A stored resource cannot be read");
  }
  const json::Value binary = document.root();
  const std::string type = TextOf(binary, "contentType");
  const auto ranges = AcceptedTypes(interaction.request).value_or(std::vector<std::string>{"*/*"});
  const bool asked = std::any_of(ranges.begin(), ranges.end(), [&](const std::string& range) {
    return Matches(range, EssenceOf(type));
  });
  const bool any = std::any_of(ranges.begin(), ranges.end(), IsWildcard);
  if (!asked && (!any || interaction.HealthLakeRules())) {
    if (any) return resource;
    throw Error(ErrorKind::kNotAcceptable,
                "The Binary is served as application/fhir+json and as what it holds.");
  }
  std::string content = DecodeData(binary);
  resource.headers.Set("Content-Type", IsFieldText(type) ? type : kAnyContent);
  resource.headers.Set("Content-Disposition", "attachment");
  resource.headers.Set("X-Content-Type-Options", "nosniff");
  resource.headers.Set("Vary", "Accept");
  if (const auto context = binary.Find("securityContext")) {
    const std::string reference = TextOf(*context, "reference");
    if (IsFieldText(reference)) resource.headers.Set(kSecurityContext, reference);
  }
  resource.body = std::move(content);
  return resource;
}

}  // namespace healthlake::rest
