#include "aws/model/table.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>
#include <string>

#include "aws/pattern.hpp"
#include "healthlake/aws/error_codec.hpp"

namespace healthlake::aws {
namespace {

TEST(ModelTableTest, HoldsTheThirteenOperationsWithStructuresInAndOut) {
  EXPECT_EQ(kOperationCount, 13U);
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    const model::OperationRow& row = model::RowOf(static_cast<OperationId>(i));
    EXPECT_EQ(row.name, kOperationNames[i]);
    EXPECT_EQ(model::ShapeAt(row.input).name, std::string(row.name) + "Request");
    EXPECT_EQ(model::ShapeAt(row.output).name, std::string(row.name) + "Response");
    EXPECT_EQ(model::ShapeAt(row.input).kind, model::Kind::kStructure);
  }
}

TEST(ModelTableTest, EveryPatternCompiles) {
  for (std::size_t i = 0; i < model::Patterns().size(); ++i) {
    const std::string text(model::Patterns()[i].re2);
    EXPECT_TRUE(re2::RE2(text).ok()) << text;
    EXPECT_NO_THROW(MatchesPattern(static_cast<int>(i), ""));
  }
}

TEST(ModelTableTest, ConstraintsOfKnownShapesAreTheModels) {
  const auto shapes = model::Shapes();
  const auto find = [&](std::string_view name) {
    return *std::find_if(shapes.begin(), shapes.end(), [&](auto& s) { return s.name == name; });
  };
  EXPECT_EQ(find("DatastoreName").min, 1);
  EXPECT_EQ(find("DatastoreName").max, 256);
  EXPECT_EQ(find("LambdaArn").min, 49);
  EXPECT_EQ(find("MaxResultsInteger").max, 500);
  EXPECT_TRUE(find("OutputDataConfig").is_union);
  EXPECT_EQ(model::EnumValuesOf(find("JobStatus")).size(), 10U);
  EXPECT_EQ(model::MembersOf(find("StartFHIRImportJobRequest")).size(), 7U);
  EXPECT_EQ(model::MembersOf(find("TagResourceResponse")).size(), 0U);
}

TEST(ModelTableTest, TheErrorCodecAgreesWithEveryModelledException) {
  for (const model::ExceptionRow& row : model::Exceptions()) {
    const auto* found = std::find_if(kErrorShapes.begin(), kErrorShapes.end(),
                                     [&](const ErrorShape& s) { return s.name == row.name; });
    ASSERT_NE(found, kErrorShapes.end()) << row.name;
    EXPECT_EQ(found->status, row.status) << row.name;
  }
}

struct PatternCase {
  std::string_view shape;
  std::string_view text;
  bool matches;
};

TEST(ModelTableTest, AdaptedPatternsKeepTheirMeaning) {
  const PatternCase cases[] = {
      {"String", "any \n text \xCC\x81", true},
      {"NextToken", std::string_view("a\0b\x7F", 4), true},
      {"NextToken", "\xC3\xA9", false},
      {"EncryptionKeyID", "alias/my:key/a_b-c", true},
      {"EncryptionKeyID", "key/a_b-c", true},
      {"EncryptionKeyID", "us-east-1:123456789012:key/x", true},
      {"EncryptionKeyID", "arn:aws:kms:us-gov-west-1:123456789012:x", true},
      {"EncryptionKeyID", "a b", false},
      {"S3Uri", "s3://abc", true},
      {"S3Uri", "s3://ab", false},
      {"S3Uri", "s3://abc/any thing/é", true},
      {"S3Uri", "s3://Abc/", false},
      {"LambdaArn", "arn:aws:lambda:us-east-1:123456789012:function:auth:$LATEST", true},
      {"LambdaArn", "arn:aws:lambda:us-east-1:123456789012:function:auth:", false},
      {"IamRoleArn", "arn:aws-cn:iam::123456789012:role/path/name", true},
      {"IamRoleArn", "arn:aws:iam::12345678901:role/x", false},
      {"AmazonResourceName",
       "arn:aws:healthlake:eu-west-2:123456789012:datastore/fhir/0123456789abcdef0123456789abcdef",
       true},
      {"AmazonResourceName",
       "arn:aws:healthlake:eu-west-2:123456789012:datastore/fhir/0123456789abcdef0123456789abcde",
       false},
      {"TagKey", "a%", false},
      {"DatastoreName", "a%", true},
      {"DatastoreName", "", true},
  };
  for (const PatternCase& c : cases) {
    const auto shapes = model::Shapes();
    const auto found =
        std::find_if(shapes.begin(), shapes.end(), [&](auto& s) { return s.name == c.shape; });
    ASSERT_NE(found, shapes.end()) << c.shape;
    EXPECT_EQ(MatchesPattern(found->pattern, c.text), c.matches) << c.shape << ": " << c.text;
  }
}

}  // namespace
}  // namespace healthlake::aws
