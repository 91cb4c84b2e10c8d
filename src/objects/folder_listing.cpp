#include "objects/folder_listing.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "healthlake/core/error.hpp"
#include "objects/faults.hpp"

namespace healthlake::objects {
namespace {

constexpr std::size_t kMaxLevels = 100;  // one descriptor each

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

FolderListing::FolderListing(Descriptor root, ObjectUri prefix)
    : root_(std::move(root)), prefix_(std::move(prefix)) {
  const std::size_t slash = prefix_.key.rfind('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  Enter(prefix_.key.substr(0, start), std::string_view(prefix_.key).substr(start));
}

bool FolderListing::Next(ObjectInfo& object) {
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.next == level.entries.size()) {
      levels_.pop_back();
      continue;
    }
    const Entry entry = level.entries[level.next++];
    std::string key = level.path + level.names.substr(entry.place, entry.length);
    if (entry.kind == Kind::kFolder) {
      Enter(key, {});
      continue;
    }
    object.size = 0;
    struct stat status {};
    if (entry.kind == Kind::kFile) {
      const std::string name = level.names.substr(entry.place, entry.length);
      // Gone since the folder was read.
      if (fstatat(level.folder.get(), name.c_str(), &status, 0) != 0) continue;
      object.size = static_cast<std::uint64_t>(status.st_size);
    }
    object.key = std::move(key);
    return true;
  }
  return false;
}

void FolderListing::Enter(const std::string& path, std::string_view name_prefix) {
  const ObjectUri uri{prefix_.bucket, path};
  if (levels_.size() == kMaxLevels) {
    throw core::Error(core::ErrorKind::kInvalid, uri.text() + " is nested too deep");
  }
  std::string place = prefix_.bucket + "/" + path;
  place.pop_back();
  Level level;
  level.folder = OpenBeneath(root_.get(), place, O_RDONLY | O_DIRECTORY);
  if (!level.folder.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return;
    ThrowFault(errno, uri, "listed");
  }
  struct stat status {};
  if (fstat(level.folder.get(), &status) != 0) ThrowFault(errno, uri, "listed");
  level.device = status.st_dev;
  level.inode = status.st_ino;
  // A link to a folder above: its keys would have no end.
  for (const Level& above : levels_) {
    if (above.device == level.device && above.inode == level.inode) return;
  }
  level.path = path;
  ReadNames(level, name_prefix);
  levels_.push_back(std::move(level));
}

void FolderListing::ReadNames(Level& level, std::string_view name_prefix) {
  const ObjectUri uri{prefix_.bucket, level.path};
  const int copy = fcntl(level.folder.get(), F_DUPFD_CLOEXEC, 0);
  const std::unique_ptr<DIR, CloseFolder> folder(copy < 0 ? nullptr : fdopendir(copy));
  if (!folder) ThrowFault(errno, uri, "listed");
  while (true) {
    errno = 0;
    const dirent* found = readdir(folder.get());
    if (found == nullptr) {
      if (errno != 0) ThrowFault(errno, uri, "listed");
      break;
    }
    const std::string_view name = found->d_name;
    if (name == "." || name == ".." || !name.starts_with(name_prefix)) continue;
    Entry entry{};
    if (!KindOf(level, found->d_name, found->d_type, entry.kind)) continue;
    entry.place = static_cast<std::uint32_t>(level.names.size());
    entry.length = static_cast<std::uint16_t>(name.size() + (entry.kind == Kind::kFolder ? 1 : 0));
    level.names += name;
    if (entry.kind == Kind::kFolder) level.names += '/';
    level.entries.push_back(entry);
  }
  // With its slash a folder's name sorts where the keys below it do.
  const auto name_of = [&](const Entry& entry) {
    return std::string_view(level.names).substr(entry.place, entry.length);
  };
  std::sort(level.entries.begin(), level.entries.end(),
            [&](const Entry& a, const Entry& b) { return name_of(a) < name_of(b); });
}

// False for what is no object: pipes, sockets, devices.
bool FolderListing::KindOf(const Level& level, const char* name, unsigned char type, Kind& kind) {
  if (type == DT_REG || type == DT_DIR) {
    kind = type == DT_REG ? Kind::kFile : Kind::kFolder;
    return true;
  }
  if (type != DT_LNK && type != DT_UNKNOWN) return false;
  const std::string place = prefix_.bucket + "/" + level.path + name;
  const Descriptor target = OpenBeneath(root_.get(), place, O_PATH);
  struct stat status {};
  if (!target.valid() || fstat(target.get(), &status) != 0) {
    kind = Kind::kUnreadable;
    return true;
  }
  kind = S_ISDIR(status.st_mode) ? Kind::kFolder : Kind::kFile;
  return S_ISDIR(status.st_mode) || S_ISREG(status.st_mode);
}

}  // namespace healthlake::objects
