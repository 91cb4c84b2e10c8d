#include "search_store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <iostream>
#include <random>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::benchmark {
namespace {

using datastore::ImportBatch;
using datastore::LineOutcome;

constexpr auto kLevel = fhir::ValidationLevel::kStrict;

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void Commit(datastore::OpenDatastore& store, ImportBatch& batch) {
  store.CommitImport(batch, "bench",
                     [](std::span<const LineOutcome> outcomes) {
                       for (const LineOutcome& outcome : outcomes) {
                         if (outcome.status < 400) continue;
                         std::cerr << outcome.type << "/" << outcome.id
                                   << " was refused: " << outcome.issues.front().diagnostics
                                   << "\n";
                       }
                       return std::string();
                     },
                     {});
}

// The same resource with the last digit of its first value one higher.
bool Change(std::string& text, bool status_too) {
  constexpr std::string_view kMark = "\"value\":";
  const std::size_t at = text.find(kMark);
  if (at == std::string::npos) return false;
  const std::size_t end = text.find_first_not_of("+-.0123456789", at + kMark.size());
  if (end == std::string::npos || text[end] == 'e' || end == at + kMark.size()) return false;
  char& digit = text[end - 1];
  digit = digit == '9' ? '0' : static_cast<char>(digit + 1);
  if (status_too) {
    constexpr std::string_view kFinal = "\"status\":\"final\"";
    const std::size_t found = text.find(kFinal);
    if (found != std::string::npos) text.replace(found, kFinal.size(), "\"status\":\"amended\"");
  }
  return true;
}

}  // namespace

class BenchStore::Maintainer {
 public:
  explicit Maintainer(BenchStore& owner) : owner_(owner) {}
  ~Maintainer() {
    stopping_ = true;
    asked_.release();
    thread_.join();
  }
  Maintainer(const Maintainer&) = delete;
  Maintainer& operator=(const Maintainer&) = delete;

  void Ask() {
    if (!waiting_.exchange(true)) asked_.release();
  }
  void WaitUntilIdle() {
    const std::lock_guard turn(mutex_);
    owner_.store_->Maintain({});
  }

 private:
  void Run() {
    for (;;) {
      asked_.acquire();
      if (stopping_) return;
      waiting_ = false;
      const std::lock_guard turn(mutex_);
      owner_.store_->Maintain({});
    }
  }

  BenchStore& owner_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> waiting_ = false;
  std::counting_semaphore<> asked_{0};
  std::mutex mutex_;
  std::thread thread_{[this] { Run(); }};
};

BenchStore::BenchStore(std::filesystem::path file) : file_(std::move(file)) {
  maintainer_ = std::make_unique<Maintainer>(*this);
  datastore::OpenOptions options;
  options.types = datastore::TypePolicy::kAll;
  store_ = std::make_unique<datastore::OpenDatastore>(store::DatastoreId(std::string(kDatastoreId)),
                                                      file_, budget_, clock_, ids_, options,
                                                      [this] { maintainer_->Ask(); });
}

BenchStore::~BenchStore() {
  maintainer_.reset();
}

void BenchStore::Import(Replica& replica, std::size_t count) {
  const Stopwatch watch;
  std::future<void> committing;
  std::shared_ptr<ImportBatch> batch = store_->NewImportBatch(kLevel);
  const auto commit = [&] {
    if (committing.valid()) committing.get();
    committing =
        std::async(std::launch::async, [this, full = std::move(batch)] { Commit(*store_, *full); });
  };
  for (std::size_t i = 0; i < count; ++i) {
    batch->Add(i + 1,
               replica.Line(i % replica.size(), static_cast<std::uint32_t>(i / replica.size())));
    if (!batch->full()) continue;
    commit();
    batch = store_->NewImportBatch(kLevel);
  }
  if (!batch->empty()) commit();
  if (committing.valid()) committing.get();
  maintainer_->WaitUntilIdle();
  std::cerr << "imported " << count << " resources in " << watch.Seconds() << " s\n";
}

void BenchStore::Write(Replica& replica, std::size_t count, std::size_t writes) {
  const Stopwatch watch;
  std::mt19937_64 random(1);
  json::Document document;
  const auto type = fhir::FindResourceType("Observation").value();
  for (std::size_t done = 0; done < writes;) {
    const std::size_t at = random() % count;
    std::string text(
        replica.Line(at % replica.size(), static_cast<std::uint32_t>(at / replica.size())));
    if (!text.starts_with(R"({"resourceType":"Observation")")) continue;
    if (!Change(text, done % 10 == 0)) continue;
    if (document.Parse(text)) throw std::runtime_error("a changed resource is no JSON");
    const std::string id(document.root().Find("id")->string());
    store_->Update(type, id, document.root(), kLevel, {}, {});
    ++done;
  }
  const double seconds = watch.Seconds();
  maintainer_->WaitUntilIdle();
  std::cerr << writes << " single writes in " << seconds << " s\n";
}

namespace {

void Make(const std::filesystem::path& folder, const std::filesystem::path& ready,
          const std::filesystem::path& from, const std::function<void(BenchStore&)>& fill) {
  const std::filesystem::path part = folder / "part";
  std::filesystem::remove_all(part);
  if (from.empty()) {
    std::filesystem::create_directories(part);
  } else {
    std::filesystem::copy(from, part, std::filesystem::copy_options::recursive);
  }
  {
    BenchStore store(part / "store.sqlite");
    fill(store);
  }
  std::filesystem::remove_all(ready);
  std::filesystem::rename(part, ready);
}

}  // namespace

std::unique_ptr<BenchStore> OpenBenchStore(const std::filesystem::path& folder, std::size_t count,
                                           std::size_t writes, const ReplicaSource& replica) {
  const std::filesystem::path merged = folder / std::to_string(count);
  const std::filesystem::path ready =
      writes == 0 ? merged : folder / (std::to_string(count) + "+" + std::to_string(writes));
  if (std::filesystem::exists(ready)) {
    try {
      return std::make_unique<BenchStore>(ready / "store.sqlite");
    } catch (const core::Error&) {
      std::cerr << ready << " is of another format: made anew\n";
    }
  }
  if (writes == 0) {
    Make(folder, ready, {}, [&](BenchStore& store) { store.Import(replica(), count); });
  } else {
    OpenBenchStore(folder, count, 0, replica).reset();
    Make(folder, ready, merged, [&](BenchStore& store) { store.Write(replica(), count, writes); });
  }
  return std::make_unique<BenchStore>(ready / "store.sqlite");
}

}  // namespace healthlake::benchmark
