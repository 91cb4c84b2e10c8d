// The index alone, on values spread as Synthea spreads them: 14 a resource, some common to nearly
// all.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <iterator>
#include <random>
#include <vector>

#include "healthlake/index/index.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::index {
namespace {

constexpr Rid kBatch = 20'000;
constexpr Rid kBatches = 50;  // a million resources
constexpr Param kStatus = 10;
constexpr Param kCategory = 11;
constexpr Param kCode = 12;
constexpr Param kPatient = 20;
constexpr Param kDate = 30;
constexpr Param kQuantity = 31;

std::uint64_t Mixed(std::uint64_t value) {
  value = (value ^ (value >> 31)) * 0x9E3779B97F4A7C15;
  return (value ^ (value >> 29)) * 0xBF58476D1CE4E5B9;
}

Key Hashed(std::uint64_t value) {
  return {Mixed(value), Mixed(value + 77) & 0xFFFFFFFF};
}

void AppendResource(Rid rid, std::mt19937_64& random, std::vector<Entry>& entries) {
  const auto add = [&](Param param, const Key& key) {
    entries.push_back({param, key, rid, Sign::kAdd});
  };
  const std::uint64_t patient = rid / 800;
  add(1, {random() % 3 == 0 ? 2U : 1U, 0});
  add(2, {0, 0});
  add(kStatus, Hashed(random() % 10 == 0));
  add(kCategory, Hashed(random() % 20 < 9 ? 0 : 1 + random() % 20));
  add(kCode, Hashed(random() % 2 == 0 ? random() % 20 : random() % 900));
  add(kCode, Hashed(5000 + random() % 300));
  add(kPatient, Hashed(patient));
  add(kPatient + 1, Hashed(patient));
  add(kPatient + 2, Hashed(1'000'000 + rid / 12));
  add(kPatient + 3, Hashed(1 << 30 | rid));
  add(kDate, {1'500'000'000'000 + (random() % 300'000'000) * 1000, 86'400'000});
  add(kDate + 10, Hashed(random() % 50));
  add(kQuantity, {0x8000'0000'0000'0000 + random() % 4000, random() % 40});
  add(kQuantity + 1, Hashed(random() % 20'000));
}

std::vector<std::vector<Entry>> MakeBatches() {
  std::mt19937_64 random(1);
  std::vector<std::vector<Entry>> batches(kBatches);
  for (Rid batch = 0; batch < kBatches; ++batch) {
    for (Rid i = 0; i < kBatch; ++i) AppendResource(batch * kBatch + i, random, batches[batch]);
  }
  return batches;
}

enum class Merged { kNo, kTiers, kWhole };

struct Store {
  explicit Store(Merged merged) {
    for (std::vector<Entry>& batch : MakeBatches()) {
      store::WriteTransaction write = file.Write();
      std::vector<StringEntry> strings;
      index.WriteBatch(write, batch, strings);
      write.Commit();
    }
    if (merged == Merged::kTiers) index.Maintain({});
    if (merged == Merged::kWhole) index.Compact({});
  }

  static Store& Of(Merged merged) {
    static Store none(Merged::kNo);
    static Store tiers(Merged::kTiers);
    static Store whole(Merged::kWhole);
    return merged == Merged::kNo ? none : merged == Merged::kTiers ? tiers : whole;
  }

  support::TemporaryFolder folder;
  store::ConnectionBudget budget;
  store::StoreFile file{folder / "store", store::Durability::kNormal, budget};
  Index index{file, {}};
};

void WriteBatches(benchmark::State& state) {
  const std::vector<std::vector<Entry>> batches = MakeBatches();
  std::size_t entries = 0;
  for (auto _ : state) {
    support::TemporaryFolder folder;
    store::ConnectionBudget budget;
    store::StoreFile file(folder / "store", store::Durability::kNormal, budget);
    Index index(file, {});
    for (const std::vector<Entry>& batch : batches) {
      state.PauseTiming();
      std::vector<Entry> copy = batch;
      state.ResumeTiming();
      store::WriteTransaction write = file.Write();
      std::vector<StringEntry> strings;
      index.WriteBatch(write, copy, strings);
      write.Commit();
      entries += batch.size();
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(entries));
}
BENCHMARK(WriteBatches)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void CompactMillion(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    Store store(Merged::kNo);
    state.ResumeTiming();
    store.index.Compact({});
  }
}
BENCHMARK(CompactMillion)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

template <typename Query>
void Ask(benchmark::State& state, const Query& query) {
  Store& store = Store::Of(static_cast<Merged>(state.range(0)));
  std::uint64_t hits = 0;
  std::uint64_t salt = 0;
  for (auto _ : state) {
    store::ReadTransaction read = store.file.Read();
    hits = query(*store.index.Open(read), salt++);
  }
  state.counters["hits"] = static_cast<double>(hits);
}

std::uint64_t First20(Cursor& cursor) {
  std::uint64_t members = 0;
  for (Rid rid = cursor.Seek(0); rid != Cursor::kEnd && ++members < 20;) rid = cursor.Next(rid);
  return members;
}
std::vector<CursorPtr> Two(CursorPtr a, CursorPtr b) {
  std::vector<CursorPtr> sets;
  sets.push_back(std::move(a));
  sets.push_back(std::move(b));
  return sets;
}
CursorPtr DayRange(Reader& reader, std::uint64_t days) {
  const std::uint64_t start = 1'600'000'000'000;
  return reader.Range(kDate, start, start + days * 86'400'000);
}

void Bench(const char* name, std::uint64_t (*query)(Reader&, std::uint64_t)) {
  benchmark::RegisterBenchmark(name, [query](benchmark::State& state) { Ask(state, query); })
      ->Arg(static_cast<int>(Merged::kNo))
      ->Arg(static_cast<int>(Merged::kTiers))
      ->Arg(static_cast<int>(Merged::kWhole))
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime();
}

const bool kRegistered = [] {
  Bench("CountCommonToken",
        [](Reader& r, std::uint64_t) { return r.CountPoint(kCategory, Hashed(0)); });
  Bench("CountRareReference", [](Reader& r, std::uint64_t salt) {
    return r.CountPoint(kPatient, Hashed(salt * 7 % 1250));
  });
  Bench("ReadCommonToken",
        [](Reader& r, std::uint64_t) { return Count(*r.Point(kCategory, Hashed(0))); });
  Bench("AndOfTwoLargeSets", [](Reader& r, std::uint64_t) {
    return Count(*And(Two(r.Point(kCategory, Hashed(0)), r.Point(kStatus, Hashed(0)))));
  });
  Bench("AndOfTwoLargeSetsFirst20", [](Reader& r, std::uint64_t) {
    return First20(*And(Two(r.Point(kCategory, Hashed(0)), r.Point(kStatus, Hashed(0)))));
  });
  Bench("PointUniqueReference", [](Reader& r, std::uint64_t salt) {
    return First20(*r.Point(kPatient + 3, Hashed(1 << 30 | (salt * 7919 % 1'000'000))));
  });
  Bench("PatientAndCode", [](Reader& r, std::uint64_t salt) {
    return Count(*And(Two(r.Point(kPatient, Hashed(salt * 7 % 1250)), r.Point(kCode, Hashed(3)))));
  });
  Bench("DateRangeOfAWeek", [](Reader& r, std::uint64_t) { return Count(*DayRange(r, 7)); });
  Bench("PatientAndYear", [](Reader& r, std::uint64_t salt) {
    return Count(*And(Two(r.Point(kPatient, Hashed(salt * 7 % 1250)), DayRange(r, 365))));
  });
  Bench("AnyDate", [](Reader& r, std::uint64_t) { return Count(*r.Any(kDate)); });
  Bench("WalkDatesDescendingFirst20", [](Reader& r, std::uint64_t) {
    const auto walk = r.Walk(kDate, 0, ~std::uint64_t{0}, Direction::kDescending);
    Key key;
    std::vector<Rid> rids;
    std::uint64_t members = 0;
    while (members < 20 && walk->Next(key, rids)) members += rids.size();
    return members;
  });
  return true;
}();

}  // namespace
}  // namespace healthlake::index
