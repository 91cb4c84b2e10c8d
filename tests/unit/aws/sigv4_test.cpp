#include "healthlake/aws/sigv4.hpp"

#include <gtest/gtest.h>

#include <string>

namespace healthlake::aws {
namespace {

std::string Header(const std::string& credential) {
  return "AWS4-HMAC-SHA256 Credential=" + credential +
         ", SignedHeaders=host;x-amz-date, Signature=0123";
}

TEST(SigV4Test, TheScopeOfAHeaderGivesAccountAndRegion) {
  const auto owner = OwnerOf(Header("111122223333/20260102/eu-west-2/healthlake/aws4_request"), "");
  EXPECT_EQ(owner.account, "111122223333");
  EXPECT_EQ(owner.region, "eu-west-2");
}

TEST(SigV4Test, AnOrdinaryKeyIdGivesTheDefaultAccount) {
  const auto owner =
      OwnerOf(Header("AKIAIOSFODNN7EXAMPLE/20260102/ap-south-1/healthlake/aws4_request"), "");
  EXPECT_EQ(owner.account, "000000000000");
  EXPECT_EQ(owner.region, "ap-south-1");
}

TEST(SigV4Test, FieldsMayComeInAnyOrderAndWithoutSpaces) {
  const auto scope = FindScopeInHeader(
      "AWS4-HMAC-SHA256 SignedHeaders=host,Signature=00,Credential=k/d/us-west-2/s/aws4_request");
  ASSERT_TRUE(scope);
  EXPECT_EQ(scope->access_key_id, "k");
  EXPECT_EQ(scope->date, "d");
  EXPECT_EQ(scope->region, "us-west-2");
  EXPECT_EQ(scope->service, "s");
}

TEST(SigV4Test, APresignedQueryGivesItsScope) {
  const std::string query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
      "444455556666%2F20260102%2Fca-central-1%2Fhealthlake%2Faws4_request&X-Amz-Date=x";
  EXPECT_EQ(OwnerOf(std::nullopt, query).account, "444455556666");
  EXPECT_EQ(OwnerOf(std::nullopt, query).region, "ca-central-1");
  EXPECT_EQ(OwnerOf("Bearer token", query).region, "ca-central-1");
}

TEST(SigV4Test, AnythingElseGivesTheDefaultsAndNeverFails) {
  const core::Owner defaults;
  const std::string broken[] = {
      "",
      "Bearer x",
      "AWS4-HMAC-SHA256",
      "AWS4-HMAC-SHA256 ",
      "AWS4-HMAC-SHA256Credential=a/b/c/d/e",
      Header(""),
      Header("a"),
      Header("a/b/c/d"),
      Header("a/b/c/d/other"),
      Header("/b/us-west-2/d/aws4_request"),
      Header("a/b/US_WEST/d/aws4_request"),
      Header("a/b/us-west-2/d/aws4_request/more"),
      Header("a/b//d/aws4_request"),
      Header("12345678901é/b/../d/aws4_request"),
      std::string(10'000, ','),
      Header("a/b/" + std::string(100, 'x') + "/d/aws4_request"),
  };
  for (const std::string& text : broken) EXPECT_EQ(OwnerOf(text, ""), defaults) << text;
  for (const char* text : {"X-Amz-Credential", "X-Amz-Credential=%2", "&&&=&", "a=b"}) {
    EXPECT_EQ(OwnerOf(std::nullopt, text), defaults) << text;
  }
}

}  // namespace
}  // namespace healthlake::aws
