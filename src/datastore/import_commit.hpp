// From a batch of parsed lines to one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datastore/import_batch.hpp"
#include "datastore/store_parts.hpp"
#include "datastore/value_difference.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/store/resource_tables.hpp"
#include "healthlake/store/store_file.hpp"

namespace healthlake::datastore {

// Prepares against a snapshot, writes under the lock.
class ImportCommit {
 public:
  ImportCommit(const StoreParts& parts, LineBatch& batch, ParseWorkspace& workspace)
      : parts_(parts), batch_(batch), workspace_(workspace) {}

  // Everything that takes long: look-ups, differences, compression. May be called again,
  // with the connection of the write transaction, when StillValid denies.
  void Prepare(store::Connection& connection);
  // Whether all resources of the batch are as Prepare found them.
  bool StillValid(store::Connection& connection) const;
  void Write(store::WriteTransaction& transaction);

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  // One line's version on its way.
  struct Step {
    std::size_t earlier = kNone;  // the line of the batch that wrote the same resource before
    bool last = true;             // no later line of the batch writes it
    bool replaces = false;
    store::ResourceRow current;  // when it replaces
    store::ResourceRow next;
    std::size_t block = 0;  // among blocks_; next.body.slot is final
  };

  void FindStored(store::Connection& connection);
  void LinkDuplicates();
  void AssignVersions();
  void CompressBodies();
  void CollectEntries(store::Connection& connection);
  void CollectNew(const Step& step, const ImportItem& item, core::Timestamp created);
  void CollectUpdate(std::string_view stored_body, SymbolResolver& symbols, const Step& step,
                     const ImportItem& item, const store::ResourceRow& stored);
  void Log(store::WriteTransaction& transaction) const;
  // The first of the batch's lines that write the same resource.
  std::size_t HeadOf(std::size_t step) const;

  const StoreParts& parts_;
  LineBatch& batch_;
  ParseWorkspace& workspace_;
  std::vector<store::ResourceKey> keys_;
  std::vector<std::optional<store::ResourceRow>> stored_;
  std::vector<Step> steps_;
  std::vector<std::string> blocks_;
  IndexChange change_;
  EncodedValues before_;
  EncodedValues after_;
};

}  // namespace healthlake::datastore
