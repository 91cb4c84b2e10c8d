#include "rest/entry_request.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/time_text.hpp"
#include "rest/fhir_path.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;
using http::Method;

constexpr auto kInherited = std::to_array<std::string_view>(
    {"Prefer", "x-amzn-healthlake-fhir-validation-level", "x-amz-fhir-history-consistency-level"});

constexpr auto kMethods = std::to_array<Method>(
    {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete});

// Members of entry.request that are header fields of the request.
struct FieldRow {
  std::string_view member;
  std::string_view header;
};
constexpr auto kFields = std::to_array<FieldRow>({
    {"ifMatch", "If-Match"},
    {"ifNoneMatch", "If-None-Match"},
    {"ifNoneExist", "If-None-Exist"},
});

[[noreturn]] void Throw(const std::string& text) {
  throw Error(ErrorKind::kInvalid, text);
}

std::string_view TextOf(const json::Value& object, std::string_view name) {
  const std::optional<json::Value> member = object.Find(name);
  if (!member) return {};
  if (!member->is_string()) Throw("'" + std::string(name) + "' must be a string.");
  return member->string();
}

Method MethodOf(const json::Value& request) {
  const std::string_view name = TextOf(request, "method");
  for (const Method method : kMethods) {
    if (http::NameOf(method) == name) return method;
  }
  Throw("request.method must be GET, HEAD, POST, PUT, PATCH or DELETE, not '" + std::string(name) +
        "'.");
}

// The path behind …/r4. Absolute URLs may name this store under any host, as references do.
std::vector<std::string> SegmentsOf(const Context& context, std::string_view url) {
  const std::string own = "/datastore/" + context.datastore_id + "/r4";
  std::string path(url);
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    path = url.substr(std::min(url.find('/', scheme + 3), url.size()));
  } else if (!url.starts_with(own + "/") && url != own) {
    path = own + "/" + path;
  }
  std::optional<FhirPath> parsed = ParseFhirPath(path);
  if (!parsed || parsed->datastore != context.datastore_id) {
    Throw("request.url '" + std::string(url) + "' is not below this data store.");
  }
  return std::move(parsed->segments);
}

void ReadUrl(const Context& context, const json::Value& request, EntryRequest& entry) {
  const std::string_view url = TextOf(request, "url");
  if (url.empty()) Throw("request.url is missing.");
  if (url.find('#') != std::string_view::npos) Throw("request.url cannot have a fragment.");
  const std::size_t mark = std::min(url.find('?'), url.size());
  entry.segments = SegmentsOf(context, url.substr(0, mark));
  entry.request.target = url;
  entry.request.path = url.substr(0, mark);
  entry.request.query = url.substr(std::min(mark + 1, url.size()));
}

void ReadFields(const json::Value& request, EntryRequest& entry) {
  http::Headers& headers = entry.request.headers;
  for (const FieldRow& row : kFields) {
    const std::string_view value = TextOf(request, row.member);
    if (!value.empty()) headers.Set(row.header, value);
  }
  const std::string_view since = TextOf(request, "ifModifiedSince");
  if (!since.empty()) {
    const std::optional<core::Timestamp> time = core::ParseInstant(since);
    if (!time) Throw("request.ifModifiedSince must be an instant.");
    headers.Set("If-Modified-Since", core::FormatHttpDate(*time));
  }
}

void FindRoute(EntryRequest& entry) {
  if (entry.segments.empty() && entry.method() == Method::kPost) {
    Throw("A Bundle cannot be processed as an entry of another.");
  }
  entry.match = MatchRoute(entry.method(), entry.segments);
  if (entry.match.route != nullptr) return;
  throw Error(entry.match.allow.empty() ? ErrorKind::kUnsupported : ErrorKind::kMethodNotAllowed,
              "Interaction not supported.");
}

bool NeedsResource(const EntryRequest& entry) {
  return entry.IsCreate() || entry.method() == Method::kPut || entry.method() == Method::kPatch;
}

// Reads cannot have a body; a JSON Patch comes as a Binary (http.html#patch).
void TakeResource(const json::Value& resource, EntryRequest& entry) {
  if (!resource.is_object()) Throw("resource must be an object.");
  if (entry.method() == Method::kGet || entry.method() == Method::kHead) return;
  entry.resource = resource;
  std::string_view media_type = kFhirJson;
  if (entry.method() == Method::kPatch && TextOf(resource, "resourceType") == "Binary") {
    entry.json_patch = core::Base64Decode(TextOf(resource, "data"));
    if (!entry.json_patch) Throw("Binary.data must be base64.");
    media_type = TextOf(resource, "contentType");
  }
  entry.request.headers.Set("Content-Type", media_type);
}

}  // namespace

http::Headers InheritedHeaders(const http::Headers& outer) {
  http::Headers headers;
  for (const std::string_view name : kInherited) {
    for (const std::string_view value : outer.FindAll(name)) headers.Add(name, value);
  }
  headers.Set("Accept", kFhirJson);
  return headers;
}

EntryRequest ReadEntry(const Context& context, const http::Request& outer,
                       const http::Headers& inherited, const json::Value& entry,
                       std::size_t index) {
  const json::Value request = *entry.Find("request");
  EntryRequest result;
  result.index = index;
  result.full_url = TextOf(entry, "fullUrl");
  result.request.method = MethodOf(request);
  result.request.method_text = http::NameOf(result.request.method);
  result.request.headers = inherited;
  result.request.request_id = outer.request_id;
  result.request.tls = outer.tls;
  ReadUrl(context, request, result);
  ReadFields(request, result);
  FindRoute(result);
  if (const std::optional<json::Value> resource = entry.Find("resource")) {
    TakeResource(*resource, result);
  } else if (NeedsResource(result)) {
    Throw("The request needs a resource.");
  }
  return result;
}

}  // namespace healthlake::rest
