// Histories of a resource, a type and the whole store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "datastore_fixture.hpp"
#include "support/expect_error.hpp"

namespace healthlake::datastore {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::ErrorKindOf;

std::string Text(std::string_view type, std::string_view id, int number = 0) {
  return R"({"resourceType":")" + std::string(type) + R"(","id":")" + std::string(id) +
         R"(","language":"x-)" + std::to_string(number) + "\"}";
}

// "POST Patient/a/1+": a version, '+' when it created.
std::string NameOf(const HistoryItem& item) {
  const char* const methods[] = {"POST", "PUT", "DELETE"};
  return std::string(methods[static_cast<int>(item.method)]) + ' ' +
         std::string(fhir::NameOf(item.type)) + '/' + item.id + '/' +
         std::to_string(item.stored.version) + (item.created ? "+" : "");
}

class HistoryTest : public DatastoreTest {
 protected:
  static HistoryQuery Of(std::string_view type = {}, std::string_view id = {}) {
    HistoryQuery query;
    if (!type.empty()) query.type = TypeNamed(type);
    query.id = id;
    return query;
  }

  static std::vector<std::string> Names(const HistoryPage& page) {
    std::vector<std::string> names;
    for (const HistoryItem& item : page.items) names.push_back(NameOf(item));
    return names;
  }

  // Over all pages.
  static std::vector<std::string> All(View& view, HistoryQuery query, std::size_t page_size) {
    query.count = page_size;
    std::vector<std::string> names;
    for (;;) {
      const HistoryPage page = view.History(query, {});
      for (const HistoryItem& item : page.items) names.push_back(NameOf(item));
      if (!page.next) return names;
      EXPECT_EQ(page.items.size(), page_size);
      query.page = *page.next;
    }
  }
  std::vector<std::string> All(const HistoryQuery& query, std::size_t page_size = 100) {
    return All(*store_, query, page_size);
  }
};

TEST_F(HistoryTest, OfAResourceHasEveryVersionNewestFirst) {
  Put(Text("Patient", "a", 1));
  clock_.Advance(seconds(1));
  Put(Text("Patient", "a", 2));
  clock_.Advance(seconds(1));
  Delete("Patient", "a");
  clock_.Advance(seconds(1));
  Put(Text("Patient", "a", 4));
  const HistoryPage page = store_->History(Of("Patient", "a"), {});
  EXPECT_THAT(Names(page), testing::ElementsAre("PUT Patient/a/4+", "DELETE Patient/a/3",
                                                "PUT Patient/a/2", "PUT Patient/a/1+"));
  EXPECT_EQ(page.total, 4U);
  EXPECT_FALSE(page.next);
  EXPECT_TRUE(page.items[1].stored.deleted);
  EXPECT_EQ(page.items[1].stored.json, "");
  for (const std::size_t at : {0U, 2U, 3U}) {
    const StoredVersion& stored = page.items[at].stored;
    const auto version = store_->FindVersion(TypeNamed("Patient"), "a", stored.version);
    ASSERT_TRUE(version);
    EXPECT_EQ(stored.json, version->json);
    EXPECT_EQ(stored.last_updated, version->last_updated);
  }
}

TEST_F(HistoryTest, OfAnIdNeverUsedIsEmpty) {
  const HistoryPage page = store_->History(Of("Patient", "a"), {});
  EXPECT_TRUE(page.items.empty());
  EXPECT_FALSE(page.next);
}

TEST_F(HistoryTest, NamesThePostThatCreated) {
  const auto result = store_->Create(TypeNamed("Patient"),
                                     Parsed(R"({"resourceType":"Patient"})").root(), kStrict, {});
  Put(Text("Patient", result.id));
  EXPECT_THAT(
      All(Of("Patient", result.id)),
      testing::ElementsAre("PUT Patient/" + result.id + "/2", "POST Patient/" + result.id + "/1+"));
}

TEST_F(HistoryTest, OfATypeLeavesOtherTypesOut) {
  Put(Text("Patient", "a"));
  Put(Text("Basic", "a"), {}, fhir::ValidationLevel::kMinimal);
  Put(Text("Patient", "b"));
  Delete("Patient", "a");
  EXPECT_THAT(All(Of("Patient")),
              testing::ElementsAre("DELETE Patient/a/2", "PUT Patient/b/1+", "PUT Patient/a/1+"));
  EXPECT_THAT(All(Of()), testing::ElementsAre("DELETE Patient/a/2", "PUT Patient/b/1+",
                                              "PUT Basic/a/1+", "PUT Patient/a/1+"));
  EXPECT_TRUE(All(Of("Observation")).empty());
}

TEST_F(HistoryTest, CountsABatchThatWritesAResourceTwice) {
  Import({Text("Patient", "a", 1), Text("Patient", "b", 1), Text("Patient", "a", 2)});
  EXPECT_THAT(All(Of("Patient")),
              testing::ElementsAre("PUT Patient/a/2", "PUT Patient/a/1+", "PUT Patient/b/1+"));
}

TEST_F(HistoryTest, SinceIncludesItsMoment) {
  Put(Text("Patient", "a", 1));
  clock_.Advance(seconds(1));
  const core::Timestamp second = clock_.Now();
  Put(Text("Patient", "a", 2));
  clock_.Advance(seconds(1));
  Put(Text("Patient", "a", 3));
  for (HistoryQuery query : {Of("Patient", "a"), Of("Patient"), Of()}) {
    query.since = second;
    EXPECT_THAT(All(query), testing::ElementsAre("PUT Patient/a/3", "PUT Patient/a/2"));
    query.since = second + milliseconds(1);
    const HistoryPage page = store_->History(query, {});
    EXPECT_THAT(Names(page), testing::ElementsAre("PUT Patient/a/3"));
    EXPECT_EQ(page.total, 1U);
  }
}

TEST_F(HistoryTest, AtIncludesWhatWasCurrentThen) {
  const core::Timestamp start = clock_.Now();
  for (int number = 0; number < 4; ++number) {
    Put(Text("Patient", "a", number));
    clock_.Advance(seconds(10));
  }
  const auto at = [&](int from, int until) {
    std::vector<std::vector<std::string>> found;
    for (HistoryQuery query : {Of("Patient", "a"), Of("Patient"), Of()}) {
      query.at = {start + seconds(from), start + seconds(until)};
      found.push_back(All(query));
    }
    EXPECT_EQ(found[0], found[1]);
    EXPECT_EQ(found[0], found[2]);
    return found[0];
  };
  EXPECT_THAT(at(15, 16), testing::ElementsAre("PUT Patient/a/2"));
  EXPECT_THAT(at(15, 21), testing::ElementsAre("PUT Patient/a/3", "PUT Patient/a/2"));
  EXPECT_THAT(at(10, 20), testing::ElementsAre("PUT Patient/a/2"));
  EXPECT_THAT(at(-5, 1), testing::ElementsAre("PUT Patient/a/1+"));
  EXPECT_THAT(at(100, 101), testing::ElementsAre("PUT Patient/a/4"));
  EXPECT_THAT(at(-5, 0), testing::ElementsAre());
}

TEST_F(HistoryTest, PageTokensBelongToTheirQuery) {
  for (int number = 0; number < 3; ++number) Put(Text("Patient", "a", number));
  HistoryQuery query = Of("Patient", "a");
  query.count = 1;
  const std::string token = store_->History(query, {}).next.value();
  for (HistoryQuery other : {Of("Patient", "b"), Of("Patient"), Of(), Of("Observation", "a")}) {
    other.page = token;
    // The id "b" was never used.
    if (other.id == "b") Put(Text("Patient", "b"));
    if (!other.type.IsNone() && other.type != TypeNamed("Patient")) continue;
    EXPECT_EQ(ErrorKindOf([&] { store_->History(other, {}); }), core::ErrorKind::kInvalid);
  }
  HistoryQuery since = query;
  since.page = token;
  since.since = clock_.Now();
  EXPECT_EQ(ErrorKindOf([&] { store_->History(since, {}); }), core::ErrorKind::kInvalid);
  for (const std::string& text : {std::string("x"), std::string("AAAA"), token + "A"}) {
    query.page = text;
    EXPECT_EQ(ErrorKindOf([&] { store_->History(query, {}); }), core::ErrorKind::kInvalid);
  }
}

TEST_F(HistoryTest, StopsWhenCancelled) {
  Put(Text("Patient", "a"));
  core::CancelSource source;
  source.Request();
  for (const HistoryQuery& query : {Of("Patient", "a"), Of("Patient"), Of()}) {
    EXPECT_EQ(ErrorKindOf([&] { store_->History(query, source.token()); }),
              core::ErrorKind::kUnavailable);
  }
}

TEST_F(HistoryTest, OfATransactionSeesWhatItWroteSoFar) {
  Put(Text("Patient", "a"));
  const json::Document document = Parsed(Text("Patient", "b"));
  {
    const auto draft =
        store_->Prepare({TypeNamed("Patient"), WriteMethod::kPut, "b", kStrict}, document.root());
    const auto writing = store_->BeginWrite({});
    writing->Put(*draft, {});
    EXPECT_THAT(All(*writing, Of("Patient"), 1),
                testing::ElementsAre("PUT Patient/b/1+", "PUT Patient/a/1+"));
    writing->Delete(TypeNamed("Patient"), "a", {});
    EXPECT_THAT(All(*writing, Of(), 2),
                testing::ElementsAre("DELETE Patient/a/2", "PUT Patient/b/1+", "PUT Patient/a/1+"));
  }
  EXPECT_THAT(All(Of()), testing::ElementsAre("PUT Patient/a/1+")) << "it was not committed";
}

// Against a model that keeps every version in a list.
class HistoryModelTest : public HistoryTest, public testing::WithParamInterface<int> {
 protected:
  struct Entry {
    std::string name;
    std::string key;
    std::string type;
    std::string id;
    core::Timestamp time;
    core::Timestamp until = core::Timestamp::max();  // when the next version began
  };

  OpenOptions Options() const {
    OpenOptions options;
    options.key_bits.count = GetParam();
    options.types = TypePolicy::kAll;
    return options;
  }

  // Within one commit the order is by type, then rid, newest version first.
  void Commit(std::vector<Entry> entries) {
    std::stable_sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
      if (a.type != b.type) return TypeNamed(a.type) < TypeNamed(b.type);
      return rids_[a.key] < rids_[b.key];
    });
    log_.insert(log_.begin(), entries.begin(), entries.end());
  }

  Entry Write(const std::string& type, const std::string& id, bool deleted) {
    const std::string key = type + '/' + id;
    State& state = states_[key];
    if (!rids_.contains(key)) rids_.emplace(key, rids_.size());
    const bool created = !deleted && !state.live;
    state.live = !deleted;
    ++state.version;
    for (Entry& entry : log_) {
      if (entry.key == key && entry.until == core::Timestamp::max()) entry.until = clock_.Now();
    }
    return {(deleted ? "DELETE " : "PUT ") + key + '/' + std::to_string(state.version) +
                (created ? "+" : ""),
            key, type, id, clock_.Now()};
  }

  void WriteRandomly() {
    if (random_() % 3 != 0) clock_.Advance(milliseconds(random_() % 50));
    if (random_() % 8 == 0) return ImportRandomly();
    const std::string type = RandomType();
    const std::string id = std::to_string(random_() % 12);
    if (random_() % 4 == 0) {
      const DeleteResult result = Delete(type, id);
      const auto known = states_.find(type + '/' + id);
      if (known == states_.end() || !known->second.live) return;
      ASSERT_TRUE(result.existed);
      Commit({Write(type, id, true)});
    } else {
      Put(Text(type, id), {}, fhir::ValidationLevel::kMinimal);
      Commit({Write(type, id, false)});
    }
  }

  void ImportRandomly() {
    std::vector<std::string> lines;
    std::vector<Entry> entries;
    for (std::size_t number = random_() % 15; number-- > 0;) {
      const std::string type = RandomType();
      const std::string id = std::to_string(random_() % 30);
      lines.push_back(Text(type, id));
      Entry entry = Write(type, id, false);
      for (Entry& earlier : entries) {
        if (earlier.key == entry.key) earlier.until = std::min(earlier.until, entry.time);
      }
      entries.insert(entries.begin(), std::move(entry));
    }
    for (const LineOutcome& outcome : Import(lines, fhir::ValidationLevel::kMinimal)) {
      EXPECT_LT(outcome.status, 300);
    }
    Commit(std::move(entries));
  }

  std::string RandomType() {
    const char* const types[] = {"Patient", "Observation", "Basic", "Group"};
    return types[random_() % 4];
  }

  std::vector<std::string> Expected(const HistoryQuery& query) const {
    std::vector<std::string> names;
    for (const Entry& entry : log_) {
      if (!query.type.IsNone() && entry.type != fhir::NameOf(query.type)) continue;
      if (!query.id.empty() && entry.id != query.id) continue;
      if (query.since && entry.time < *query.since) continue;
      if (query.at && (entry.time >= query.at->until || entry.until <= query.at->from)) continue;
      names.push_back(entry.name);
    }
    return names;
  }

  HistoryQuery RandomQuery() {
    HistoryQuery query;
    if (random_() % 3 != 0) query.type = TypeNamed(RandomType());
    if (!query.type.IsNone() && random_() % 2 == 0) query.id = std::to_string(random_() % 12);
    const auto moment = [&] {
      return start_ + (clock_.Now() - start_) * static_cast<int>(random_() % 110) / 100;
    };
    if (random_() % 3 == 0) query.since = moment();
    if (random_() % 3 == 0) {
      query.at = {moment(), {}};
      query.at->until = query.at->from + milliseconds(1 + random_() % 200);
    }
    return query;
  }

  struct State {
    std::uint64_t version = 0;
    bool live = false;
  };
  std::mt19937 random_{11};
  const core::Timestamp start_ = clock_.Now();
  std::map<std::string, State> states_;
  std::map<std::string, std::size_t> rids_;
  std::vector<Entry> log_;  // newest first
};

INSTANTIATE_TEST_SUITE_P(KeyBits, HistoryModelTest, testing::Values(63, 8));

TEST_P(HistoryModelTest, AgreesWithAModelUnderRandomWrites) {
  Open(Options());
  for (int round = 0; round < 400; ++round) {
    WriteRandomly();
    if (round % 100 == 99) Open(Options());
    const HistoryQuery query = RandomQuery();
    const std::vector<std::string> expected = Expected(query);
    ASSERT_EQ(All(query, 1 + random_() % 20), expected) << round;
    const std::optional<std::uint64_t> total = store_->History(query, {}).total;
    if (total && states_.contains(std::string(fhir::NameOf(query.type)) + '/' + query.id)) {
      EXPECT_EQ(total, expected.size());
    }
  }
}

TEST_P(HistoryModelTest, PagesAreNotDisturbedByLaterWrites) {
  Open(Options());
  for (int round = 0; round < 60; ++round) WriteRandomly();
  for (const char* type : {"", "Patient"}) {
    HistoryQuery query = Of(type);
    const std::vector<std::string> expected = Expected(query);
    query.count = 7;
    std::vector<std::string> seen;
    for (;;) {
      const HistoryPage page = store_->History(query, {});
      for (const HistoryItem& item : page.items) seen.push_back(NameOf(item));
      if (!page.next) break;
      query.page = *page.next;
      WriteRandomly();
    }
    EXPECT_EQ(seen, expected);
  }
}

TEST_F(HistoryTest, EndsAPageThatHasReachedItsBytes) {
  OpenOptions options;
  options.page_bytes = 1;
  Open(options);
  for (int number = 0; number < 3; ++number) {
    Put(Text("Patient", "a", number));
    Put(Text("Person", "b", number));
  }
  EXPECT_EQ(All(Of("Patient", "a"), 1).size(), 3U);
  for (HistoryQuery query : {Of("Patient", "a"), Of("Patient"), Of()}) {
    const std::size_t versions = query.type.IsNone() ? 6 : 3;
    std::size_t pages = 0;
    for (bool more = true; more; ++pages) {
      const HistoryPage page = store_->History(query, {});
      EXPECT_EQ(page.items.size(), 1U);
      more = page.next.has_value();
      query.page = page.next.value_or("");
    }
    EXPECT_EQ(pages, versions);
  }
}

}  // namespace
}  // namespace healthlake::datastore
