// The URLs of the pages of a Bundle.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace healthlake::rest {

// `target` is what was asked, without its query. `applied`, percent-encoded, holds the parameters
// that were understood; the number of entries is always said, so that following pages are of one
// size. `page` is the token of a page; empty: the first one.
std::string PageUrl(std::string_view target, std::string_view applied, std::size_t count,
                    std::string_view page = {});

}  // namespace healthlake::rest
