// The keys of a folder that stands for a bucket, in S3's order.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "healthlake/objects/object_storage.hpp"
#include "objects/beneath.hpp"

namespace healthlake::objects {

// Walks folder by folder: holds the names of the folders from the top to the present one, not of
// the whole bucket.
class FolderListing final : public ObjectListing {
 public:
  // `root` holds the buckets. `prefix` has been checked. An absent bucket or folder has no keys.
  FolderListing(Descriptor root, ObjectUri prefix);
  bool Next(ObjectInfo& object) override;

 private:
  enum class Kind : std::uint8_t { kFile, kFolder, kUnreadable };
  struct Entry {
    std::uint32_t place;  // of the name in Level::names
    std::uint16_t length;
    Kind kind;
  };
  struct Level {
    Descriptor folder;
    dev_t device;
    ino_t inode;
    std::string path;   // key of the folder, with its slash; empty for the bucket
    std::string names;  // all names, one after the other; folders' with a slash
    std::vector<Entry> entries;
    std::size_t next = 0;
  };

  void Enter(const std::string& path, std::string_view name_prefix);
  void ReadNames(Level& level, std::string_view name_prefix);
  bool KindOf(const Level& level, const char* name, unsigned char type, Kind& kind);

  Descriptor root_;
  ObjectUri prefix_;
  std::vector<Level> levels_;
};

}  // namespace healthlake::objects
