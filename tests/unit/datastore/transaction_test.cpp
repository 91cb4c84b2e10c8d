// Many writes in one transaction: what it sees of itself, what others see of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "datastore_fixture.hpp"
#include "support/expect_error.hpp"

namespace healthlake::datastore {
namespace {

constexpr const char* kGenders[] = {"male", "female", "other", "unknown"};

std::string Patient(std::string_view id, std::string_view gender, int number = 0) {
  return R"({"resourceType":"Patient","id":")" + std::string(id) + R"(","gender":")" +
         std::string(gender) + R"(","name":[{"family":"Family)" + std::to_string(number) +
         R"("}],"identifier":[{"system":"http://ids.example","value":")" + std::string(id) +
         R"("}]})";
}

class TransactionTest : public DatastoreTest {
 protected:
  WriteResult PutIn(Writing& writing, const std::string& text,
                    const Precondition& precondition = {}) {
    const json::Document document = Parsed(text);
    const std::string id(document.root().Find("id")->string());
    const auto draft =
        store_->Prepare({TypeNamed("Patient"), WriteMethod::kPut, id, kStrict}, document.root());
    return writing.Put(*draft, precondition);
  }

  // The ids that match, sorted, joined by spaces.
  std::string IdsIn(View& view, std::string_view text) {
    fhir::SearchQuery query = Query("Patient", text);
    query.count = 10'000;
    query.total = fhir::SearchTotal::kAccurate;
    const SearchPage page = view.Search(query, {});
    EXPECT_EQ(page.total, page.entries.size());
    std::set<std::string> ids;
    for (const SearchEntry& match : page.entries) ids.insert(match.id);
    std::string joined;
    for (const std::string& id : ids) joined += (joined.empty() ? "" : " ") + id;
    return joined;
  }
};

TEST_F(TransactionTest, AResourceWrittenTwiceHasTwoVersions) {
  const auto writing = store_->BeginWrite({});
  EXPECT_EQ(PutIn(*writing, Patient("a", "male")).stored.version, 1U);
  const WriteResult second = PutIn(*writing, Patient("a", "female"));
  EXPECT_EQ(second.stored.version, 2U);
  EXPECT_EQ(second.kind, WriteKind::kUpdated);
  EXPECT_EQ(IdsIn(*writing, "gender=male"), "");
  EXPECT_EQ(IdsIn(*writing, "gender=female"), "a");
  EXPECT_EQ(writing->Delete(TypeNamed("Patient"), "a", {}).tombstone->version, 3U);
  EXPECT_EQ(PutIn(*writing, Patient("a", "male")).stored.version, 4U);
  writing->Commit();
  HistoryQuery query;
  std::vector<std::uint64_t> versions;
  for (const HistoryItem& item : store_->History(query, {}).items) {
    versions.push_back(item.stored.version);
  }
  EXPECT_THAT(versions, testing::ElementsAre(4, 3, 2, 1));
  EXPECT_EQ(Ids("Patient", "gender=male"), "a");
  EXPECT_EQ(Ids("Patient", "gender=female"), "");
  EXPECT_NE(store_->FindVersion(TypeNamed("Patient"), "a", 1)->json.find("male"),
            std::string::npos);
}

TEST_F(TransactionTest, SeesItsOwnWritesAndOthersDoNot) {
  Put(Patient("old", "male"));
  auto writing = store_->BeginWrite({});
  for (int number = 0; number < 200; ++number) {
    PutIn(*writing, Patient("n" + std::to_string(number), kGenders[number % 4], number));
  }
  writing->Delete(TypeNamed("Patient"), "old", {});
  EXPECT_TRUE(writing->Find(TypeNamed("Patient"), "old")->deleted);
  EXPECT_NE(writing->Find(TypeNamed("Patient"), "n7")->json.find("Family7"), std::string::npos);
  EXPECT_EQ(IdsIn(*writing, "family:exact=Family7&gender=unknown"), "n7");
  EXPECT_EQ(writing->Search(Query("Patient", "gender=other"), {}).entries.size(), 50U);
  std::thread([&] {
    EXPECT_EQ(IdsIn(*store_, ""), "old");
    EXPECT_FALSE(store_->Find(TypeNamed("Patient"), "n7"));
  }).join();
  writing->Commit();
  EXPECT_EQ(IdsIn(*store_, "family:exact=Family7"), "n7");
  EXPECT_EQ(IdsIn(*store_, "_id=old"), "");
  writing.reset();
  Open();
  EXPECT_EQ(IdsIn(*store_, "family:exact=Family7,Family9&gender=unknown,female"), "n7 n9");
}

TEST_F(TransactionTest, LeavesNothingWhenItIsNotCommitted) {
  Put(Patient("a", "male"));
  {
    const auto writing = store_->BeginWrite({});
    for (int number = 0; number < 100; ++number) {
      PutIn(*writing, Patient("n" + std::to_string(number), "female", number));
    }
    PutIn(*writing, Patient("a", "female"));
    EXPECT_EQ(IdsIn(*writing, "gender=female&_id=a,n99"), "a n99");
  }
  EXPECT_EQ(Ids("Patient", ""), "a");
  EXPECT_EQ(Ids("Patient", "gender=male"), "a");
  EXPECT_EQ(store_->Find(TypeNamed("Patient"), "a")->version, 1U);
}

// Against a map, with reads in between, which make the transaction write what it holds back.
TEST_F(TransactionTest, AgreesWithAModelUnderRandomTransactions) {
  std::mt19937 random(3);
  std::map<std::string, std::string> model;
  const auto expected = [&](const std::string& gender) {
    std::string joined;
    for (const auto& [id, value] : model) {
      if (value == gender) joined += (joined.empty() ? "" : " ") + id;
    }
    return joined;
  };
  for (int round = 0; round < 30; ++round) {
    const auto writing = store_->BeginWrite({});
    const auto before = model;
    const std::size_t writes = random() % 8 == 0 ? 150 : random() % 20;
    for (std::size_t write = 0; write < writes; ++write) {
      const std::string id = "p" + std::to_string(random() % 60);
      if (random() % 4 == 0) {
        writing->Delete(TypeNamed("Patient"), id, {});
        model.erase(id);
      } else {
        model[id] = kGenders[random() % 4];
        PutIn(*writing, Patient(id, model[id], static_cast<int>(random() % 5)));
      }
      if (random() % 10 == 0) {
        const std::string gender = kGenders[random() % 4];
        ASSERT_EQ(IdsIn(*writing, "gender=" + gender), expected(gender));
      }
    }
    if (random() % 5 == 0) {
      model = before;
    } else {
      writing->Commit();
    }
  }
  for (const char* gender : kGenders) {
    EXPECT_EQ(Ids("Patient", "gender=" + std::string(gender)), expected(gender));
  }
  store_->Maintain({});
  Open();
  for (const char* gender : kGenders) {
    EXPECT_EQ(Ids("Patient", "gender=" + std::string(gender)), expected(gender));
  }
}

TEST_F(TransactionTest, ReadersNeverSeeHalfOfOne) {
  constexpr int kGenerations = 25;
  constexpr std::size_t kMembers = 10;
  std::atomic<bool> done{false};
  std::atomic<int> looks{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      int last = 0;
      while (!done) {
        const SearchPage page = store_->Search(Query("Patient", ""), {});
        if (page.entries.empty()) continue;
        ASSERT_EQ(page.entries.size(), kMembers);
        std::set<std::string> generations;
        for (const SearchEntry& match : page.entries) {
          const std::size_t at = match.json.find("Family") + 6;
          generations.insert(match.json.substr(at, match.json.find('"', at) - at));
        }
        ASSERT_EQ(generations.size(), 1U);
        const int generation = std::stoi(*generations.begin());
        ASSERT_GE(generation, last);
        last = generation;
        ASSERT_TRUE(page.entries.size() == kMembers);
        ++looks;
      }
    });
  }
  for (int generation = 1; generation <= kGenerations; ++generation) {
    const auto writing = store_->BeginWrite({});
    for (std::size_t member = 0; member < kMembers; ++member) {
      PutIn(*writing, Patient("m" + std::to_string(member), "male", generation));
    }
    writing->Commit();
  }
  while (looks == 0) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(TransactionTest, OneOfManyWritersWinsEachRound) {
  constexpr int kWriters = 32;
  constexpr std::uint64_t kRounds = 4;
  Put(Patient("a", "male"));
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        const auto kind = support::ErrorKindOf(
            [&] { Put(Patient("a", "female", writer), {.if_match = {round}}); });
        if (!kind) ++won;
        if (kind == core::ErrorKind::kPreconditionFailed) ++lost;
      });
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, kWriters - 1);
    EXPECT_EQ(store_->Find(TypeNamed("Patient"), "a")->version, round + 1);
  }
}

TEST_F(TransactionTest, WritersOfTheSameResourcesAllComeThrough) {
  constexpr int kWriters = 4;
  constexpr int kTransactions = 8;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int number = 0; number < kTransactions; ++number) {
        const auto writing = store_->BeginWrite({});
        // Half of them upwards, half of them downwards.
        for (int step = 0; step < 5; ++step) {
          const int member = writer % 2 == 0 ? step : 4 - step;
          PutIn(*writing, Patient("m" + std::to_string(member), "male", writer));
        }
        writing->Commit();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  std::set<std::string> families;
  for (int member = 0; member < 5; ++member) {
    const auto found = store_->Find(TypeNamed("Patient"), "m" + std::to_string(member));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->version, static_cast<std::uint64_t>(kWriters * kTransactions));
    const std::size_t at = found->json.find("Family");
    families.insert(found->json.substr(at, 7));
  }
  EXPECT_EQ(families.size(), 1U) << "the last transaction wrote all of them";
}

}  // namespace
}  // namespace healthlake::datastore
