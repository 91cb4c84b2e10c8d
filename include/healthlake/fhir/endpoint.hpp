// The endpoints under which one data store is reached (reference 4.1).
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace healthlake::fhir {

// CMS programmes: /datastore/<id>/<programme>/v2/r4 is the same as /datastore/<id>/r4.
inline constexpr auto kProgrammes = std::to_array<std::string_view>(
    {"patientaccess", "provideraccess", "payertopayerdx", "priorauthservice"});
inline constexpr std::string_view kProgrammeVersion = "v2";

constexpr bool IsProgramme(std::string_view segment) {
  return std::find(kProgrammes.begin(), kProgrammes.end(), segment) != kProgrammes.end();
}

// Whether `url`, without a '/' at its end, is an endpoint of that store, whatever its scheme and
// host. False for an empty id.
bool IsEndpointOf(std::string_view url, std::string_view datastore_id);

}  // namespace healthlake::fhir
