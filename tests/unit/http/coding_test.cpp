#include "http/coding.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace healthlake::http {
namespace {

Headers With(std::string_view name, std::initializer_list<const char*> values) {
  Headers headers;
  for (const char* value : values) headers.Add(name, value);
  return headers;
}

TEST(CodingTest, PrefersGzipByItsWeight) {
  const std::pair<const char*, bool> kCases[] = {
      {"gzip", true},
      {"GZIP", true},
      {"x-gzip", true},
      {"deflate, gzip;q=0.5", true},
      {"gzip, deflate, br", true},
      {"gzip;q=0", false},
      {"gzip;q=0.000", false},
      {"gzip ; q=0.001", true},
      {"gzip;Q=1.000", true},
      {"gzip;q=1.001", false},
      {"gzip;q=x", false},
      {"gzip;q=", false},
      {"gzip;level=9", false},
      {"*", true},
      {"*;q=0", false},
      {"*, gzip;q=0", false},
      {"identity", false},
      {"identity, gzip;q=0.5", false},
      {"identity;q=0.5, gzip", true},
      {"identity;q=0, *", true},
      {"deflate", false},
      {"gzipped", false},
      {"", false},
  };
  for (const auto& [value, expected] : kCases) {
    EXPECT_EQ(PrefersGzip(With("Accept-Encoding", {value})), expected) << value;
  }
  EXPECT_FALSE(PrefersGzip(Headers()));
  EXPECT_TRUE(PrefersGzip(With("accept-encoding", {"br", "gzip"})));
}

TEST(CodingTest, KnowsWhatABodyIsCodedWith) {
  EXPECT_EQ(BodyCoding(Headers()), Coding::kIdentity);
  const std::pair<const char*, std::optional<Coding>> kCases[] = {
      {"gzip", Coding::kGzip},   {"X-GZip", Coding::kGzip},         {"identity", Coding::kIdentity},
      {"", Coding::kIdentity},   {"identity, gzip", Coding::kGzip}, {"gzip, gzip", std::nullopt},
      {"deflate", std::nullopt}, {"gzip, br", std::nullopt},        {"aws-chunked", std::nullopt},
  };
  for (const auto& [value, expected] : kCases) {
    EXPECT_EQ(BodyCoding(With("Content-Encoding", {value})), expected) << value;
  }
  EXPECT_EQ(BodyCoding(With("Content-Encoding", {"gzip", "gzip"})), std::nullopt);
}

TEST(CodingTest, KnowsWhichTypesShrink) {
  const std::pair<const char*, bool> kCases[] = {
      {"application/json", true},
      {"application/fhir+json; charset=utf-8", true},
      {"application/x-amz-json-1.0", true},
      {"application/fhir+ndjson", true},
      {"Text/HTML", true},
      {"application/xml", true},
      {"image/png", false},
      {"application/octet-stream", false},
      {"", false},
  };
  for (const auto& [type, expected] : kCases) EXPECT_EQ(IsCompressible(type), expected) << type;
}

}  // namespace
}  // namespace healthlake::http
