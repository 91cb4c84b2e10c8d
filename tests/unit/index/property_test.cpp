// The index beside plain sets, under everything that may happen to it.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "healthlake/index/index.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/temporary_folder.hpp"
#include "unit/index/naive_index.hpp"

namespace healthlake::index {
namespace {

struct Case {
  std::string name;
  Options options;
  Shape shape;
  std::uint64_t seed = 1;
};

struct Crash {};

// A store that lives through random imports, writes, deletes, merges, crashes and reopenings.
class World {
 public:
  World(const Case& given) : case_(given), random_(given.seed) {
    case_.options.after_step = [this] { AfterStep(); };
    Open();
  }

  void Run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      Step();
    }
  }

  bool Check() {
    store::ReadTransaction read = file_->Read();
    const auto reader = index_->Open(read);
    Comparison(naive_, case_.shape, random_).Compare(*reader);
    return !::testing::Test::HasFatalFailure();
  }

 private:
  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }

  void Open() {
    file_ = std::make_unique<store::StoreFile>(path_, store::Durability::kNormal, budget_);
    index_ = std::make_unique<Index>(*file_, case_.options);
    index_->Recover();
  }

  void Reopen() {
    index_.reset();
    file_.reset();
    Open();
  }

  // What a killed process leaves: the files as they are now.
  void ReopenAsAfterKill() {
    const std::filesystem::path next = folder_.path() / ("copy" + std::to_string(++copies_));
    std::filesystem::copy_file(path_, next);
    if (std::filesystem::exists(path_.native() + "-wal")) {
      std::filesystem::copy_file(path_.native() + "-wal", next.native() + "-wal");
    }
    index_.reset();
    file_.reset();
    path_ = next;
    Open();
  }

  void Step() {
    switch (Draw(14)) {
      case 0:
      case 1:
      case 2:
        return Batch(1 + Draw(60));
      case 3:
      case 4:
      case 5:
      case 6:
        return Difference();
      case 7:
        return DeleteMany();
      case 8:
        return Maintain();
      case 9:
        return MaintainCancelled();
      case 10:
        return MaintainCrashing();
      case 11:
        return RolledBack();
      case 12:
        return Draw(2) == 0 ? Reopen() : ReopenAsAfterKill();
      default:
        if (Draw(4) == 0) index_->Compact({});
        ASSERT_TRUE(Check());
    }
  }

  // What a resource has now.
  std::vector<Entry> EntriesOf(Rid rid) const {
    std::vector<Entry> entries;
    for (const auto& [param, groups] : naive_.values) {
      for (const auto& [key, rids] : groups) {
        if (rids.contains(rid)) entries.push_back({param, key, rid, Sign::kAdd});
      }
    }
    return entries;
  }
  std::vector<StringEntry> StringsOf(Rid rid) const {
    std::vector<StringEntry> entries;
    for (const auto& [param, rows] : naive_.strings) {
      for (const auto& [key, rids] : rows) {
        if (rids.contains(rid)) entries.push_back({param, key.first, key.second, rid, Sign::kAdd});
      }
    }
    return entries;
  }

  template <typename Type>
  static void AppendDifference(std::vector<Type> before, std::vector<Type> after,
                               std::vector<Type>& out) {
    std::sort(before.begin(), before.end());
    std::sort(after.begin(), after.end());
    after.erase(std::unique(after.begin(), after.end()), after.end());
    const std::size_t start = out.size();
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(out));
    for (std::size_t i = start; i < out.size(); ++i) out[i].sign = Sign::kRemove;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(out));
  }

  std::vector<Entry> DrawEntries(Rid rid) {
    std::vector<Entry> entries;
    const std::uint64_t count = Draw(9);
    for (std::uint64_t i = 0; i < count; ++i) {
      // Small orders are common: big groups beside single ones.
      const std::uint64_t order = Draw(2) == 0 ? Draw(2) : Draw(case_.shape.orders);
      entries.push_back({static_cast<Param>(Draw(case_.shape.params)),
                         {order, order < 2 ? 0 : Draw(case_.shape.checks)},
                         rid,
                         Sign::kAdd});
    }
    return entries;
  }
  std::vector<StringEntry> DrawStrings(Rid rid) {
    static const std::vector<std::string> kTexts = {"a", "ab", "abc", "b", "\xC3\xA9t\xC3\xA9",
                                                    "ba"};
    std::vector<StringEntry> entries;
    for (std::uint64_t i = Draw(3); i > 0; --i) {
      const std::string& text = kTexts[Draw(kTexts.size())];
      entries.push_back({static_cast<Param>(Draw(case_.shape.params)), text,
                         Draw(2) == 0 ? text : text + "!", rid, Sign::kAdd});
    }
    return entries;
  }

  struct Change {
    std::vector<Entry> entries;
    std::vector<StringEntry> strings;
  };

  enum class To { kNewValues, kNothing };
  void AppendChange(Rid rid, To to, Change& change) {
    const bool gone = to == To::kNothing;
    AppendDifference(EntriesOf(rid), gone ? std::vector<Entry>() : DrawEntries(rid),
                     change.entries);
    AppendDifference(StringsOf(rid), gone ? std::vector<StringEntry>() : DrawStrings(rid),
                     change.strings);
  }

  void Apply(const Change& change) {
    for (const Entry& entry : change.entries) naive_.Apply(entry);
    for (const StringEntry& entry : change.strings) naive_.Apply(entry);
  }

  Change DrawBatch(std::uint64_t size, To to) {
    Change change;
    std::set<Rid> rids;
    const Rid start = static_cast<Rid>(Draw(case_.shape.resources));
    for (std::uint64_t i = 0; i < size; ++i) {
      // Runs of neighbours, as new resources are, and scattered ones.
      rids.insert(Draw(3) == 0 ? static_cast<Rid>(Draw(case_.shape.resources))
                               : std::min(case_.shape.resources - 1, start + static_cast<Rid>(i)));
    }
    for (const Rid rid : rids) AppendChange(rid, to, change);
    return change;
  }

  void WriteBatch(const Change& change) {
    store::WriteTransaction write = file_->Write();
    Change written = change;
    // Values that a resource has twice come twice.
    for (std::size_t i = 0; i < change.entries.size(); i += 3) {
      written.entries.push_back(change.entries[i]);
    }
    std::shuffle(written.entries.begin(), written.entries.end(), random_);
    index_->WriteBatch(write, written.entries, written.strings);
    write.Commit();
    Apply(change);
  }

  void Batch(std::uint64_t size) { WriteBatch(DrawBatch(size, To::kNewValues)); }
  void DeleteMany() { WriteBatch(DrawBatch(1 + Draw(80), To::kNothing)); }

  void Difference() {
    store::WriteTransaction write = file_->Write();
    for (std::uint64_t i = 1 + Draw(3); i > 0; --i) {
      Change change;
      AppendChange(static_cast<Rid>(Draw(case_.shape.resources)),
                   Draw(5) == 0 ? To::kNothing : To::kNewValues, change);
      index_->WriteDifference(write, change.entries, change.strings);
      Apply(change);
    }
    if (Draw(4) == 0) {
      const auto reader = index_->Open(write);
      Comparison(naive_, case_.shape, random_).Compare(*reader);
    }
    write.Commit();
  }

  void RolledBack() {
    const NaiveIndex before = naive_;
    {
      store::WriteTransaction write = file_->Write();
      Change change = DrawBatch(30, To::kNewValues);
      Apply(change);
      index_->WriteBatch(write, change.entries, change.strings);
      const auto reader = index_->Open(write);
      Comparison(naive_, case_.shape, random_).Compare(*reader);
    }
    naive_ = before;
    ASSERT_TRUE(Check());
  }

  void Maintain() {
    index_->Maintain({});
    ASSERT_FALSE(index_->NeedsMaintenance());
    ASSERT_TRUE(Check());
  }

  void MaintainCancelled() {
    core::CancelSource source;
    cancel_ = &source;
    steps_left_ = Draw(12);
    Draw(2) == 0 ? index_->Maintain(source.token()) : index_->Compact(source.token());
    steps_left_.reset();
    cancel_ = nullptr;
    ASSERT_TRUE(Check());
  }

  void MaintainCrashing() {
    steps_left_ = Draw(12);
    try {
      Draw(2) == 0 ? index_->Maintain({}) : index_->Compact({});
    } catch (const Crash&) {
      steps_left_.reset();
      if (Draw(3) != 0) Draw(2) == 0 ? Reopen() : ReopenAsAfterKill();
    }
    steps_left_.reset();
    ASSERT_TRUE(Check());
  }

  void AfterStep() {
    if (!steps_left_) return;
    if (Draw(4) == 0) Check();  // a reader in the middle of a merge
    if (*steps_left_ > 0) {
      --*steps_left_;
      // A writer in the middle of a merge.
      if (Draw(3) == 0) Draw(2) == 0 ? Difference() : Batch(1 + Draw(10));
      return;
    }
    if (cancel_ == nullptr) throw Crash();
    cancel_->Request();
  }

  Case case_;
  std::mt19937_64 random_;
  support::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "store";
  int copies_ = 0;
  store::ConnectionBudget budget_;
  std::unique_ptr<store::StoreFile> file_;
  std::unique_ptr<Index> index_;
  NaiveIndex naive_;
  std::optional<std::uint64_t> steps_left_;
  core::CancelSource* cancel_ = nullptr;
};

class IndexProperty : public ::testing::TestWithParam<Case> {};

TEST_P(IndexProperty, AnswersAsPlainSetsWhateverHappensToIt) {
  World world(GetParam());
  world.Run(50);
  world.Check();
}

std::vector<Case> Cases() {
  const Options tiny{.block_bytes = 64,
                     .runs_per_level = 2,
                     .delta_rows_to_fold = 40,
                     .directory_bytes = 2000,
                     .maintenance_bytes = 300};
  const Options small{.block_bytes = 200,
                      .runs_per_level = 3,
                      .delta_rows_to_fold = 200,
                      .maintenance_bytes = 2000};
  const Options real{.delta_rows_to_fold = 500};
  std::vector<Case> cases;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const std::string suffix = std::to_string(seed);
    cases.push_back({"tiny_blocks_" + suffix, tiny, {}, seed});
    cases.push_back({"small_blocks_" + suffix, small, {.orders = 300}, 100 + seed});
    // Keys cut to 8 bits: many resources share one.
    cases.push_back({"eight_bit_keys_" + suffix,
                     seed % 2 == 0 ? tiny : small,
                     {.params = 3, .orders = 16, .checks = 16, .resources = 1000},
                     200 + seed});
    cases.push_back({"one_value_" + suffix,
                     tiny,
                     {.params = 1, .orders = 1, .checks = 1, .resources = 300},
                     300 + seed});
    if (seed <= 2)
      cases.push_back({"real_blocks_" + suffix, real, {.resources = 3000}, 400 + seed});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Worlds, IndexProperty, ::testing::ValuesIn(Cases()),
                         [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace healthlake::index
