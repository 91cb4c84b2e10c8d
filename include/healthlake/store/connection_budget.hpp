// What all data stores of the process share: how many SQLite connections are open, how much page
// cache they may hold.
#pragma once

#include <cstddef>
#include <memory>

namespace healthlake::store {

class ConnectionPool;

// Thread-safe. Must outlive every StoreFile that uses it. Connections that are in use are never
// taken away, so a burst of busy threads may pass the limits; idle ones are closed, least recently
// used first and over all files, as soon as somebody needs the room.
class ConnectionBudget {
 public:
  struct Limits {
    std::size_t connections = 64;
    // A reader counts 1/connections of it, a file's writer a quarter while it is in use.
    std::size_t page_cache_bytes = std::size_t{64} << 20;
  };

  ConnectionBudget();
  explicit ConnectionBudget(const Limits& limits);
  ~ConnectionBudget();

  struct Usage {
    std::size_t open = 0;  // connections, idle ones included
    std::size_t idle = 0;
    std::size_t page_cache_bytes = 0;  // the sum of the shares handed out
  };
  Usage usage() const;

  // For the sources of this room only.
  ConnectionPool& pool() noexcept { return *pool_; }

 private:
  std::unique_ptr<ConnectionPool> pool_;
};

}  // namespace healthlake::store
