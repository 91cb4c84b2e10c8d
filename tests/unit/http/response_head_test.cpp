// The bytes of an answer's head.
#include "http/response_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace healthlake::http {
namespace {

HeadFacts Facts(BodyForm form) {
  HeadFacts facts;
  facts.form = form;
  facts.content_length = 7;
  facts.request_id = "id";
  facts.date = "today";
  return facts;
}

std::string HeadOf(const Response& response, const HeadFacts& facts) {
  std::string head;
  AppendHead(head, response, facts);
  return head;
}

constexpr const char* kCommon =
    "x-amzn-requestid: id\r\nDate: today\r\nServer: healthlake-local\r\n";

TEST(ResponseHeadTest, WritesTheApplicationsFieldsThenOurs) {
  Response response;
  response.headers.Add("X-B", "1");
  response.headers.Add("X-A", "2");
  EXPECT_EQ(HeadOf(response, Facts(BodyForm::kLength)), "HTTP/1.1 200 OK\r\nX-B: 1\r\nX-A: 2\r\n" +
                                                            std::string(kCommon) +
                                                            "Content-Length: 7\r\n\r\n");
}

TEST(ResponseHeadTest, SaysHowTheContentEndsAndWhetherTheConnectionStays) {
  Response response;
  response.status = 429;
  const std::string start = "HTTP/1.1 429 Too Many Requests\r\n" + std::string(kCommon);
  EXPECT_EQ(HeadOf(response, Facts(BodyForm::kNone)), start + "\r\n");
  HeadFacts facts = Facts(BodyForm::kChunked);
  EXPECT_EQ(HeadOf(response, facts), start + "Transfer-Encoding: chunked\r\n\r\n");
  facts.keep_alive = false;
  EXPECT_EQ(HeadOf(response, facts),
            start + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  facts = Facts(BodyForm::kUntilClose);
  facts.minor_version = 0;
  EXPECT_EQ(HeadOf(response, facts), start + "Connection: keep-alive\r\n\r\n");
}

TEST(ResponseHeadTest, LeavesOutAFieldThatIsTooLong) {
  Response response;
  response.headers.Add("X-Long", std::string(70'000, 'x'));
  response.headers.Add("X-Short", "s");
  const std::string head = HeadOf(response, Facts(BodyForm::kLength));
  EXPECT_EQ(head.find("X-Long"), std::string::npos);
  EXPECT_NE(head.find("X-Short: s\r\n"), std::string::npos);
}

TEST(ResponseHeadTest, StartsAChunkWithItsSize) {
  std::string out;
  AppendChunkStart(out, 0x1aF);
  AppendChunkStart(out, 0);
  EXPECT_EQ(out, "1af\r\n0\r\n");
}

}  // namespace
}  // namespace healthlake::http
