#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kKey = "x-amz-fhir-idempotency-key";
constexpr const char* kUuid = "0f9c3f8e-5d3b-4a8e-9a77-000000000001";

// Both modes: the documents of HealthLake say nothing about If-None-Exist.
class ConditionalCreateTest : public RestTest,
                              public ::testing::WithParamInterface<fhir::SearchRules> {
 protected:
  ConditionalCreateTest() { UseRules(GetParam()); }

  http::Response PostUnless(const std::string& criteria, std::vector<http::Header> more = {}) {
    more.push_back({"If-None-Exist", criteria});
    return Post("/r4/Patient", Patient("ignored", "New"), std::move(more));
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, ConditionalCreateTest,
                         ::testing::Values(fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4));

TEST_P(ConditionalCreateTest, CreatesWhenNothingMatches) {
  EXPECT_EQ(PostUnless("family=New").status, 201);
  EXPECT_EQ(Get("/r4/Patient/ignored").status, 404);
}

TEST_P(ConditionalCreateTest, AnswersWithTheOneThatMatches) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  for (const char* criteria : {"family=Old", "?family=Old", "Patient?family=Old",
                               "_id=p1&family=old&_format=json", "family=Ol%64"}) {
    const http::Response response = PostUnless(criteria);
    EXPECT_EQ(response.status, 200) << criteria;
    EXPECT_EQ(HeaderOf(response, "ETag"), "W/\"2\"");
    EXPECT_EQ(HeaderOf(response, "Location"), std::string(kBase) + "/Patient/p1/_history/2");
    EXPECT_THAT(response.body, HasSubstr("\"Old\""));
  }
  EXPECT_EQ(Get("/r4/Patient?family=New&_total=accurate").body.find("\"entry\""),
            std::string::npos);
}

TEST_P(ConditionalCreateTest, RefusesWhenSeveralMatch) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  Put("/r4/Patient/p2", Patient("p2", "Old"));
  EXPECT_EQ(PostUnless("family=Old").status, 412);
}

TEST_P(ConditionalCreateTest, DoesNotCountWhatIsDeleted) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  Remove("/r4/Patient/p1");
  EXPECT_EQ(PostUnless("family=Old").status, 201);
}

TEST_P(ConditionalCreateTest, RefusesCriteriaThatAreNone) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  for (const char* criteria :
       {"", "?", "_format=json", "famly=Old", "family=Old&nonsense=1", "family:exakt=Old",
        "family=Old&_count=1", "family=Old&_sort=family", "family=Old&page=x", "_total=accurate",
        "family=%zz", "birthdate=never"}) {
    // Whatever Prefer says: a parameter that is left out would widen the criteria.
    EXPECT_EQ(PostUnless(criteria, {{"Prefer", "handling=lenient"}}).status, 400) << criteria;
  }
}

TEST_P(ConditionalCreateTest, ShowsAsMuchAsPreferSays) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  EXPECT_EQ(PostUnless("family=Old", {{"Prefer", "return=minimal"}}).body, "");
  EXPECT_THAT(PostUnless("family=Old", {{"Prefer", "return=OperationOutcome"}}).body,
              HasSubstr("OperationOutcome"));
}

TEST_P(ConditionalCreateTest, ChecksTheBodyWhateverMatches) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  EXPECT_EQ(Post("/r4/Patient", R"({"resourceType":"Patient","nme":1})",
                 {{"If-None-Exist", "family=Old"}})
                .status,
            400);
}

// Reference 4.4, 4.5.
TEST_P(ConditionalCreateTest, MakesOneResourceOfAnIdempotencyKey) {
  const http::Response first = Post("/r4/Patient", Patient("x", "Once"), {{kKey, kUuid}});
  ASSERT_EQ(first.status, 201);
  std::string upper(kUuid);
  upper[3] = 'C';
  for (const std::string& key : {std::string(kUuid), upper}) {
    const http::Response again = Post("/r4/Patient", Patient("x", "Twice"), {{kKey, key}});
    EXPECT_EQ(again.status, 409);
    EXPECT_THAT(again.body, HasSubstr("\"code\":\"duplicate\""));
    EXPECT_THAT(again.body,
                HasSubstr("A resource is already created using the provided idempotency Key"));
    const std::string location = HeaderOf(again, "Location");
    ASSERT_THAT(location, StartsWith(std::string(kBase) + "/Patient/"));
    const std::string path = location.substr(location.find("/r4/"));
    EXPECT_THAT(Get(path).body, HasSubstr("Once"));
    EXPECT_THAT(first.body, HasSubstr('"' + path.substr(path.rfind('/') + 1) + '"'));
  }
  EXPECT_EQ(
      Post("/r4/Patient", Patient("x"), {{kKey, "0f9c3f8e-5d3b-4a8e-9a77-000000000002"}}).status,
      201);
}

TEST_P(ConditionalCreateTest, ForgetsTheKeyOfACreateThatFailed) {
  EXPECT_EQ(Post("/r4/Patient", R"({"resourceType":"Patient","nme":1})", {{kKey, kUuid}}).status,
            400);
  EXPECT_EQ(Post("/r4/Patient", Patient("x"), {{kKey, kUuid}}).status, 201);
}

TEST_P(ConditionalCreateTest, RefusesKeysThatAreNoUuid) {
  for (const char* key :
       {"", "1", "0f9c3f8e5d3b4a8e9a77000000000001", "0f9c3f8e-5d3b-4a8e-9a77-00000000000g",
        "0f9c3f8e-5d3b-4a8e-9a77-0000000000011", "{0f9c3f8e-5d3b-4a8e-9a77-000000000001}"}) {
    const http::Response response = Post("/r4/Patient", Patient("x"), {{kKey, key}});
    EXPECT_EQ(response.status, 400) << key;
    EXPECT_THAT(response.body, HasSubstr("must be a UUID")) << key;
  }
}

// Many at once, each in a thread of its own; returns how often each of the statuses came.
class ConditionalRaceTest : public ConditionalCreateTest {
 protected:
  static constexpr int kCallers = 8;

  std::vector<int> PostAtOnce(const http::Header& header) {
    std::array<int, kCallers> statuses{};
    {
      std::vector<std::jthread> callers;
      for (int& status : statuses) {
        callers.emplace_back(
            [&] { status = Post("/r4/Patient", Patient("x", "Race"), {header}).status; });
      }
    }
    std::vector<int> sorted(statuses.begin(), statuses.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, ConditionalRaceTest,
                         ::testing::Values(fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4));

TEST_P(ConditionalRaceTest, LetsOneOfManyCreate) {
  for (int round = 0; round < 4; ++round) {
    const std::string criteria = "family=Race&_tag:not=" + std::to_string(round);
    std::vector<int> expected(kCallers, 200);
    if (round == 0) expected.back() = 201;
    EXPECT_EQ(PostAtOnce({"If-None-Exist", criteria}), expected);
  }
  EXPECT_THAT(Get("/r4/Patient?family=Race&_total=accurate").body, HasSubstr("\"total\":1"));
}

TEST_P(ConditionalRaceTest, LetsOneOfManyUseAnIdempotencyKey) {
  std::vector<int> expected(kCallers, 409);
  expected.front() = 201;
  EXPECT_EQ(PostAtOnce({kKey, kUuid}), expected);
  EXPECT_THAT(Get("/r4/Patient?family=Race&_total=accurate").body, HasSubstr("\"total\":1"));
}

}  // namespace
}  // namespace healthlake::rest
