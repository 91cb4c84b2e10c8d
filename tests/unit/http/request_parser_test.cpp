// What RFC 9112 lets pass and what it does not, as tables.
#include "http/request_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace healthlake::http {
namespace {

struct Parsed {
  RequestParser::Event end = RequestParser::Event::kNeedMore;
  Refusal fault = Refusal::kBadRequest;
  Request request;
  std::string rest;
  bool keep_alive = false;
};

// Feeds `bytes` in pieces of `step` as a connection would.
Parsed Parse(std::string_view bytes, std::size_t step, std::size_t max_header = 1024) {
  RequestParser parser(max_header);
  Parsed parsed;
  std::string buffer;
  for (;;) {
    const RequestParser::Step next = parser.Next(buffer, parsed.request);
    parsed.request.body.append(next.body);
    buffer.erase(0, next.consumed);
    parsed.end = next.event;
    if (next.event == RequestParser::Event::kEnd || next.event == RequestParser::Event::kFault)
      break;
    if (next.event != RequestParser::Event::kNeedMore) continue;
    if (bytes.empty()) break;
    buffer.append(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  parsed.fault = parser.fault();
  parsed.keep_alive = parser.keep_alive();
  parsed.rest = buffer + std::string(bytes);
  return parsed;
}

constexpr std::size_t kSteps[] = {1, 2, 3, 7, 100'000};

TEST(RequestParserTest, ReadsWhatIsWellFormedHoweverItIsCut) {
  struct Case {
    std::string bytes;
    std::string path;
    std::string query;
    std::string body;
    std::string rest;
  };
  const std::string get = "GET /p HTTP/1.1\r\nHost: h\r\n";
  const std::string post = "POST /p HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = post + "Transfer-Encoding: Chunked\r\n\r\n";
  const Case kCases[] = {
      {get + "\r\n", "/p", "", "", ""},
      {"\r\n\r\n" + get + "\r\n", "/p", "", "", ""},
      {get + "\r\nGET /next", "/p", "", "", "GET /next"},
      {"GET /p?a=b?c HTTP/1.1\r\nHost: h\r\n\r\n", "/p", "a=b?c", "", ""},
      {"GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", "/", "", "", ""},
      {"GET HTTPS://h:1?x HTTP/1.1\r\nHost: h\r\n\r\n", "/", "x", "", ""},
      {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "*", "", "", ""},
      {"GET /p HTTP/1.0\r\n\r\n", "/p", "", "", ""},
      {"GET /p HTTP/1.7\r\nHost:\r\n\r\n", "/p", "", "", ""},
      {"GET /p HTTP/1.1\r\nhOsT:\t[::1]:80 \r\n\r\n", "/p", "", "", ""},
      {"GET /\xC3\xA4 HTTP/1.1\r\nHost: h\r\nX: \xFF\t\"y\"\r\n\r\n", "/\xC3\xA4", "", "", ""},
      {"GET //p//q HTTP/1.1\r\nHost: h\r\n\r\n", "//p//q", "", "", ""},
      {post + "Content-Length: 0\r\n\r\n", "/p", "", "", ""},
      {post + "Content-Length: 003\r\n\r\nabcX", "/p", "", "abc", "X"},
      {chunked + "0\r\n\r\nX", "/p", "", "", "X"},
      {chunked + "3\r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\n", "/p", "", "abc0123456789", ""},
      {chunked + "1;a=b;c=\"d e\"\r\nx\r\n1 ; q\r\ny\r\n0;z\r\n\r\n", "/p", "", "xy", ""},
      {chunked + "1\r\n\r\r\n0\r\nTrailer: v\r\nOther: w\r\n\r\nX", "/p", "", "\r", "X"},
  };
  for (const Case& test : kCases) {
    for (const std::size_t step : kSteps) {
      SCOPED_TRACE(test.bytes + " in pieces of " + std::to_string(step));
      const Parsed parsed = Parse(test.bytes, step);
      EXPECT_EQ(parsed.end, RequestParser::Event::kEnd);
      EXPECT_EQ(parsed.request.path, test.path);
      EXPECT_EQ(parsed.request.query, test.query);
      EXPECT_EQ(parsed.request.body, test.body);
      EXPECT_EQ(parsed.rest, test.rest);
    }
  }
}

TEST(RequestParserTest, RefusesWhatIsMalformedHoweverItIsCut) {
  const std::string get = "GET /p HTTP/1.1\r\n";
  const std::string host = get + "Host: h\r\n";
  const std::string post = "POST /p HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::string nul(1, '\0');
  const std::vector<std::pair<const char*, std::string>> kCases = {
      // Request line, RFC 9112 3.
      {"too many empty lines", "\r\n\r\n\r\n\r\n\r\n\r\n"},
      {"leading space", " " + host + "\r\n"},
      {"a method that is no token", "GE(T /p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"no method", " /p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"no version", "GET /p\r\nHost: h\r\n\r\n"},
      {"two spaces", "GET  /p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a space in the target", "GET /p q HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a tab for a space", "GET\t/p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a space at the end", "GET /p HTTP/1.1 \r\nHost: h\r\n\r\n"},
      {"a fragment", "GET /p#f HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a control character in the target", "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a relative target", "GET p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"an asterisk for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"authority form", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"another scheme", "GET ftp://h/p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"a user in the target", "GET http://u@h/p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"no authority", "GET http:///p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"HTTP/0.9", "GET /p HTTP/0.9\r\n\r\n"},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"a version in lower case", "GET /p http/1.1\r\nHost: h\r\n\r\n"},
      {"a version of three digits", "GET /p HTTP/1.10\r\nHost: h\r\n\r\n"},
      // Lines, RFC 9112 2.2.
      {"bare LF after the request line", "GET /p HTTP/1.1\nHost: h\r\n\r\n"},
      {"bare LF after a field", get + "Host: h\n\r\n"},
      {"bare LF at the end", host + "\n"},
      {"bare CR in the request line", "GET /p\r HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"bare CR in a value", host + "A: b\rc\r\n\r\n"},
      {"CR before CRLF", host + "A: b\r\r\n\r\n"},
      // Fields, RFC 9112 5 and RFC 9110 5.5.
      {"white space before the first field", get + " Host: h\r\n\r\n"},
      {"obs-fold by a space", host + "A: b\r\n c\r\n\r\n"},
      {"obs-fold by a tab", host + "A: b\r\n\tc\r\n\r\n"},
      {"a line of white space", host + " \r\n\r\n"},
      {"space before the colon", host + "A : b\r\n\r\n"},
      {"tab before the colon", host + "A\t: b\r\n\r\n"},
      {"no colon", host + "A\r\n\r\n"},
      {"no name", host + ": b\r\n\r\n"},
      {"a name that is no token", host + "A(b): c\r\n\r\n"},
      {"a name that is not ASCII", host + "\xC3\xA4: c\r\n\r\n"},
      {"NUL in a value", host + "A: b" + nul + "\r\n\r\n"},
      {"DEL in a value", host + "A: b\x7F\r\n\r\n"},
      // Host, RFC 9112 3.2.
      {"no host", get + "\r\n"},
      {"two hosts", host + "Host: h\r\n\r\n"},
      {"two hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
      {"a list of hosts", get + "Host: a, b\r\n\r\n"},
      {"a path in the host", get + "Host: h/p\r\n\r\n"},
      {"a user in the host", get + "Host: u@h\r\n\r\n"},
      {"a port that is no number", get + "Host: h:8x\r\n\r\n"},
      {"an open bracket", get + "Host: [::1\r\n\r\n"},
      {"text after the bracket", get + "Host: [::1]x\r\n\r\n"},
      // Framing, RFC 9112 6.
      {"two different lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
      {"two equal lengths", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"},
      {"a list of lengths", post + "Content-Length: 1, 1\r\n\r\na"},
      {"no length", post + "Content-Length:\r\n\r\n"},
      {"a negative length", post + "Content-Length: -1\r\n\r\n"},
      {"a length with a sign", post + "Content-Length: +1\r\n\r\na"},
      {"a hexadecimal length", post + "Content-Length: 0x1\r\n\r\na"},
      {"a length with a fraction", post + "Content-Length: 1.0\r\n\r\na"},
      {"a length that overflows", post + "Content-Length: 18446744073709551617\r\n\r\na"},
      {"length, then chunked",
       post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunked, then length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
      {"an unknown transfer coding", post + "Transfer-Encoding: zip\r\n\r\n"},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {"chunked, identity", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
      {"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
      {"chunked in two fields",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"gzip and chunked in two fields",
       post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunked with a parameter", post + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"},
      {"an empty transfer coding", post + "Transfer-Encoding:\r\n\r\n"},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      // Chunks, RFC 9112 7.1.
      {"no chunk size", chunked + "\r\n"},
      {"a chunk size with 0x", chunked + "0x1\r\na\r\n0\r\n\r\n"},
      {"a negative chunk size", chunked + "-1\r\na\r\n"},
      {"a space before the chunk size", chunked + " 1\r\na\r\n0\r\n\r\n"},
      {"a space after the chunk size", chunked + "1 \r\na\r\n0\r\n\r\n"},
      {"a chunk size that overflows", chunked + "FFFFFFFFFFFFFFFFF\r\na\r\n"},
      {"a chunk size beyond any body", chunked + "FFFFFFFFFFFFFFFF\r\na\r\n"},
      {"bare LF after the chunk size", chunked + "1\na\r\n0\r\n\r\n"},
      {"a chunk longer than its size", chunked + "1\r\nab\r\n0\r\n\r\n"},
      {"a chunk that ends with LF", chunked + "1\r\na\n0\r\n\r\n"},
      {"bare LF in an extension", chunked + "1;a=\"\n\"\r\nb\r\n0\r\n\r\n"},
      {"bare CR in an extension", chunked + "1;a\rb\r\nb\r\n0\r\n\r\n"},
      {"an extension without semicolon", chunked + "1 a\r\nb\r\n0\r\n\r\n"},
      {"an extension with an open quote", chunked + "1;a=\"\r\nb\r\n0\r\n\r\n"},
      {"a quote from the last chunk into the trailer", chunked + "0;a=\"\r\nA: \"b\r\n\r\n"},
      {"an endless extension", chunked + "1;" + std::string(5000, 'a')},
      {"a folded trailer", chunked + "0\r\nA: b\r\n c\r\n\r\n"},
      {"a trailer without colon", chunked + "0\r\nA\r\n\r\n"},
      {"bare LF in the trailer", chunked + "0\r\nA: b\n\r\n"},
      {"bare LF for the end", chunked + "0\r\n\n"},
      {"a length in the trailer", chunked + "0\r\nContent-Length: 1\r\n\r\n"},
  };
  for (const auto& [name, bytes] : kCases) {
    for (const std::size_t step : kSteps) {
      SCOPED_TRACE(std::string(name) + " in pieces of " + std::to_string(step));
      const Parsed parsed = Parse(bytes, step, 8192);
      EXPECT_EQ(parsed.end, RequestParser::Event::kFault);
      EXPECT_EQ(parsed.fault, Refusal::kBadRequest);
    }
  }
}

TEST(RequestParserTest, SeesAtOnceThatSomethingElseIsSpoken) {
  EXPECT_EQ(Parse("\x16\x03\x01", 1).end, RequestParser::Event::kFault);
}

TEST(RequestParserTest, BoundsTheHeaderTheTrailerAndTheNumberOfFields) {
  const std::string start = "POST /p HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n0\r\n";
  std::string many = start;
  for (int i = 0; i < 300; ++i) many += "A:\r\n";
  const std::string kCases[] = {
      start + "X: " + std::string(2000, 'x') + "\r\n\r\n",
      start + "X: " + std::string(2000, 'x'),
      "GET /" + std::string(2000, 'x'),
      chunked + "X: " + std::string(2000, 'x'),
      chunked + std::string(2000, 'x'),
      many + "\r\n",
  };
  for (const std::string& bytes : kCases) {
    for (const std::size_t step : kSteps) {
      const Parsed parsed = Parse(bytes, step);
      EXPECT_EQ(parsed.end, RequestParser::Event::kFault);
      EXPECT_EQ(parsed.fault, Refusal::kHeaderTooLarge);
    }
  }
  const std::size_t room = 1024 - start.size() - std::string("X: \r\n\r\n").size();
  EXPECT_EQ(Parse(start + "X: " + std::string(room, 'x') + "\r\n\r\n", 1).end,
            RequestParser::Event::kEnd);
  EXPECT_EQ(Parse(start + "X: " + std::string(room + 1, 'x') + "\r\n\r\n", 1).fault,
            Refusal::kHeaderTooLarge);
}

TEST(RequestParserTest, DoesNotTakeTrailersForHeaders) {
  const Parsed parsed = Parse(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Amz-Target: "
      "t\r\n\r\n",
      100'000);
  EXPECT_EQ(parsed.end, RequestParser::Event::kEnd);
  EXPECT_FALSE(parsed.request.headers.Find("x-amz-target"));
}

TEST(RequestParserTest, DecidesAboutPersistence) {
  const std::pair<const char*, bool> kCases[] = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x\r\nConnection: y , CLOSE\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
      {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
  };
  for (const auto& [bytes, keep] : kCases) EXPECT_EQ(Parse(bytes, 5).keep_alive, keep) << bytes;
}

TEST(RequestParserTest, NeverReadsPastTheRequestWhateverTheBytes) {
  const std::string seed =
      "POST /p?q HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3;e=\"f\"\r\nabc\r\n0\r\nT: "
      "u\r\n\r\n";
  constexpr std::string_view kBytes = "\r\n\t :;,0aF/\x80\x7F\"";
  for (std::size_t at = 0; at < seed.size(); ++at) {
    for (const char byte : kBytes) {
      for (const bool insert : {false, true}) {
        std::string mutated = seed;
        if (insert) {
          mutated.insert(at, 1, byte);
        } else {
          mutated[at] = byte;
        }
        const Parsed whole = Parse(mutated, 100'000);
        const Parsed single = Parse(mutated, 1);
        ASSERT_EQ(whole.end, single.end) << mutated;
        ASSERT_EQ(whole.request.body, single.request.body) << mutated;
        if (whole.end == RequestParser::Event::kEnd) {
          ASSERT_EQ(whole.rest, single.rest) << mutated;
        }
      }
    }
  }
}

}  // namespace
}  // namespace healthlake::http
