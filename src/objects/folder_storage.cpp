#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/objects/object_storage.hpp"
#include "objects/beneath.hpp"
#include "objects/faults.hpp"
#include "objects/folder_listing.hpp"

namespace healthlake::objects {
namespace {

using core::Error;
using core::ErrorKind;

// Starts with a dot, so no bucket has its name; in the root, so that a rename from it is atomic.
constexpr const char* kTemporary = ".healthlake-tmp";
constexpr mode_t kFileMode = 0666;
constexpr mode_t kFolderMode = 0777;

// Refuses what has no file of that name in a bucket's folder. `key` may end in a slash (a prefix).
void CheckKey(const ObjectUri& uri) {
  ParseObjectUri("s3://" + uri.bucket);
  if (uri.key.find('\0') != std::string::npos) {
    throw Error(ErrorKind::kInvalid, "s3://" + uri.bucket + "/…: a key cannot hold a NUL");
  }
  std::string_view rest = uri.key;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    if (segment == "..") ThrowFault(EXDEV, uri, "used");
    if (segment.empty() || segment == ".") {
      throw Error(ErrorKind::kInvalid,
                  uri.text() + ": a key in a folder has no empty part and no part \".\"");
    }
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
}

void CheckObjectKey(const ObjectUri& uri) {
  CheckKey(uri);
  if (uri.key.empty() || uri.key.back() == '/') {
    throw Error(ErrorKind::kInvalid, uri.text() + " names a folder, not an object");
  }
}

std::string PathOf(const ObjectUri& uri) {
  return uri.bucket + "/" + uri.key;
}

class FolderReader final : public ObjectReader {
 public:
  FolderReader(Descriptor file, std::uint64_t size, ObjectUri uri)
      : file_(std::move(file)), size_(size), uri_(std::move(uri)) {}

  std::size_t Read(char* buffer, std::size_t capacity) override {
    while (true) {
      const ssize_t count = read(file_.get(), buffer, capacity);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) ThrowFault(errno, uri_, "read");
    }
  }
  std::uint64_t size() const override { return size_; }

 private:
  Descriptor file_;
  std::uint64_t size_;
  ObjectUri uri_;
};

void WriteAll(int fd, std::string_view bytes, const ObjectUri& uri) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      ThrowFault(errno, uri, "written");
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void CopyAll(int from, int to, const ObjectUri& uri) {
  std::array<char, 64UL << 10> buffer;
  while (true) {
    const ssize_t count = read(from, buffer.data(), buffer.size());
    if (count == 0) return;
    if (count < 0) {
      if (errno == EINTR) continue;
      ThrowFault(errno, uri, "written");
    }
    WriteAll(to, {buffer.data(), static_cast<std::size_t>(count)}, uri);
  }
}

// A file that is removed unless it is moved to its place. `folder` and `uri` must outlive it.
class TemporaryFile {
 public:
  TemporaryFile(const Descriptor& folder, const std::string& prefix, const ObjectUri& uri)
      : folder_(folder), uri_(uri) {
    static std::atomic<std::uint64_t> counter{0};
    do {
      name_ = prefix + std::to_string(getpid()) + "-" + std::to_string(++counter);
      file_ = Descriptor(
          openat(folder_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
    } while (!file_.valid() && errno == EEXIST);
    if (!file_.valid()) ThrowFault(errno, uri, "written");
    // Tells other processes with the same root that it is in use.
    flock(file_.get(), LOCK_EX | LOCK_NB);
  }
  ~TemporaryFile() {
    if (!moved_) unlinkat(folder_.get(), name_.c_str(), 0);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int fd() const { return file_.get(); }

  // False when `folder` is on another file system than this file.
  bool MoveTo(const Descriptor& folder, const std::string& name) {
    moved_ = renameat(folder_.get(), name_.c_str(), folder.get(), name.c_str()) == 0;
    if (!moved_ && errno != EXDEV) ThrowFault(errno, uri_, "written");
    return moved_;
  }

 private:
  const Descriptor& folder_;
  const ObjectUri& uri_;
  Descriptor file_;
  std::string name_;
  bool moved_ = false;
};

Descriptor OpenTemporaries(int root, const ObjectUri& uri) {
  if (mkdirat(root, kTemporary, kFolderMode) != 0 && errno != EEXIST) {
    ThrowFault(errno, uri, "written");
  }
  Descriptor folder = OpenBeneath(root, kTemporary, O_RDONLY | O_DIRECTORY);
  if (!folder.valid()) ThrowFault(errno, uri, "written");
  return folder;
}

// Puts what `fill` writes in place at once. Where something is mounted inside the root, only a file
// that is already in the folder can be renamed there; a crash then leaves a hidden file behind,
// so that is the second choice.
void PutThrough(int root, const Descriptor& folder, const ObjectUri& uri, const std::string& name,
                const std::function<void(int)>& fill) {
  {
    const Descriptor temporaries = OpenTemporaries(root, uri);
    TemporaryFile file(temporaries, "", uri);
    fill(file.fd());
    if (file.MoveTo(folder, name)) return;
  }
  TemporaryFile file(folder, std::string(kTemporary) + "-", uri);
  fill(file.fd());
  if (!file.MoveTo(folder, name)) ThrowFault(EIO, uri, "written");
}

// Makes the folders of `path` that are missing, each through the links that lead to it.
Descriptor MakeFolder(int root, const std::string& path, const ObjectUri& uri) {
  Descriptor folder = OpenBeneath(root, path, O_PATH | O_DIRECTORY);
  if (!folder.valid() && errno == ENOENT) {
    const std::size_t slash = path.rfind('/');
    const bool top = slash == std::string::npos;
    const Descriptor parent = top ? Descriptor() : MakeFolder(root, path.substr(0, slash), uri);
    const std::string name = top ? path : path.substr(slash + 1);
    if (mkdirat(top ? root : parent.get(), name.c_str(), kFolderMode) != 0 && errno != EEXIST) {
      ThrowFault(errno, uri, "written");
    }
    folder = OpenBeneath(root, path, O_PATH | O_DIRECTORY);
  }
  if (!folder.valid()) ThrowFault(errno == ENOTDIR ? EEXIST : errno, uri, "written");
  return folder;
}

Descriptor MakeFolderOf(int root, const ObjectUri& uri) {
  const std::string path = PathOf(uri);
  return MakeFolder(root, path.substr(0, path.rfind('/')), uri);
}

std::string NameOf(const ObjectUri& uri) {
  return uri.key.substr(uri.key.rfind('/') + 1);
}

class FolderStorage final : public ObjectStorage {
 public:
  explicit FolderStorage(std::filesystem::path root) : root_(std::move(root)) {}

  std::unique_ptr<ObjectListing> List(const ObjectUri& prefix) override;
  std::optional<ObjectInfo> Find(const ObjectUri& uri) override;
  std::unique_ptr<ObjectReader> OpenRead(const ObjectUri& uri, std::uint64_t offset) override;
  void Put(const ObjectUri& uri, std::string_view bytes) override;
  void PutFile(const ObjectUri& uri, const std::filesystem::path& file) override;

 private:
  Descriptor OpenRoot(const ObjectUri& uri, std::string_view action) const;
  void RequireBucket(int root, const ObjectUri& uri) const;

  std::filesystem::path root_;
};

// Keeps the object found first, which List had to look for anyway.
class PeekedListing final : public ObjectListing {
 public:
  PeekedListing(std::unique_ptr<ObjectListing> rest, ObjectInfo first)
      : rest_(std::move(rest)), first_(std::move(first)) {}
  bool Next(ObjectInfo& object) override {
    if (!first_) return rest_->Next(object);
    object = std::move(*first_);
    first_.reset();
    return true;
  }

 private:
  std::unique_ptr<ObjectListing> rest_;
  std::optional<ObjectInfo> first_;
};

std::unique_ptr<ObjectListing> FolderStorage::List(const ObjectUri& prefix) {
  CheckKey(prefix);
  Descriptor root = OpenRoot(prefix, "listed");
  RequireBucket(root.get(), prefix);
  auto listing = std::make_unique<FolderListing>(std::move(root), prefix);
  ObjectInfo first;
  if (!listing->Next(first)) {
    throw Error(ErrorKind::kNotFound, "there is no object under " + prefix.text());
  }
  return std::make_unique<PeekedListing>(std::move(listing), std::move(first));
}

std::optional<ObjectInfo> FolderStorage::Find(const ObjectUri& uri) {
  CheckObjectKey(uri);
  const Descriptor root = OpenRoot(uri, "read");
  const Descriptor file = OpenBeneath(root.get(), PathOf(uri), O_PATH);
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    ThrowFault(errno, uri, "read");
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0) ThrowFault(errno, uri, "read");
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return ObjectInfo{uri.key, static_cast<std::uint64_t>(status.st_size)};
}

std::unique_ptr<ObjectReader> FolderStorage::OpenRead(const ObjectUri& uri, std::uint64_t offset) {
  CheckObjectKey(uri);
  const Descriptor root = OpenRoot(uri, "read");
  // Not blocking: a pipe would wait for its writer.
  Descriptor file = OpenBeneath(root.get(), PathOf(uri), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file.valid()) {
    const int error = errno;
    if (error == ENOENT) RequireBucket(root.get(), uri);
    ThrowFault(error, uri, "read");
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0) ThrowFault(errno, uri, "read");
  if (!S_ISREG(status.st_mode)) ThrowFault(ENOENT, uri, "read");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (lseek(file.get(), static_cast<off_t>(std::min(offset, size)), SEEK_SET) < 0) {
    ThrowFault(errno, uri, "read");
  }
  posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::make_unique<FolderReader>(std::move(file), size, uri);
}

void FolderStorage::Put(const ObjectUri& uri, std::string_view bytes) {
  CheckObjectKey(uri);
  const Descriptor root = OpenRoot(uri, "written");
  const Descriptor folder = MakeFolderOf(root.get(), uri);
  PutThrough(root.get(), folder, uri, NameOf(uri), [&](int file) { WriteAll(file, bytes, uri); });
}

void FolderStorage::PutFile(const ObjectUri& uri, const std::filesystem::path& file) {
  CheckObjectKey(uri);
  const Descriptor root = OpenRoot(uri, "written");
  const Descriptor source(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.valid()) {
    const int error = errno;
    if (error == ENOENT && Find(uri)) return;
    throw Error(ErrorKind::kUnavailable, uri.text() + " cannot be written: what was to be its " +
                                             "content cannot be read from the data directory");
  }
  const Descriptor folder = MakeFolderOf(root.get(), uri);
  const std::string name = NameOf(uri);
  // The data directory is private, the S3 root is the user's.
  fchmod(source.get(), 0644);
  if (renameat(AT_FDCWD, file.c_str(), folder.get(), name.c_str()) == 0) return;
  if (errno != EXDEV) ThrowFault(errno, uri, "written");
  PutThrough(root.get(), folder, uri, name, [&](int copy) {
    if (lseek(source.get(), 0, SEEK_SET) < 0) ThrowFault(errno, uri, "written");
    CopyAll(source.get(), copy, uri);
  });
  unlink(file.c_str());
}

// Anew for every call: the user may have replaced the folder meanwhile.
Descriptor FolderStorage::OpenRoot(const ObjectUri& uri, std::string_view action) const {
  Descriptor root(open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid() && errno == ENOENT && mkdir(root_.c_str(), kFolderMode) == 0) {
    root = Descriptor(open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  if (!root.valid()) ThrowFault(errno, uri, action);
  return root;
}

void FolderStorage::RequireBucket(int root, const ObjectUri& uri) const {
  if (OpenBeneath(root, uri.bucket, O_PATH | O_DIRECTORY).valid()) return;
  if (errno != ENOENT && errno != ENOTDIR) ThrowFault(errno, uri, "read");
  throw Error(ErrorKind::kNotFound, "there is no bucket s3://" + uri.bucket +
                                        ": no such folder in the S3 root, for " + uri.text());
}

// Files that a process left when it died are not in use by any.
void RemoveStaleTemporaries(const std::filesystem::path& root) {
  const Descriptor folder(
      open((root / kTemporary).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.valid()) return;
  std::error_code error;
  std::vector<std::string> names;
  for (auto entry = std::filesystem::directory_iterator(root / kTemporary, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  for (const std::string& name : names) {
    const Descriptor file(
        openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.valid() && flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      unlinkat(folder.get(), name.c_str(), 0);
    }
  }
}

}  // namespace

std::unique_ptr<ObjectStorage> OpenFolderStorage(const std::filesystem::path& root) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(root, error);
  if (!error) std::filesystem::create_directories(absolute, error);
  if (error) {
    throw Error(ErrorKind::kUnavailable,
                "the S3 root " + root.string() + " cannot be made: " + error.message());
  }
  RemoveStaleTemporaries(absolute);
  return std::make_unique<FolderStorage>(absolute);
}

}  // namespace healthlake::objects
