#include "healthlake/store/body_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using core::ErrorKind;
using support::ErrorKindOf;

struct Body {
  std::string id;
  std::string json;
};

std::vector<BodyView> Views(const std::vector<Body>& bodies) {
  std::vector<BodyView> views;
  for (const Body& body : bodies) views.push_back({body.id, body.json});
  return views;
}

void ExpectRoundTrip(const BodyCodec& codec, const std::vector<Body>& bodies) {
  BodyBlock block;
  codec.Decompress(codec.Compress(Views(bodies)), block);
  ASSERT_EQ(block.size(), bodies.size());
  for (std::size_t slot = 0; slot < bodies.size(); ++slot) {
    EXPECT_EQ(block[slot].id, bodies[slot].id);
    EXPECT_EQ(block[slot].json, bodies[slot].json);
  }
}

// An Observation as a hospital would send it; `number` makes its ids and values its own.
Body Observation(int number) {
  const std::string digits = std::to_string(100000 + number * 7919);
  const std::string id = "obs-" + digits;
  return {id, R"({"resourceType":"Observation","id":")" + id +
                  R"(","meta":{"versionId":"1","lastUpdated":"2026-03-01T10:00:)" +
                  digits.substr(4) +
                  R"(.000Z"},"status":"final","category":[{"coding":[{)"
                  R"("system":"http://terminology.hl7.org/CodeSystem/observation-category",)"
                  R"("code":"vital-signs","display":"Vital Signs"}]}],"code":{"coding":[{)"
                  R"("system":"http://loinc.org","code":")" +
                  digits.substr(1) + R"(-4","display":"Measured )" + digits +
                  R"("}]},"subject":{"reference":"Patient/p-)" + digits +
                  R"("},"encounter":{"reference":"Encounter/e-)" + digits +
                  R"("},"effectiveDateTime":"2026-02-27T09:13:)" + digits.substr(4) +
                  R"(+00:00","issued":"2026-02-27T09:13:21.000+00:00","valueQuantity":{"value":)" +
                  digits.substr(2) +
                  R"(,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}})"};
}

TEST(BodyCodecTest, ReturnsTheBodiesOfABlock) {
  const auto codec = BodyCodec::BuiltIn();
  std::vector<Body> bodies;
  for (int number = 0; number < 8; ++number) bodies.push_back(Observation(number));
  ExpectRoundTrip(*codec, bodies);
  ExpectRoundTrip(*codec, {bodies[0]});
}

TEST(BodyCodecTest, ReturnsOddBodies) {
  const auto codec = BodyCodec::BuiltIn();
  ExpectRoundTrip(*codec, {{"a", ""}});
  ExpectRoundTrip(*codec, {{"", ""}});
  ExpectRoundTrip(*codec, {{"a", ""}, Observation(1), {"b", ""}});
  ExpectRoundTrip(*codec, {{"nul", std::string("\0\0\xff", 3)}});
  ExpectRoundTrip(*codec, {{"big", std::string(3 << 20, 'x')}});
  ExpectRoundTrip(*codec, std::vector<Body>(kMaxBodiesPerBlock, Observation(3)));
}

TEST(BodyCodecTest, RefusesABlockOfNothing) {
  EXPECT_EQ(ErrorKindOf([] { BodyCodec::BuiltIn()->Compress({}); }), ErrorKind::kInternal);
}

TEST(BodyCodecTest, NoticesEveryDamageThatChangesTheShape) {
  const auto codec = BodyCodec::BuiltIn();
  const std::string whole = codec->Compress(Views({Observation(1), Observation(2)}));
  BodyBlock block;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(ErrorKindOf([&] { codec->Decompress(whole.substr(0, length), block); }),
              ErrorKind::kInternal)
        << length;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bent = whole;
    bent[at] = static_cast<char>(bent[at] ^ 0x15);
    ErrorKindOf([&] { codec->Decompress(bent, block); });  // an error or other bytes, no crash
  }
}

TEST(BodyCodecTest, NoticesAMissingDictionary) {
  const auto codec = BodyCodec::BuiltIn();
  std::string block = codec->Compress(Views({Observation(1)}));
  block[1] = 9;  // the dictionary's number
  BodyBlock into;
  EXPECT_EQ(ErrorKindOf([&] { codec->Decompress(block, into); }), ErrorKind::kInternal);
}

// Fixed by the dictionary: whoever changes it sees here what it costs.
TEST(BodyCodecTest, KeepsTheSizeThatTheDictionaryPromises) {
  const auto codec = BodyCodec::BuiltIn();
  const Body one = Observation(1);
  EXPECT_LT(codec->Compress(Views({one})).size() * 100, one.json.size() * 40);
  std::vector<Body> eight;
  std::size_t bytes = 0;
  for (int number = 0; number < 8; ++number) {
    eight.push_back(Observation(number));
    bytes += eight.back().json.size();
  }
  EXPECT_LT(codec->Compress(Views(eight)).size() * 100, bytes * 16);
}

TEST(BodyCodecTest, WorksOnManyThreads) {
  const auto codec = BodyCodec::BuiltIn();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 50; ++round) {
        ExpectRoundTrip(*codec, {Observation(thread * 100 + round), Observation(round)});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class BodyCodecFileTest : public testing::Test {
 protected:
  support::TemporaryFolder folder_;
  ConnectionBudget budget_;
  StoreFile file_{folder_ / "store.sqlite", Durability::kNormal, budget_};
};

TEST_F(BodyCodecFileTest, PutsTheDictionaryIntoTheFileOnce) {
  EXPECT_EQ(BodyCodec::Load(file_), BodyCodec::BuiltIn());
  EXPECT_EQ(BodyCodec::Load(file_), BodyCodec::BuiltIn()) << "shared, not digested again";
  constexpr static Query kCount{"count", "SELECT count(*) FROM body_dictionary"};
  EXPECT_EQ(file_.Read().connection().FindInteger(kCount), 1);
}

TEST_F(BodyCodecFileTest, ReadsAFileMadeWithAnotherDictionary) {
  BodyCodec::Load(file_);
  {
    // As if an older program had made it: other bytes, so another hash. They are a plain zstd frame
    // (magic, single segment, one raw block) of 48 bytes.
    std::string frame = "\x28\xb5\x2f\xfd";
    frame += '\x20';
    frame += '\x30';
    frame += std::string("\x81\x01\x00", 3);
    frame += R"("resourceType":"Observation","status":"final",  )";
    constexpr static Query kReplace{"replace",
                                    "UPDATE body_dictionary SET hash = 7, data = ?1 WHERE id = 1"};
    WriteTransaction transaction = file_.Write();
    transaction.connection().Run(kReplace, Blob{frame});
    transaction.Commit();
  }
  const auto codec = BodyCodec::Load(file_);
  ASSERT_NE(codec, BodyCodec::BuiltIn());
  ExpectRoundTrip(*codec, {Observation(1)});
  // Its blocks are its own: the built-in dictionary does not read them as the same bytes.
  BodyBlock block;
  const std::string bytes = codec->Compress(Views({Observation(1)}));
  codec->Decompress(bytes, block);
  EXPECT_EQ(block[0].id, Observation(1).id);
}

}  // namespace
}  // namespace healthlake::store
