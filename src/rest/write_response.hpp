// What writes answer.
#pragma once

#include <string>

#include "healthlake/datastore/datastore.hpp"
#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// 201 or 200 with version, and with what Prefer: return asks for, the resource unless it says
// otherwise (http.html). HealthLake sends no Location (measured, reference 0.3). What was stored
// although it is not valid is announced by a header (reference 2.9).
http::Response WriteResponse(const Interaction& interaction, datastore::WriteResult result);

// 200 with the resource that was there already, and where it is, instead of a new one
// (http.html#ccreate).
http::Response ExistingResponse(const Interaction& interaction, datastore::View& view,
                                const std::string& id);

// 204 with the version of the tombstone. Throws core::Error{kNotFound} for an id that never was.
http::Response DeleteResponse(const Interaction& interaction,
                              const datastore::DeleteResult& result);

}  // namespace healthlake::rest
