#include "healthlake/http/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/field.hpp"

namespace healthlake::http {
namespace {

using ::testing::ElementsAre;

TEST(HeadersTest, FindsNamesWithoutCaseInTheOrderReceived) {
  Headers headers;
  headers.Add("Accept", "a");
  headers.Add("Host", "h");
  headers.Add("ACCEPT", "b");
  EXPECT_EQ(headers.Find("accept"), "a");
  EXPECT_THAT(headers.FindAll("aCCept"), ElementsAre("a", "b"));
  EXPECT_EQ(headers.Find("missing"), std::nullopt);
  headers.Set("accept", "c");
  EXPECT_THAT(headers.FindAll("Accept"), ElementsAre("c"));
  EXPECT_EQ(headers.Find("host"), "h");
}

TEST(HeadersTest, FindsElementsOfLists) {
  Headers headers;
  headers.Add("Connection", " , keep-alive ,,x");
  headers.Add("connection", "Close");
  EXPECT_TRUE(HasElement(headers, "Connection", "close"));
  EXPECT_TRUE(HasElement(headers, "Connection", "KEEP-ALIVE"));
  EXPECT_FALSE(HasElement(headers, "Connection", "keep"));
}

TEST(MethodTest, NamesAndReadsMethods) {
  for (const char* name : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(NameOf(MethodOf(name)), name);
  }
  EXPECT_EQ(MethodOf("get"), Method::kOther);
  EXPECT_EQ(MethodOf("OTHER"), Method::kOther);
  EXPECT_EQ(MethodOf("TRACE"), Method::kOther);
}

}  // namespace
}  // namespace healthlake::http
