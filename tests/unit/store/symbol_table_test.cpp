#include "healthlake/store/symbol_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

class SymbolTableTest : public testing::Test {
 protected:
  std::optional<SymbolId> Find(std::string_view text) {
    return symbols_.Find(file_.Read().connection(), text);
  }
  SymbolId Intern(std::string_view text) {
    WriteTransaction transaction = file_.Write();
    const SymbolId id = symbols_.Intern(transaction, text);
    transaction.Commit();
    return id;
  }

  support::TemporaryFolder folder_;
  ConnectionBudget budget_;
  StoreFile file_{folder_ / "store.sqlite", Durability::kNormal, budget_};
  SymbolTable symbols_{file_};
};

TEST_F(SymbolTableTest, GivesOneNumberToOneText) {
  const SymbolId loinc = Intern("http://loinc.org");
  const SymbolId snomed = Intern("http://snomed.info/sct");
  EXPECT_NE(loinc, snomed);
  EXPECT_NE(loinc, 0U);
  EXPECT_EQ(Intern("http://loinc.org"), loinc);
  EXPECT_EQ(Find("http://loinc.org"), loinc);
  EXPECT_EQ(Find("http://loinc.or"), std::nullopt);
  EXPECT_EQ(symbols_.FindText(file_.Read().connection(), snomed), "http://snomed.info/sct");
  EXPECT_EQ(symbols_.FindText(file_.Read().connection(), 99), std::nullopt);
}

TEST_F(SymbolTableTest, TellsTextsApartExactly) {
  EXPECT_NE(Intern("a"), Intern("A"));
  EXPECT_NE(Intern("a"), Intern("a "));
  EXPECT_NE(Intern(""), Intern(std::string_view("\0", 1)));
  EXPECT_NE(Intern(std::string_view("x\0y", 3)), Intern(std::string_view("x\0z", 3)));
}

TEST_F(SymbolTableTest, ForgetsWhatIsRolledBack) {
  SymbolId lost = 0;
  {
    WriteTransaction transaction = file_.Write();
    lost = symbols_.Intern(transaction, "lost");
    EXPECT_EQ(symbols_.Find(transaction.connection(), "lost"), lost) << "seen by its own";
    EXPECT_EQ(Find("lost"), std::nullopt) << "not by others";
  }
  EXPECT_EQ(Find("lost"), std::nullopt);
  EXPECT_EQ(Intern("other"), lost) << "the number is free again";
  EXPECT_NE(Intern("lost"), lost);
}

TEST_F(SymbolTableTest, InternsManyInTheirOrder) {
  const std::vector<std::string_view> texts = {"b", "a", "b", "c"};
  const SymbolId before = Intern("c");
  const std::vector<SymbolId> ids = symbols_.InternAll(texts);
  ASSERT_EQ(ids.size(), 4U);
  EXPECT_EQ(ids[0], ids[2]);
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_EQ(ids[3], before);
  const std::uint64_t change = file_.last_change();
  EXPECT_EQ(symbols_.InternAll(texts), ids);
  EXPECT_EQ(file_.last_change(), change) << "nothing new, no transaction";
  SymbolTable cold(file_);
  EXPECT_EQ(cold.InternAll(texts), ids);
  EXPECT_EQ(file_.last_change(), change);
}

TEST_F(SymbolTableTest, KeepsNumbersWhenTheCacheOverflows) {
  std::vector<std::string> texts;
  for (int number = 0; number < 30000; ++number) {
    texts.push_back("urn:text:" + std::to_string(number) + std::string(100, 'x'));
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::vector<SymbolId> ids = symbols_.InternAll(views);
  EXPECT_EQ(symbols_.InternAll(views), ids);
  EXPECT_EQ(Find(texts[0]), ids[0]);
}

TEST_F(SymbolTableTest, FindsByPrefixInTheOrderOfBytes) {
  for (const char* text : {"http://a/2", "http://a/1", "http://a", "http://b", "http://\xff"}) {
    Intern(text);
  }
  const auto texts = [&](std::string_view prefix, std::size_t limit) {
    std::vector<std::string> found;
    ReadTransaction transaction = file_.Read();
    for (const auto& symbol : symbols_.FindByPrefix(transaction.connection(), prefix, limit)) {
      found.push_back(symbol.text);
    }
    return found;
  };
  EXPECT_THAT(texts("http://a", 10), testing::ElementsAre("http://a", "http://a/1", "http://a/2"));
  EXPECT_THAT(texts("http://a", 2), testing::ElementsAre("http://a", "http://a/1"));
  EXPECT_THAT(texts("http://\xff", 10), testing::ElementsAre("http://\xff"));
  EXPECT_EQ(texts("", 10).size(), 5U);
  EXPECT_TRUE(texts("zzz", 10).empty());
}

TEST_F(SymbolTableTest, AgreesBetweenThreads) {
  std::vector<std::vector<SymbolId>> ids(4);
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < ids.size(); ++number) {
    threads.emplace_back([&, number] {
      for (int round = 0; round < 20; ++round) {
        const std::string text = "t" + std::to_string(round);
        const std::vector<std::string_view> one = {text};
        ids[number].push_back(symbols_.InternAll(one)[0]);
        Find(text);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& other : ids) EXPECT_EQ(other, ids[0]);
}

}  // namespace
}  // namespace healthlake::store
