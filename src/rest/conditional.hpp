// What all conditional interactions share: criteria, and the search that tells whether they mean
// no resource, one or several (http.html#cond-update; reference 4.6, 4.7).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/search_query.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// The criteria in a request's query: all but _format and _pretty, which concern the answer.
std::string CriteriaOf(std::string_view query);

// Those of If-None-Exist; nullopt without that field. "Patient?identifier=x" and "?identifier=x"
// are understood as well.
std::optional<std::string> FindNoneExist(const http::Request& request);

// Reads criteria, the percent-encoded text that would stand behind '?'. Whatever Prefer says, they
// are read strictly: a parameter that is left out would widen them. Throws core::Error{kInvalid}
// for what is no search, for criteria without a condition, and for parameters that shape a result
// rather than choose resources (_count, _sort, _include, …).
fhir::SearchQuery ParseCriteria(const Context& context, fhir::ResourceType type,
                                std::string_view criteria);

// The id that the criteria name, when they are _id with one value, alone or with conditions of
// _tag, createdAt and _lastUpdated: HealthLake then knows which resource is meant, whether it meets
// the rest or not (reference 4.7, 4.9).
std::optional<std::string> FindIdCriterion(const fhir::SearchQuery& criteria);

// The ids of live resources that meet the criteria, `limit` at most; two tell several from one.
// Inside InWriting, `view` is the Writing, so that nothing changes between search and write. What a
// transaction has settled before is not searched again.
std::vector<std::string> FindMatches(const Context& context, datastore::View& view,
                                     fhir::ResourceType type, std::string_view criteria,
                                     std::size_t limit = 2);

// The one that meets the criteria; nullopt when none does. Throws core::Error{kPreconditionFailed}
// when several do.
std::optional<std::string> FindOnlyMatch(const Context& context, datastore::View& view,
                                         fhir::ResourceType type, std::string_view criteria);

}  // namespace healthlake::rest
