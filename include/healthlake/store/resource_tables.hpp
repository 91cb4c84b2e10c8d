// Resources by key, by number and by version, over one data store's file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/clock.hpp"
#include "healthlake/store/body_codec.hpp"

namespace healthlake::store {

class Connection;
class WriteTransaction;

// A resource's number inside its store: given once, from 1 upwards, kept over all versions and
// through deletion. The same as index::Rid.
using Rid = std::uint32_t;

// fhir::ResourceType::number().
using TypeNumber = std::uint8_t;

struct ResourceKey {
  TypeNumber type = 0;
  std::string_view id;
};

// Where a body lies.
struct BodyPlace {
  std::uint64_t block = 0;
  std::uint32_t slot = 0;
  auto operator<=>(const BodyPlace&) const = default;
};

// How a version came to be. The numbers are stored: do not change them.
enum class VersionKind : std::uint8_t {
  kUpdated = 0,        // put in the place of a live version
  kDeleted = 1,        // a tombstone: the body is empty
  kCreatedByPost = 2,  // its id was the server's choice
  kCreatedByPut = 3,   // the first version of its id, or the first after a deletion
};

// One version of a resource, without its body.
struct ResourceRow {
  Rid rid = 0;
  TypeNumber type = 0;
  VersionKind kind = VersionKind::kUpdated;
  std::uint64_t version = 0;
  std::uint64_t change = 0;  // the commit that wrote it
  core::Timestamp last_updated{};
  BodyPlace body;

  bool deleted() const noexcept { return kind == VersionKind::kDeleted; }
};

// The bits of hash63(type, id) that are used; fewer only in tests of collisions.
struct KeyBits {
  int count = 63;
};

enum class ScanFilter { kLive, kAll };

// Works through one transaction; make one for each, it costs nothing. Confined to its thread. Keeps
// the block that it decompressed last, so asking for neighbours, or for the body right after Find,
// is cheap.
class ResourceTables {
 public:
  ResourceTables(Connection& connection, const BodyCodec& codec, KeyBits bits = {});
  ~ResourceTables();
  ResourceTables(const ResourceTables&) = delete;
  ResourceTables& operator=(const ResourceTables&) = delete;

  // --- Reading -----------------------------------------------------------------------------------

  // The current version, tombstones included; nullopt when the id was never used. The id is
  // compared with the stored one, so a hash collision is never visible.
  std::optional<ResourceRow> Find(const ResourceKey& key);
  // The same for many, looked up in the order of their hashes; answers in the order of `keys`.
  std::vector<std::optional<ResourceRow>> FindAll(std::span<const ResourceKey> keys);
  std::optional<ResourceRow> FindByRid(Rid rid);
  // Current versions of the resources whose 63 bits of hash, core::Hash64(id, type), may be `hash`:
  // handed to `each` until it returns true. There is more than one only where hashes collide.
  using EachCollision = std::function<bool(const ResourceRow&, const BodyView&)>;
  void FindByHash(std::uint64_t hash, const EachCollision& each);
  // Any version, the current one included.
  std::optional<ResourceRow> FindVersion(Rid rid, std::uint64_t version);
  // Versions below `before`, newest first, at most `limit`.
  std::vector<ResourceRow> Versions(Rid rid, std::uint64_t before, std::size_t limit);

  // The body, "" for a tombstone. The view is valid until this object loads the next body. Throws
  // core::Error{kInternal} when there is none at `place`.
  BodyView LoadBody(const BodyPlace& place);

  using EachResource = std::function<void(const ResourceRow&, const BodyView&)>;
  // The current versions of `rids`, which must ascend; each block is decompressed once when they
  // were stored together. Numbers that do not exist are left out.
  void LoadBodies(std::span<const Rid> rids, const EachResource& each);

  // Rows after `after` (0: from the start) in ascending order of rid, at most `limit`.
  std::vector<ResourceRow> ScanCurrent(Rid after, std::size_t limit,
                                       ScanFilter filter = ScanFilter::kAll);

  // --- Writing: `transaction` must be the one whose connection this object was made with
  // -----------

  // The number for the next new resource; the ones after it are free as well.
  Rid NextRid();

  // Stores a block made by BodyCodec::Compress and returns its number.
  std::uint64_t AddBlock(WriteTransaction& transaction, std::string_view block);

  // A resource whose key was never used (Find said so within this transaction). `row.change` is set
  // by the call; its body must be in place already.
  struct NewResource {
    std::string_view id;
    ResourceRow row;
  };
  // Rids must be new; they may come in any order, ascending is fastest.
  void InsertNew(WriteTransaction& transaction, std::span<const NewResource> resources);

  // Puts `next` in the place of the current version `current`, which goes to the history. rid and
  // type must be equal; `next.change` is set by the call. Throws kConflict when `current` is not
  // current.
  void ReplaceCurrent(WriteTransaction& transaction, const ResourceRow& current, ResourceRow& next);

 private:
  struct LastBlock {
    std::uint64_t number = 0;  // 0: none
    BodyBlock block;
  };

  std::uint64_t HashOf(const ResourceKey& key) const;
  static std::uint64_t NextHash(std::uint64_t hash);
  // `each(row, statement)`: of the chain of taken numbers from `hash` on, until it returns true.
  template <typename Each>
  void ForEachOfHash(std::uint64_t hash, const Each& each);
  std::optional<ResourceRow> FindFrom(std::uint64_t hash, const ResourceKey& key);
  void KeepBlock(std::uint64_t number, std::string_view data);
  const BodyBlock& LoadBlock(std::uint64_t number);

  Connection& connection_;
  const BodyCodec& codec_;
  std::uint64_t hash_mask_;
  LastBlock last_;
};

}  // namespace healthlake::store
