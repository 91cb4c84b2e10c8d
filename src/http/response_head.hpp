// Answers to bytes: content coding, status line and header section.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "healthlake/http/message.hpp"

namespace healthlake::http {

// How the content of an answer is delimited (RFC 9112 6.3).
enum class BodyForm { kNone, kLength, kChunked, kUntilClose };

struct HeadFacts {
  BodyForm form = BodyForm::kLength;
  std::size_t content_length = 0;
  int minor_version = 1;  // of the request
  bool keep_alive = true;
  std::string_view request_id;
  std::string_view date;  // IMF-fixdate
};

// Whether an answer of that status has content at all (RFC 9110 6.4.1).
bool MayHaveContent(int status) noexcept;

// Appends status line, fields and the empty line. What frames the message is ours: such fields of
// the application are left out. Characters that would end a field early become spaces.
void AppendHead(std::string& out, const Response& response, const HeadFacts& facts);

// Appends chunk-size CRLF (RFC 9112 7.1); size 0 starts the end of the message.
void AppendChunkStart(std::string& out, std::size_t size);

// Codes `response.body` with gzip when it has at least `min_bytes`, is of a kind that shrinks, and
// `request` wants it. Says Vary whenever the answer could have been coded.
void ApplyContentCoding(const Request& request, std::size_t min_bytes, Response& response);

}  // namespace healthlake::http
