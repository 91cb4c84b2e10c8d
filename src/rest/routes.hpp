// Which interaction a method and path ask for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "healthlake/fhir/search_query.hpp"
#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// Where the CapabilityStatement lists an interaction.
enum class Level : std::uint8_t { kServer, kType };

// What an interaction does to the type in its path, for the rules about types.
enum class Access : std::uint8_t {
  kNone,
  kRead,
  kSearch,
  kCreate,
  kUpdate,
  kPatch,
  kDelete,
  kValidate
};

struct Route {
  http::Method method;
  // Segments behind …/r4: words, or {type}, {id}, {version}, {compartment}; {Patient}, as others,
  // is a {type} that is a Patient.
  std::string_view pattern;
  // A code of FHIR's restful-interaction value set, or the name of an operation with its '$';
  // empty: neither.
  std::string_view name;
  Level level;
  Access access;
  http::Place place;
  http::Response (*handle)(const Interaction& interaction);
  // What HealthLake does not have, for messages: "search of all types". Empty: it has this.
  std::string_view only_r4 = {};
};

std::span<const Route> Routes();

// The types that {compartment} stands for (compartmentdefinition.html).
std::span<const std::string_view> Compartments();

// What a path's placeholders stand for; views into the segments.
struct PathValues {
  std::string_view type;
  std::string_view id;
  std::string_view version;
  std::string_view compartment;  // the name of a type that has one
};

struct RouteMatch {
  const Route* route = nullptr;  // null: no such path, or not with this method
  PathValues values;
  std::string allow;  // the methods that the path has, for 405; empty: no such path
};

// HEAD goes where GET does.
RouteMatch MatchRoute(http::Method method, std::span<const std::string> segments);

}  // namespace healthlake::rest
