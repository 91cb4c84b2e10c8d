#include "rest/page_url.hpp"

#include "healthlake/core/encoding.hpp"

namespace healthlake::rest {

std::string PageUrl(std::string_view target, std::string_view applied, std::size_t count,
                    std::string_view page) {
  std::string url(target);
  url += '?';
  if (!applied.empty()) url.append(applied).append("&");
  url += "_count=" + std::to_string(count);
  // The real service's token shows its '=' bare (reference 4.14).
  if (!page.empty()) url += "&page=" + core::PercentEncode(page, "=");
  return url;
}

}  // namespace healthlake::rest
