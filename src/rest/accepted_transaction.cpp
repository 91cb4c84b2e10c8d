#include "rest/accepted_transaction.hpp"

#include <algorithm>

#include "rest/entry_request.hpp"

namespace healthlake::rest {

std::string KeepHeaders(const http::Headers& headers) {
  std::string text;
  for (const http::Header& header : InheritedHeaders(headers)) {
    text.append(header.name).append(":").append(header.value).append("\n");
  }
  return text;
}

http::Headers KeptHeaders(std::string_view text) {
  http::Headers headers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.Add(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return headers;
}

}  // namespace healthlake::rest
