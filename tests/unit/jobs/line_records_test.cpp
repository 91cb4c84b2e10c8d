#include "jobs/line_records.hpp"

#include <gtest/gtest.h>

namespace healthlake::jobs {
namespace {

TEST(LineRecordsTest, SeparatesRecordsByLineBreaks) {
  datastore::LineOutcome line{
      .line = 1, .status = 201, .type = "Patient", .id = "p-1", .issues = {}};
  std::string out;
  AppendSuccessRecord(out, true, line);
  line.line = 12;
  line.status = 200;
  AppendSuccessRecord(out, false, line);
  EXPECT_EQ(
      out,
      "{\"lineId\":1,\"resourceType\":\"Patient\",\"resourceId\":\"p-1\",\"statusCode\":201}\n"
      "{\"lineId\":12,\"resourceType\":\"Patient\",\"resourceId\":\"p-1\",\"statusCode\":200}");
}

TEST(LineRecordsTest, TellsEachFaultOfARefusedLine) {
  const datastore::LineOutcome line{
      .line = 3,
      .status = 400,
      .type = {},
      .id = {},
      .issues = {{core::Severity::kError, "structure", "Unrecognised property 'x\"y'", "Patient"},
                 {core::Severity::kWarning, "value", "odd", ""}}};
  std::string out;
  AppendOutcomeRecord(out, true, line);
  EXPECT_TRUE(
      out.starts_with("{\"lineId\":3,\"UpdateResourceResponse\":{\"jsonBlob\":{"
                      "\"resourceType\":\"OperationOutcome\","));
  EXPECT_TRUE(out.ends_with("},\"statusCode\":400}}"));
  EXPECT_NE(out.find("\"code\":\"processing\",\"diagnostics\":\"Unrecognised property 'x\\\"y'\""),
            std::string::npos);
  EXPECT_EQ(out.find("structure"), std::string::npos);
}

TEST(LineRecordsTest, NeverWritesAnOutcomeWithoutAnError) {
  std::string out;
  AppendOutcomeRecord(out, true, {.line = 1, .status = 400, .type = {}, .id = {}, .issues = {}});
  EXPECT_NE(out.find("\"severity\":\"error\""), std::string::npos);
}

}  // namespace
}  // namespace healthlake::jobs
