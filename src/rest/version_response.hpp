// What reads answer: a version, nothing new, not there, not there any more.
#pragma once

#include "healthlake/datastore/datastore.hpp"
#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// 404 and 410 that name the resource (reference 4.5).
[[noreturn]] void ThrowNotFound(const Interaction& interaction);
[[noreturn]] void ThrowGone(const Interaction& interaction);

// 200 with the stored bytes; 304 when the caller has them already.
http::Response VersionResponse(const Interaction& interaction, datastore::StoredVersion stored);

}  // namespace healthlake::rest
