// An entry of a batch or transaction as the request that it stands for (bundle.html,
// entry.request).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/http/message.hpp"
#include "healthlake/json/document.hpp"
#include "rest/interaction.hpp"
#include "rest/routes.hpp"

namespace healthlake::rest {

struct EntryRequest {
  std::size_t index = 0;
  std::string_view full_url;              // empty: none
  json::Value resource;                   // none: exists() is false
  http::Request request;                  // without its body
  std::optional<std::string> json_patch;  // the content of a Binary that is one
  std::vector<std::string> segments;
  RouteMatch match;  // its values point into `segments`

  // The body as it was sent.
  std::string_view Body() const {
    if (json_patch) return *json_patch;
    return resource.exists() ? resource.raw() : std::string_view();
  }
  http::Method method() const noexcept { return request.method; }
  // A search is one by POST too.
  bool IsRead() const noexcept {
    return method() == http::Method::kGet || method() == http::Method::kHead ||
           match.route->access == Access::kSearch;
  }
  bool IsCreate() const noexcept { return match.route->access == Access::kCreate; }
  // An update, patch or delete of what its query finds.
  bool IsConditional() const noexcept {
    return !IsRead() && method() != http::Method::kPost && segments.size() == 1;
  }
};

// The fields of the outer request that hold for its entries too.
http::Headers InheritedHeaders(const http::Headers& outer);

// `entry` is an object with a request. Throws core::Error for what is no request, or none that this
// server answers; what the interaction itself refuses is left to it.
EntryRequest ReadEntry(const Context& context, const http::Request& outer,
                       const http::Headers& inherited, const json::Value& entry, std::size_t index);

}  // namespace healthlake::rest
