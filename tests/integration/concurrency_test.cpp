// Many clients at once, an import and an export among them: what the thread sanitizer looks at.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "running_app.hpp"

namespace healthlake::support {
namespace {

std::string Patient(const std::string& id, int round) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","active":true,"multipleBirthInteger":)" +
         std::to_string(round) + "}";
}

TEST(ConcurrencyTest, WritersReadersAndJobsOfOneStoreDoNotDisturbEachOther) {
  constexpr int kWriters = 4;
  constexpr int kRounds = 25;
  RunningApp app;
  const std::string store = app.CreateStore();
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += Patient("i" + std::to_string(i), i) + "\n";
  app.PutObject("in/p.ndjson", lines);

  std::atomic<int> wrong{0};
  const auto expect = [&](bool good) { wrong += good ? 0 : 1; };
  std::vector<std::thread> threads;
  threads.emplace_back([&] { expect(app.Import(store).at("JobStatus") == "COMPLETED"); });
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      const std::string id = "w" + std::to_string(w);
      for (int round = 1; round <= kRounds; ++round) {
        const RawAnswer put = app.Fhir("PUT", store, "/Patient/" + id, Patient(id, round));
        expect(put.status == (round == 1 ? 201 : 200));
        const Json read = Json::parse(app.Fhir("GET", store, "/Patient/" + id).body);
        expect(read.at("meta").at("versionId") == std::to_string(round));
        expect(read.at("multipleBirthInteger") == round);
      }
    });
  }
  threads.emplace_back([&] {
    for (int round = 0; round < kRounds; ++round) {
      const std::uint64_t total = app.Total(store, "Patient?active=true");
      expect(total <= 2000 + kWriters);
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(app.Total(store, "Patient?active=true"), 2000U + kWriters);
  EXPECT_EQ(app.Total(store, "Patient"), 2000U + kWriters);
}

TEST(ConcurrencyTest, ExactlyOneOfManyWinsWithIfMatch) {
  constexpr int kClients = 32;
  RunningApp app;
  const std::string store = app.CreateStore();
  const std::string path = "/datastore/" + store + "/r4/Patient/p";
  ASSERT_EQ(app.Fhir("PUT", store, "/Patient/p", Patient("p", 0)).status, 201);
  for (int version = 1; version <= 5; ++version) {
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::vector<std::thread> threads;
    for (int c = 0; c < kClients; ++c) {
      threads.emplace_back([&, c] {
        const RawAnswer answer = app.Send("PUT", path, Patient("p", c),
                                          "Content-Type: application/fhir+json\r\nIf-Match: W/\"" +
                                              std::to_string(version) + "\"\r\n");
        won += answer.status == 200 ? 1 : 0;
        lost += answer.status == 412 ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, kClients - 1);
  }
}

TEST(ConcurrencyTest, StoresComeAndGoWhileOthersWork) {
  RunningApp app;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        const std::string store = app.CreateStore();
        wrong += app.Fhir("PUT", store, "/Patient/p", Patient("p", round)).status != 201;
        wrong += app.Total(store, "Patient") != 1;
        app.AwsOk("DeleteFHIRDatastore", {{"DatastoreId", store}});
        wrong += app.Fhir("GET", store, "/Patient/p").status != 404;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace healthlake::support
