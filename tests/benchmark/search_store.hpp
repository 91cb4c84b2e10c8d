// Data stores of a benchmark's own, in files that later runs find again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "datastore/open_datastore.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "search_replica.hpp"

namespace healthlake::benchmark {

inline constexpr std::string_view kDatastoreId = "0123456789abcdef0123456789abcdef";

// One open store, and the thread that folds and merges its index.
class BenchStore {
 public:
  explicit BenchStore(std::filesystem::path file);
  ~BenchStore();

  datastore::OpenDatastore& datastore() noexcept { return *store_; }
  const std::filesystem::path& file() const noexcept { return file_; }

  // `count` resources of `replica`, in batches as a job makes them; merged when it returns.
  void Import(Replica& replica, std::size_t count);
  // `writes` times a PUT of one of those `count`: an Observation with another value, each tenth
  // with another status too. What folding and merging they ask for is done when it returns.
  void Write(Replica& replica, std::size_t count, std::size_t writes);

 private:
  class Maintainer;

  const std::filesystem::path file_;
  store::ConnectionBudget budget_;
  core::SystemClock clock_;
  core::RandomIds ids_;
  std::unique_ptr<Maintainer> maintainer_;
  std::unique_ptr<datastore::OpenDatastore> store_;
};

// Made on demand, as Synthea is read only when a store has to be made.
using ReplicaSource = std::function<Replica&()>;

// The store of `count` resources in `folder`, with or without `writes` on top. Made when there is
// none, or one of another format.
std::unique_ptr<BenchStore> OpenBenchStore(const std::filesystem::path& folder, std::size_t count,
                                           std::size_t writes, const ReplicaSource& replica);

}  // namespace healthlake::benchmark
