// Objects under s3:// names: what jobs read and write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::objects {

// s3://bucket/key. As a prefix, `key` may be empty or end anywhere: a plain string prefix, as in
// S3.
struct ObjectUri {
  std::string bucket;
  std::string key;

  std::string text() const { return "s3://" + bucket + "/" + key; }
  bool operator==(const ObjectUri&) const = default;
};

// Throws core::Error{kInvalid} naming `text` when it is no s3:// URI with a bucket name as S3 has
// them (3 to 63 of a-z 0-9 . -, reference 1.5). "s3://bucket" is the empty key. Says nothing about
// what exists.
ObjectUri ParseObjectUri(std::string_view text);

struct ObjectInfo {
  std::string key;
  std::uint64_t size = 0;  // bytes; zero too for what cannot be read: OpenRead says why
};

// A stream of keys in S3's order (bytes of UTF-8). Confined to one thread; the storage outlives it.
class ObjectListing {
 public:
  virtual ~ObjectListing() = default;
  // False at the end. Throws core::Error{kUnavailable} when the storage fails.
  virtual bool Next(ObjectInfo& object) = 0;
};

// The bytes of one object, pulled. Confined to one thread; the storage outlives it.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  // Up to `capacity` bytes, fewer only when fewer are at hand; 0 at the end. Throws
  // core::Error{kUnavailable}.
  virtual std::size_t Read(char* buffer, std::size_t capacity) = 0;
  // Of the whole object when it was opened, in bytes.
  virtual std::uint64_t size() const = 0;
};

// Thread-safe. Messages of errors name the URI and no path of this machine. All calls may throw
// core::Error: kInvalid (no such key can be), kAccessDenied (the name leads out of the storage, or
// the storage says no), kNotFound, kUnavailable (disk full, storage out of order).
class ObjectStorage {
 public:
  virtual ~ObjectStorage() = default;

  // All objects whose key starts with prefix.key; memory grows with the largest folder only.
  // kNotFound when there is none, or no such bucket.
  virtual std::unique_ptr<ObjectListing> List(const ObjectUri& prefix) = 0;

  // The object of exactly that key.
  virtual std::optional<ObjectInfo> Find(const ObjectUri& uri) = 0;

  // Reads from `offset` on; at or behind the end there are no bytes. kNotFound.
  virtual std::unique_ptr<ObjectReader> OpenRead(const ObjectUri& uri,
                                                 std::uint64_t offset = 0) = 0;

  // Makes or replaces an object: readers see the old bytes or all of the new ones. The folder form
  // makes what is missing on the way, the bucket too: a folder has no other way to get one.
  virtual void Put(const ObjectUri& uri, std::string_view bytes) = 0;

  // The same with the bytes of a local file, which is gone afterwards. Done again after a crash in
  // between (the file is gone and the object there) it changes nothing.
  virtual void PutFile(const ObjectUri& uri, const std::filesystem::path& file) = 0;
};

// s3://bucket/key is root/bucket/key. Makes `root` when it is absent; core::Error{kUnavailable}
// when that fails. Names cannot leave the root: neither by "..", nor by symbolic links, of which
// only relative ones that stay inside are followed. One folder inside, ".healthlake-tmp", is no
// bucket.
std::unique_ptr<ObjectStorage> OpenFolderStorage(const std::filesystem::path& root);

}  // namespace healthlake::objects
