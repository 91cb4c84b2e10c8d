#include "store/connection_pool.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace healthlake::store {

ConnectionPool::ConnectionPool(const ConnectionBudget::Limits& limits) : limits_(limits) {}

std::size_t ConnectionPool::CacheBytes(ConnectionRole role) const noexcept {
  const std::size_t reader =
      limits_.page_cache_bytes / std::max<std::size_t>(limits_.connections, 1);
  if (role == ConnectionRole::kReader) return reader;
  return std::max(reader, limits_.page_cache_bytes / 4);
}

std::optional<Connection> ConnectionPool::Take(const void* owner, ConnectionRole role) {
  IdleList closing;
  const std::lock_guard lock(mutex_);
  const std::size_t share = CacheBytes(role);
  // The most recently used one has the warmest cache.
  for (auto idle = idle_.rbegin(); idle != idle_.rend(); ++idle) {
    if (idle->owner != owner || idle->role != role) continue;
    IdleList taken;
    taken.splice(taken.begin(), idle_, std::next(idle).base());
    bytes_ += share - taken.front().share;
    if (taken.front().share != share) MakeRoom(0, 0, closing);
    return std::move(taken.front().connection);
  }
  MakeRoom(1, share, closing);
  ++open_;
  bytes_ += share;
  return std::nullopt;
}

void ConnectionPool::Give(const void* owner, ConnectionRole role, Connection connection) {
  IdleList closing;
  const std::lock_guard lock(mutex_);
  idle_.push_back({owner, role, CacheBytes(role), std::move(connection)});
  MakeRoom(0, 0, closing);
}

void ConnectionPool::Drop(ConnectionRole role) {
  const std::lock_guard lock(mutex_);
  --open_;
  bytes_ -= CacheBytes(role);
}

std::vector<Connection> ConnectionPool::TakeAll(const void* owner) {
  std::vector<Connection> taken;
  const std::lock_guard lock(mutex_);
  for (auto idle = idle_.begin(); idle != idle_.end();) {
    if (idle->owner != owner) {
      ++idle;
      continue;
    }
    --open_;
    bytes_ -= idle->share;
    const auto place = idle->role == ConnectionRole::kWriter ? taken.begin() : taken.end();
    taken.insert(place, std::move(idle->connection));
    idle = idle_.erase(idle);
  }
  return taken;
}

void ConnectionPool::MakeRoom(std::size_t connections, std::size_t bytes, IdleList& closing) {
  const std::size_t reader = CacheBytes(ConnectionRole::kReader);
  // Emptying a writer's cache is cheaper than opening it again.
  for (Idle& idle : idle_) {
    if (bytes_ + bytes <= limits_.page_cache_bytes) break;
    if (idle.share <= reader) continue;
    sqlite3_db_release_memory(idle.connection.handle());
    bytes_ -= idle.share - reader;
    idle.share = reader;
  }
  while (!idle_.empty() &&
         (open_ + connections > limits_.connections || bytes_ + bytes > limits_.page_cache_bytes)) {
    --open_;
    bytes_ -= idle_.front().share;
    closing.splice(closing.end(), idle_, idle_.begin());
  }
}

ConnectionBudget::Usage ConnectionPool::usage() const {
  const std::lock_guard lock(mutex_);
  return {open_, idle_.size(), bytes_};
}

ConnectionBudget::ConnectionBudget() : ConnectionBudget(Limits{}) {}
ConnectionBudget::ConnectionBudget(const Limits& limits)
    : pool_(std::make_unique<ConnectionPool>(limits)) {}
ConnectionBudget::~ConnectionBudget() = default;

ConnectionBudget::Usage ConnectionBudget::usage() const {
  return pool_->usage();
}

}  // namespace healthlake::store
