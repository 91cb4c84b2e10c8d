#include "http/request_log.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace healthlake::http {
namespace {

TEST(RequestLogTest, ShowsNamesOfParametersAndNeverValues) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "/p"},
      {"name=Smith&birthdate=ge1970", "/p?name=&birthdate="},
      {"name:exact=Smith", "/p?name:exact="},
      {"Smith", "/p?"},
      {"a=1&Smith&b=2", "/p?a=&&b="},
      {"a=b=c", "/p?a="},
      {"=Smith", "/p?="},
      {"&", "/p?"},
  };
  for (const auto& [query, expected] : kCases) {
    Request request;
    request.path = "/p";
    request.query = query;
    EXPECT_EQ(LoggedTarget(request), expected);
    EXPECT_EQ(LoggedTarget(request).find("Smith"), std::string::npos);
  }
}

TEST(RequestLogTest, CutsLongTexts) {
  Request request;
  request.path = "/" + std::string(1000, 'x');
  EXPECT_EQ(LoggedTarget(request).size(), 259U);
  request.path = "/p";
  for (int i = 0; i < 1000; ++i) request.query += "name=value&";
  EXPECT_LE(LoggedTarget(request).size(), 259U);
}

}  // namespace
}  // namespace healthlake::http
