// Which resource types may be met, and what may be done with them.
#pragma once

#include <string_view>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "rest/routes.hpp"

namespace healthlake::rest {

// The type of that name. Throws core::Error with an issue "not-supported": kNotFound when R4 has no
// such type (http.html); under HealthLake's rules kUnsupported when HealthLake does not list it
// (reference 8.2) or refuses this access to it (reference 4.2: OperationOutcome and Parameters
// cannot be read, searched or posted, AuditEvent cannot be patched or deleted).
fhir::ResourceType LoadType(std::string_view name, Access access, fhir::SearchRules rules);

// The same as an answer: for the CapabilityStatement.
bool MayAccess(fhir::ResourceType type, Access access, fhir::SearchRules rules);

// Whether a resource of the type can be made and not be changed any more: HealthLake's AuditEvent
// (reference 4.2).
bool IsPutOnce(fhir::ResourceType type, fhir::SearchRules rules);

// Throws core::Error{kUnsupported} when HealthLake does not let a resource of the interaction's
// type be changed and `id` has been used already: an AuditEvent may be put once (reference 4.2).
void CheckMayChange(const Interaction& interaction, datastore::View& view, std::string_view id);

// Throws core::Error{kInvalid} in HealthLake's words unless `id` is a FHIR id (datatypes.html#id).
void CheckId(std::string_view id);

}  // namespace healthlake::rest
