#include <gtest/gtest.h>

#include "healthlake/core/error.hpp"
#include "healthlake/objects/object_storage.hpp"

namespace healthlake::objects {
namespace {

TEST(ObjectUri, HasBucketAndKey) {
  EXPECT_EQ(ParseObjectUri("s3://bucket/a/b.ndjson"), (ObjectUri{"bucket", "a/b.ndjson"}));
  EXPECT_EQ(ParseObjectUri("s3://bucket/"), (ObjectUri{"bucket", ""}));
  EXPECT_EQ(ParseObjectUri("s3://bucket"), (ObjectUri{"bucket", ""}));
  EXPECT_EQ(ParseObjectUri("s3://my.bucket-1/ a//../?x"), (ObjectUri{"my.bucket-1", " a//../?x"}));
  EXPECT_EQ(ParseObjectUri("s3://bucket/a").text(), "s3://bucket/a");
}

TEST(ObjectUri, RefusesWhatIsNoBucketName) {
  for (const char* text : {"", "s3:/", "s3://", "s3:///key", "s3://ab/key", "S3://bucket/key",
                           "s3://Bucket/k", "s3://-bucket/k", "s3://bucket./k", "s3://../k",
                           "s3://buck_et/k", "file:///etc", "bucket/key", "https://bucket/key"}) {
    try {
      ParseObjectUri(text);
      ADD_FAILURE() << text;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::kInvalid);
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos);
    }
  }
  EXPECT_THROW(ParseObjectUri("s3://" + std::string(64, 'a')), core::Error);
  EXPECT_NO_THROW(ParseObjectUri("s3://" + std::string(63, 'a')));
}

}  // namespace
}  // namespace healthlake::objects
