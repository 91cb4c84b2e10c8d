#include "rest/routes.hpp"

#include <algorithm>
#include <array>

namespace healthlake::rest {
namespace {

using http::Method;
using http::Place;

constexpr std::string_view kValidate = "$validate";
constexpr std::string_view kTransaction = "Transaction";  // in a path, and yet no type
constexpr std::string_view kOfAllTypes = "search of all types";

constexpr auto kCompartments = std::to_array<std::string_view>(
    {"Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"});

constexpr auto kRoutes = std::to_array<Route>({
    // One request, two interactions: the Bundle tells which.
    {Method::kPost, "", "transaction", Level::kServer, Access::kNone, Place::kPooled,
     &ProcessBundle},
    {Method::kPost, "", "batch", Level::kServer, Access::kNone, Place::kPooled, &ProcessBundle},
    {Method::kGet, "Transaction/{id}", "", Level::kServer, Access::kNone, Place::kPooled,
     &TransactionStatus},
    {Method::kGet, ".well-known/smart-configuration", "", Level::kServer, Access::kNone,
     Place::kPooled, &SmartConfiguration},
    {Method::kGet, "metadata", "", Level::kServer, Access::kNone, Place::kPooled, &Capabilities},
    {Method::kGet, "", "search-system", Level::kServer, Access::kSearch, Place::kPooled,
     &SystemSearch, kOfAllTypes},
    {Method::kPost, "_search", "", Level::kServer, Access::kSearch, Place::kPooled, &SystemSearch,
     kOfAllTypes},
    {Method::kGet, "{type}", "search-type", Level::kType, Access::kSearch, Place::kPooled, &Search},
    {Method::kPost, "{type}/_search", "", Level::kType, Access::kSearch, Place::kPooled, &Search},
    {Method::kGet, "{compartment}/{id}/*", "", Level::kServer, Access::kSearch, Place::kPooled,
     &WholeCompartmentSearch, kOfAllTypes},
    {Method::kPost, "{compartment}/{id}/_search", "", Level::kServer, Access::kSearch,
     Place::kPooled, &WholeCompartmentSearch, kOfAllTypes},
    {Method::kPost, "{compartment}/{id}/*/_search", "", Level::kServer, Access::kSearch,
     Place::kPooled, &WholeCompartmentSearch, kOfAllTypes},
    {Method::kGet, "{compartment}/{id}/{type}", "", Level::kServer, Access::kSearch, Place::kPooled,
     &CompartmentSearch},
    {Method::kPost, "{compartment}/{id}/{type}/_search", "", Level::kServer, Access::kSearch,
     Place::kPooled, &CompartmentSearch},
    {Method::kPost, "{type}", "create", Level::kType, Access::kCreate, Place::kPooled, &Create},
    {Method::kPut, "{type}", "", Level::kType, Access::kUpdate, Place::kPooled, &ConditionalUpdate},
    {Method::kPatch, "{type}", "", Level::kType, Access::kPatch, Place::kPooled, &ConditionalPatch},
    {Method::kDelete, "{type}", "", Level::kType, Access::kDelete, Place::kPooled,
     &ConditionalDelete},
    {Method::kGet, "{type}/{id}", "read", Level::kType, Access::kRead, Place::kInline, &Read},
    {Method::kPut, "{type}/{id}", "update", Level::kType, Access::kUpdate, Place::kPooled, &Update},
    {Method::kPatch, "{type}/{id}", "patch", Level::kType, Access::kPatch, Place::kPooled,
     &PatchResource},
    {Method::kDelete, "{type}/{id}", "delete", Level::kType, Access::kDelete, Place::kPooled,
     &Delete},
    {Method::kGet, "{type}/{id}/_history/{version}", "vread", Level::kType, Access::kRead,
     Place::kInline, &ReadVersion},
    {Method::kGet, "{type}/{id}/_history", "history-instance", Level::kType, Access::kRead,
     Place::kPooled, &History},
    {Method::kGet, "{type}/_history", "history-type", Level::kType, Access::kRead, Place::kPooled,
     &History},
    {Method::kGet, "_history", "history-system", Level::kServer, Access::kNone, Place::kPooled,
     &History},
    {Method::kGet, "{Patient}/{id}/$everything", "$everything", Level::kType, Access::kRead,
     Place::kPooled, &PatientEverything},
    {Method::kPost, "{type}/$validate", kValidate, Level::kType, Access::kValidate, Place::kPooled,
     &Validate},
    {Method::kPost, "{type}/{id}/$validate", kValidate, Level::kType, Access::kValidate,
     Place::kPooled, &Validate},
});

// Types and ids begin with neither; so `$export` is no type, and `_history` no id.
bool IsName(std::string_view segment) {
  return !segment.starts_with('$') && !segment.starts_with('_') && segment != "metadata";
}

bool MatchSegment(std::string_view pattern, std::string_view segment, PathValues& values) {
  if (pattern == "{type}") {
    values.type = segment;
    return IsName(segment) && segment != kTransaction;
  }
  if (pattern == "{id}") {
    values.id = segment;
    return IsName(segment);
  }
  if (pattern == "{version}") {
    values.version = segment;
    return true;
  }
  if (pattern == "{compartment}") {
    values.compartment = segment;
    return std::find(kCompartments.begin(), kCompartments.end(), segment) != kCompartments.end();
  }
  if (pattern.starts_with('{')) {
    values.type = segment;
    return pattern.substr(1, pattern.size() - 2) == segment;
  }
  return pattern == segment;
}

bool MatchPattern(std::string_view pattern, std::span<const std::string> segments,
                  PathValues& values) {
  values = {};
  for (const std::string& segment : segments) {
    if (pattern.empty()) return false;
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    if (!MatchSegment(pattern.substr(0, end), segment, values)) return false;
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return pattern.empty();
}

}  // namespace

std::span<const Route> Routes() {
  return kRoutes;
}

std::span<const std::string_view> Compartments() {
  return kCompartments;
}

RouteMatch MatchRoute(http::Method method, std::span<const std::string> segments) {
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  RouteMatch match;
  for (const Route& route : kRoutes) {
    PathValues values;
    if (!MatchPattern(route.pattern, segments, values)) continue;
    if (route.method == wanted) {
      match.route = &route;
      match.values = values;
      return match;
    }
    // Several interactions may share a request; no method's name is part of another's.
    if (match.allow.find(http::NameOf(route.method)) != std::string::npos) continue;
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += http::NameOf(route.method);
    if (route.method == Method::kGet) match.allow += ", HEAD";
  }
  return match;
}

}  // namespace healthlake::rest
