#include "healthlake/aws/protocol.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "healthlake/aws/error_codec.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::aws {
namespace {

core::Timestamp At(std::int64_t milliseconds) {
  return core::Timestamp(std::chrono::milliseconds(milliseconds));
}

TEST(ProtocolTest, TimesAreEpochSecondsWithMilliseconds) {
  EXPECT_EQ(json::Write(EncodeTimestamp(At(1'603'761'064'881))), "1603761064.881");
  EXPECT_EQ(json::Write(EncodeTimestamp(At(1'603'761'064'080))), "1603761064.08");
  EXPECT_EQ(DecodeTimestamp(json::Tree(1'603'761'064.881)), At(1'603'761'064'881));
  EXPECT_EQ(DecodeTimestamp(json::Tree(1'603'761'064)), At(1'603'761'064'000));
}

TEST(ProtocolTest, EveryMillisecondSurvivesBothWays) {
  for (std::int64_t ms = 1'767'323'045'000; ms < 1'767'323'046'000; ++ms) {
    const auto text = json::Write(EncodeTimestamp(At(ms)));
    ASSERT_EQ(DecodeTimestamp(*json::ParseTree("[" + text + "]")->begin()), At(ms)) << text;
  }
}

TEST(ProtocolTest, ErrorsCarryTheBareNameAndTheMessage) {
  EXPECT_EQ(EncodeError(core::ErrorKind::kNotFound, "no \"x\""),
            R"({"__type":"ResourceNotFoundException","Message":"no \"x\""})");
  EXPECT_EQ(ShapeOf(core::ErrorKind::kInternal).status, 500);
}

TEST(ProtocolTest, ManyBrokenElementsOfAListThatIsTooLongStaySmall) {
  std::string body = R"({"ResourceARN":"arn:aws:healthlake:us-east-1:000000000000:datastore/fhir/)"
                     R"(00000000000000000000000000000001","TagKeys":[)";
  for (int i = 0; i < 100'000; ++i) body += i == 0 ? "\"\"" : ",\"\"";
  body += "]}";
  try {
    DecodeInput(OperationId::kUntagResource, body);
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kInvalid);
    EXPECT_LT(std::string(error.what()).size(), 40'000U);
    EXPECT_TRUE(std::string(error.what()).starts_with("201 validation errors detected: "));
  }
}

TEST(ProtocolTest, DeepNestingIsRefusedInsteadOfFollowed) {
  const std::string body = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_THROW(DecodeInput(OperationId::kListFHIRDatastores, body), core::Error);
}

}  // namespace
}  // namespace healthlake::aws
