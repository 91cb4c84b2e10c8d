#include "healthlake/store/resource_tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using core::ErrorKind;
using support::ErrorKindOf;

constexpr TypeNumber kPatient = 103;
constexpr TypeNumber kObservation = 95;
constexpr core::Timestamp kTime{std::chrono::milliseconds(1767225600123)};

class ResourceTablesTest : public testing::TestWithParam<int> {
 protected:
  KeyBits bits() const { return {GetParam()}; }

  // Stores resources in one transaction and in blocks of up to 8, as an import does.
  void Insert(TypeNumber type, const std::vector<std::string>& ids) {
    WriteTransaction transaction = file_.Write();
    ResourceTables tables(transaction.connection(), *codec_, bits());
    std::vector<std::string> bodies;
    for (const std::string& id : ids) bodies.push_back(Json(type, id, 1));
    std::vector<ResourceTables::NewResource> resources;
    Rid rid = tables.NextRid();
    for (std::size_t first = 0; first < ids.size(); first += kBodiesPerBlock) {
      std::vector<BodyView> block;
      for (std::size_t at = first; at < std::min(ids.size(), first + kBodiesPerBlock); ++at) {
        block.push_back({ids[at], bodies[at]});
      }
      const std::uint64_t number = tables.AddBlock(transaction, codec_->Compress(block));
      for (std::uint32_t slot = 0; slot < block.size(); ++slot) {
        ResourceRow row;
        row.rid = rid++;
        row.type = type;
        row.version = 1;
        row.last_updated = kTime;
        row.body = {number, slot};
        resources.push_back({block[slot].id, row});
      }
    }
    tables.InsertNew(transaction, resources);
    transaction.Commit();
  }

  // The next version of a resource; a tombstone when `deleted`.
  ResourceRow Replace(const ResourceKey& key, bool deleted) {
    WriteTransaction transaction = file_.Write();
    ResourceTables tables(transaction.connection(), *codec_, bits());
    const ResourceRow current = tables.Find(key).value();
    ResourceRow next = current;
    ++next.version;
    next.kind = deleted ? VersionKind::kDeleted : VersionKind::kUpdated;
    next.last_updated = kTime + std::chrono::seconds(next.version);
    const std::string json = deleted ? "" : Json(key.type, key.id, next.version);
    const std::vector<BodyView> body = {{key.id, json}};
    next.body = {tables.AddBlock(transaction, codec_->Compress(body)), 0};
    tables.ReplaceCurrent(transaction, current, next);
    transaction.Commit();
    return next;
  }

  static std::string Json(TypeNumber type, std::string_view id, std::uint64_t version) {
    return R"({"type":)" + std::to_string(type) + R"(,"id":")" + std::string(id) +
           R"(","version":)" + std::to_string(version) + "}";
  }

  template <typename Use>
  auto Read(const Use& use) {
    ReadTransaction transaction = file_.Read();
    ResourceTables tables(transaction.connection(), *codec_, bits());
    return use(tables);
  }

  std::optional<ResourceRow> Find(TypeNumber type, std::string_view id) {
    return Read([&](ResourceTables& tables) { return tables.Find({type, id}); });
  }
  std::string Body(const BodyPlace& place) {
    return Read([&](ResourceTables& tables) { return std::string(tables.LoadBody(place).json); });
  }

  support::TemporaryFolder folder_;
  ConnectionBudget budget_;
  StoreFile file_{folder_ / "store.sqlite", Durability::kNormal, budget_};
  std::shared_ptr<const BodyCodec> codec_ = BodyCodec::Load(file_);
};

// With all bits, with so few that most keys collide, and with one chain for all.
INSTANTIATE_TEST_SUITE_P(KeyBits, ResourceTablesTest, testing::Values(63, 8, 0));

TEST_P(ResourceTablesTest, FindsWhatWasInserted) {
  Insert(kPatient, {"a", "b"});
  const auto row = Find(kPatient, "b");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->rid, 2U);
  EXPECT_EQ(row->type, kPatient);
  EXPECT_EQ(row->version, 1U);
  EXPECT_EQ(row->change, file_.last_change());
  EXPECT_EQ(row->last_updated, kTime);
  EXPECT_FALSE(row->deleted());
  EXPECT_EQ(Body(row->body), Json(kPatient, "b", 1));
  EXPECT_FALSE(Find(kPatient, "c"));
  EXPECT_FALSE(Find(kObservation, "b")) << "another type";
}

TEST_P(ResourceTablesTest, TellsCollidingKeysApart) {
  std::vector<std::string> ids;
  for (int number = 0; number < 300; ++number) ids.push_back("id-" + std::to_string(number));
  Insert(kPatient, ids);
  Insert(kObservation, ids);
  std::vector<ResourceKey> keys;
  for (const std::string& id : ids) keys.push_back({kObservation, id});
  keys.push_back({kObservation, "absent"});
  Read([&](ResourceTables& tables) {
    const auto rows = tables.FindAll(keys);
    for (std::size_t at = 0; at < ids.size(); ++at) {
      ASSERT_TRUE(rows[at]) << at;
      EXPECT_EQ(rows[at]->rid, 301 + at);
      EXPECT_EQ(tables.LoadBody(rows[at]->body).id, ids[at]);
    }
    EXPECT_FALSE(rows.back());
    EXPECT_FALSE(tables.Find({kPatient, "absent"}));
  });
}

TEST_P(ResourceTablesTest, KeepsHistory) {
  Insert(kPatient, {"a", "b"});
  const ResourceRow first = Find(kPatient, "a").value();
  const ResourceRow second = Replace({kPatient, "a"}, false);
  const ResourceRow third = Replace({kPatient, "a"}, true);
  const ResourceRow fourth = Replace({kPatient, "a"}, false);
  EXPECT_EQ(Find(kPatient, "a")->version, 4U);
  EXPECT_EQ(fourth.rid, first.rid) << "the number stays";
  Read([&](ResourceTables& tables) {
    EXPECT_EQ(tables.FindVersion(first.rid, 1)->body, first.body);
    EXPECT_EQ(tables.FindVersion(first.rid, 2)->change, second.change);
    EXPECT_TRUE(tables.FindVersion(first.rid, 3)->deleted());
    EXPECT_EQ(tables.FindVersion(first.rid, 4)->last_updated, fourth.last_updated);
    EXPECT_FALSE(tables.FindVersion(first.rid, 5));
    EXPECT_FALSE(tables.FindVersion(99, 1));
    EXPECT_EQ(tables.LoadBody(tables.FindVersion(first.rid, 1)->body).json, Json(kPatient, "a", 1));
    EXPECT_EQ(tables.LoadBody(tables.FindVersion(first.rid, 2)->body).json, Json(kPatient, "a", 2));
    EXPECT_EQ(tables.LoadBody(third.body).json, "");
    const auto numbers = [&](std::uint64_t before, std::size_t limit) {
      std::vector<std::uint64_t> found;
      for (const auto& row : tables.Versions(first.rid, before, limit))
        found.push_back(row.version);
      return found;
    };
    EXPECT_THAT(numbers(std::numeric_limits<std::uint64_t>::max(), 10),
                testing::ElementsAre(4, 3, 2, 1));
    EXPECT_THAT(numbers(4, 2), testing::ElementsAre(3, 2));
    EXPECT_THAT(numbers(5, 1), testing::ElementsAre(4));
    EXPECT_TRUE(numbers(5, 0).empty());
    EXPECT_EQ(tables.Versions(2, 10, 10).size(), 1U) << "the neighbour has its own history";
  });
}

TEST_P(ResourceTablesTest, FindsATombstoneByItsId) {
  Insert(kPatient, {"a"});
  Replace({kPatient, "a"}, true);
  ASSERT_TRUE(Find(kPatient, "a"));
  EXPECT_TRUE(Find(kPatient, "a")->deleted());
  EXPECT_FALSE(Find(kPatient, "b"));
}

TEST_P(ResourceTablesTest, RefusesToReplaceAVersionThatIsNotCurrent) {
  Insert(kPatient, {"a"});
  const ResourceRow stale = Find(kPatient, "a").value();
  Replace({kPatient, "a"}, false);
  const auto replace = [&] {
    WriteTransaction transaction = file_.Write();
    ResourceTables tables(transaction.connection(), *codec_, bits());
    ResourceRow next = stale;
    next.version = 2;
    tables.ReplaceCurrent(transaction, stale, next);
    transaction.Commit();
  };
  EXPECT_EQ(ErrorKindOf(replace), ErrorKind::kConflict);
  EXPECT_EQ(Find(kPatient, "a")->version, 2U);
}

TEST_P(ResourceTablesTest, KeepsNothingOfARolledBackBatch) {
  {
    WriteTransaction transaction = file_.Write();
    ResourceTables tables(transaction.connection(), *codec_, bits());
    const std::vector<BodyView> body = {{"a", "{}"}};
    ResourceRow row;
    row.rid = tables.NextRid();
    row.type = kPatient;
    row.version = 1;
    row.body = {tables.AddBlock(transaction, codec_->Compress(body)), 0};
    const std::vector<ResourceTables::NewResource> one = {{"a", row}};
    tables.InsertNew(transaction, one);
    EXPECT_TRUE(tables.Find({kPatient, "a"}));
  }
  EXPECT_FALSE(Find(kPatient, "a"));
  EXPECT_EQ(Read([](ResourceTables& tables) { return tables.NextRid(); }), 1U);
}

TEST_P(ResourceTablesTest, ScansInTheOrderOfFirstStoring) {
  std::vector<std::string> ids;
  for (int number = 0; number < 20; ++number) ids.push_back(std::to_string(number));
  Insert(kPatient, ids);
  Replace({kPatient, "3"}, true);
  Replace({kPatient, "5"}, false);
  Read([&](ResourceTables& tables) {
    std::vector<Rid> seen;
    Rid after = 0;
    while (true) {
      const auto rows = tables.ScanCurrent(after, 7, ScanFilter::kLive);
      for (const auto& row : rows) seen.push_back(row.rid);
      if (rows.size() < 7) break;
      after = rows.back().rid;
    }
    EXPECT_EQ(seen.size(), 19U);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_THAT(seen, testing::Not(testing::Contains(4U)));
    EXPECT_EQ(tables.ScanCurrent(0, 100, ScanFilter::kAll).size(), 20U);
  });
}

TEST_P(ResourceTablesTest, LoadsBodiesOfManyNumbers) {
  std::vector<std::string> ids;
  for (int number = 0; number < 20; ++number) ids.push_back(std::to_string(number));
  Insert(kPatient, ids);
  Replace({kPatient, "1"}, false);
  Read([&](ResourceTables& tables) {
    const std::vector<Rid> rids = {1, 2, 3, 10, 20, 21};
    std::vector<std::string> seen;
    tables.LoadBodies(rids, [&](const ResourceRow& row, const BodyView& body) {
      EXPECT_EQ(body.json, Json(kPatient, body.id, row.version));
      seen.emplace_back(body.id);
    });
    EXPECT_THAT(seen, testing::ElementsAre("0", "1", "2", "9", "19"));
  });
}

TEST_P(ResourceTablesTest, ThrowsForABodyThatIsMissing) {
  Insert(kPatient, {"a"});
  EXPECT_EQ(ErrorKindOf([&] { Body({99, 0}); }), ErrorKind::kInternal);
  EXPECT_EQ(ErrorKindOf([&] { Body({1, 8}); }), ErrorKind::kInternal);
}

TEST_P(ResourceTablesTest, SaysWhenThereIsNoNumberLeft) {
  Insert(kPatient, {"a"});
  constexpr static Query kMove{"move", "UPDATE resource_current SET rid = 4294967295"};
  WriteTransaction transaction = file_.Write();
  transaction.connection().Run(kMove);
  ResourceTables tables(transaction.connection(), *codec_, bits());
  EXPECT_EQ(ErrorKindOf([&] { tables.NextRid(); }), ErrorKind::kUnavailable);
}

// Against a model: random inserts, updates, deletions and reads.
TEST_P(ResourceTablesTest, AgreesWithAModelUnderRandomWrites) {
  std::mt19937 random(7);
  std::map<std::string, std::pair<std::uint64_t, bool>> model;
  for (int round = 0; round < 150; ++round) {
    const std::string id = std::to_string(random() % 40);
    const auto known = model.find(id);
    if (known == model.end()) {
      Insert(kPatient, {id});
      model[id] = {1, false};
    } else {
      const bool deleted = random() % 3 == 0;
      Replace({kPatient, id}, deleted);
      known->second = {known->second.first + 1, deleted};
    }
  }
  for (int number = 0; number < 40; ++number) {
    const std::string id = std::to_string(number);
    const auto row = Find(kPatient, id);
    ASSERT_EQ(row.has_value(), model.contains(id));
    if (!row) continue;
    EXPECT_EQ(row->version, model[id].first);
    EXPECT_EQ(row->deleted(), model[id].second);
  }
}

}  // namespace
}  // namespace healthlake::store
