// What writes answer.
#pragma once

#include "healthlake/datastore/datastore.hpp"
#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// 201 or 200 with version and resource. HealthLake sends no Location (measured, reference 0.3) and
// is not known to heed Prefer: return; under R4's rules both are as http.html has them. What was
// stored although it is not valid is announced by a header (reference 2.9).
http::Response WriteResponse(const Interaction& interaction, datastore::WriteResult result);

}  // namespace healthlake::rest
