// The idle connections of all store files, and the arithmetic of the budget.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <vector>

#include "healthlake/store/connection.hpp"
#include "healthlake/store/connection_budget.hpp"

namespace healthlake::store {

enum class ConnectionRole { kReader, kWriter };

// Thread-safe. Every connection that exists is accounted for from Take to Give's eviction or Drop.
class ConnectionPool {
 public:
  explicit ConnectionPool(const ConnectionBudget::Limits& limits);

  // An idle connection of `owner`, else nullopt: then there is room for one more, which the caller
  // opens, gives back with Give, or reports as Drop when it cannot be opened.
  std::optional<Connection> Take(const void* owner, ConnectionRole role);
  void Give(const void* owner, ConnectionRole role, Connection connection);
  void Drop(ConnectionRole role);
  // Hands out all idle connections of `owner`; they are no longer accounted for. Writer first.
  std::vector<Connection> TakeAll(const void* owner);

  std::size_t CacheBytes(ConnectionRole role) const noexcept;
  ConnectionBudget::Usage usage() const;

 private:
  struct Idle {
    const void* owner;
    ConnectionRole role;
    std::size_t share;  // a writer's falls to a reader's when its cache was released
    Connection connection;
  };
  using IdleList = std::list<Idle>;  // least recently used first

  // Moves what must be closed to `closing`, so that closing happens outside of the mutex.
  void MakeRoom(std::size_t connections, std::size_t bytes, IdleList& closing);

  const ConnectionBudget::Limits limits_;
  mutable std::mutex mutex_;
  IdleList idle_;
  std::size_t open_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace healthlake::store
