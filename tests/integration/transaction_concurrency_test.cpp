// Many clients that write by transactions at once, and readers among them: nobody waits for ever,
// nobody sees half of anything. The thread sanitizer looks at it too.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "running_app.hpp"

namespace healthlake::support {
namespace {

constexpr int kResources = 6;

std::string IdOf(int number) {
  return "p" + std::to_string(number);
}

// The generation is the family name, so that both a search and a body tell it.
Json Patient(const std::string& id, const std::string& generation) {
  return {{"resourceType", "Patient"},
          {"id", id},
          {"active", true},
          {"name", {{{"family", generation}}}}};
}

Json Put(const std::string& id, const std::string& generation) {
  return {{"resource", Patient(id, generation)},
          {"request", {{"method", "PUT"}, {"url", "Patient/" + id}}}};
}

// Writes every resource, from the `first` on and then round, forwards or backwards.
Json Transaction(const std::string& generation, int first, bool forwards) {
  Json entries = Json::array();
  for (int i = 0; i < kResources; ++i) {
    const int step = forwards ? i : kResources - i;
    entries.push_back(Put(IdOf((first + step) % kResources), generation));
  }
  return {{"resourceType", "Bundle"}, {"type", "transaction"}, {"entry", entries}};
}

RawAnswer Post(const RunningApp& app, const std::string& store, const Json& bundle) {
  return app.Fhir("POST", store, "/", bundle.dump());
}

std::set<std::string> GenerationsIn(const Json& searchset) {
  std::set<std::string> generations;
  for (const Json& entry : searchset.at("entry")) {
    generations.insert(entry.at("resource").at("name").at(0).at("family").get<std::string>());
  }
  return generations;
}

void Join(std::vector<std::thread>& threads) {
  for (std::thread& thread : threads) thread.join();
}

TEST(TransactionConcurrencyTest, OneOfManyTransactionsWinsEachRoundWithIfMatch) {
  constexpr int kClients = 32;
  constexpr int kRounds = 4;
  RunningApp app;
  const std::string store = app.CreateStore();
  ASSERT_EQ(app.Fhir("PUT", store, "/Patient/p0", Patient("p0", "G0").dump()).status, 201);
  std::barrier start(kClients);
  std::vector<std::atomic<int>> won(kRounds + 1);
  std::vector<std::atomic<int>> lost(kRounds + 1);
  std::vector<std::thread> threads;
  for (int client = 0; client < kClients; ++client) {
    threads.emplace_back([&, client] {
      for (int version = 1; version <= kRounds; ++version) {
        Json bundle = {{"resourceType", "Bundle"},
                       {"type", "transaction"},
                       {"entry", {Put("p0", "C" + std::to_string(client))}}};
        bundle["entry"][0]["request"]["ifMatch"] = "W/\"" + std::to_string(version) + "\"";
        start.arrive_and_wait();
        const int status = Post(app, store, bundle).status;
        won[static_cast<std::size_t>(version)] += status == 200 ? 1 : 0;
        lost[static_cast<std::size_t>(version)] += status == 412 ? 1 : 0;
        start.arrive_and_wait();
      }
    });
  }
  Join(threads);
  for (std::size_t version = 1; version <= kRounds; ++version) {
    EXPECT_EQ(won[version], 1);
    EXPECT_EQ(lost[version], kClients - 1);
  }
}

TEST(TransactionConcurrencyTest,
     TransactionsOnTheSameResourcesAllComeToAnEndAndNoneIsSeenByHalves) {
  constexpr int kWriters = 6;
  constexpr int kRounds = 12;
  RunningApp app;
  const std::string store = app.CreateStore();
  ASSERT_EQ(Post(app, store, Transaction("G", 0, true)).status, 200);
  std::atomic<int> wrong{0};
  std::atomic<int> writing{kWriters};
  const auto expect = [&](bool good) { wrong += good ? 0 : 1; };
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      for (int round = 0; round < kRounds; ++round) {
        const bool broken = round % 4 == 3;  // its last entry is refused, so none must be stored
        const std::string generation =
            broken ? "Broken" : "W" + std::to_string(w) + "R" + std::to_string(round);
        Json bundle = Transaction(generation, w, w % 2 == 0);
        if (broken) bundle["entry"].back()["request"]["ifMatch"] = "W/\"999999\"";
        expect(Post(app, store, bundle).status == (broken ? 412 : 200));
      }
      --writing;
    });
  }
  for (int r = 0; r < 2; ++r) {
    threads.emplace_back([&] {
      while (writing > 0) {
        const RawAnswer answer = app.Fhir("GET", store, "/Patient?active=true&_count=100");
        const Json found = Json::parse(answer.body);
        expect(answer.status == 200 && found.at("entry").size() == kResources);
        const std::set<std::string> generations = GenerationsIn(found);
        expect(generations.size() == 1);
        expect(!generations.contains("Broken"));
        const auto total = app.Total(store, "Patient?family:exact=" + *generations.begin());
        expect(total == 0 || total == kResources);
      }
    });
  }
  Join(threads);
  EXPECT_EQ(wrong, 0);
  const auto versions = std::to_string(1 + kWriters * kRounds * 3 / 4);
  for (int i = 0; i < kResources; ++i) {
    const Json read = Json::parse(app.Fhir("GET", store, "/Patient/" + IdOf(i)).body);
    EXPECT_EQ(read.at("meta").at("versionId"), versions);
  }
}

TEST(TransactionConcurrencyTest, TransactionsRunLaterAndSingleWritesShareAStore) {
  constexpr int kTransactions = 8;
  constexpr int kPatience = 100'000;  // questions
  RunningApp app;
  const std::string store = app.CreateStore();
  const std::string base = "/datastore/" + store + "/r4";
  std::vector<std::string> where(kTransactions);
  std::vector<std::thread> threads;
  for (int t = 0; t < kTransactions; ++t) {
    threads.emplace_back([&, t] {
      const RawAnswer accepted =
          app.Send("POST", base, Transaction("A" + std::to_string(t), t, true).dump(),
                   "Content-Type: application/fhir+json\r\nPrefer: respond-async\r\n");
      const std::string url = accepted.Header("content-location");
      if (accepted.status == 202) where[static_cast<std::size_t>(t)] = url.substr(url.find(base));
      app.Fhir("PUT", store, "/Patient/single", Patient("single", "S" + std::to_string(t)).dump());
    });
  }
  Join(threads);
  for (const std::string& path : where) {
    ASSERT_FALSE(path.empty());
    RawAnswer answer = app.Send("GET", path);
    for (int i = 0; answer.status == 202 && i < kPatience; ++i) answer = app.Send("GET", path);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  const Json found = Json::parse(app.Fhir("GET", store, "/Patient?family:contains=A").body);
  EXPECT_EQ(found.at("entry").size(), kResources);
  EXPECT_EQ(GenerationsIn(found).size(), 1U);
  const Json single = Json::parse(app.Fhir("GET", store, "/Patient/single").body);
  EXPECT_EQ(single.at("meta").at("versionId"), std::to_string(kTransactions));
}

}  // namespace
}  // namespace healthlake::support
