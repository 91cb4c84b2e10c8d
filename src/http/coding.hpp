// Which content codings a request uses and accepts (RFC 9110 sections 8.4 and 12.5.3).
#pragma once

#include <optional>
#include <string_view>

#include "healthlake/http/message.hpp"

namespace healthlake::http {

enum class Coding { kIdentity, kGzip };

// What the body is coded with; nullopt when that is something we do not undo.
std::optional<Coding> BodyCoding(const Headers& headers);

// Whether the answer should be gzip: it is acceptable, and not liked less than identity.
bool PrefersGzip(const Headers& headers);

// Whether a body of this media type gets shorter by gzip: text, JSON, XML and their kin.
bool IsCompressible(std::string_view content_type);

}  // namespace healthlake::http
