// Versions that a transaction has taken and not written yet: together they cost less.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datastore/store_parts.hpp"
#include "datastore/value_difference.hpp"
#include "healthlake/store/commit_log.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::datastore {

// At most one version of a resource at a time: whoever writes it again, or reads it, flushes first.
class PendingWrites {
 public:
  PendingWrites(const StoreParts& parts, store::WriteTransaction& transaction,
                store::ResourceTables& tables)
      : parts_(parts), transaction_(transaction), tables_(tables) {}

  bool empty() const noexcept { return items_.empty(); }
  bool Holds(const store::ResourceKey& key) const {
    return keys_.contains({key.type, std::string(key.id)});
  }
  // So much that it should be flushed.
  bool Full() const noexcept;

  // `next` takes the place of `current`, or is the first of its resource; its body's place is not
  // known yet. What changes in the index goes to change().
  void Add(std::string_view id, std::string_view json,
           const std::optional<store::ResourceRow>& current, const store::ResourceRow& next);
  IndexChange& change() noexcept { return change_; }

  // Writes everything that was added, but the log.
  void Flush();
  // Logs the versions that were flushed up to now.
  void Log();

 private:
  struct Item {
    std::string id;
    std::string json;
    std::optional<store::ResourceRow> current;
    store::ResourceRow next;
  };

  void WriteBodies();
  void WriteRows();
  void WriteIndex();

  const StoreParts& parts_;
  store::WriteTransaction& transaction_;
  store::ResourceTables& tables_;
  std::vector<Item> items_;
  std::set<std::pair<store::TypeNumber, std::string>> keys_;
  std::size_t bytes_ = 0;
  IndexChange change_;
  std::vector<store::LoggedVersion> logged_;
  core::Timestamp newest_{};  // of what was logged
  bool log_due_ = false;
};

}  // namespace healthlake::datastore
