#include "healthlake/store/data_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "healthlake/core/error.hpp"

namespace healthlake::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVersionText = "healthlake-local data 1\n";
constexpr std::string_view kStoreSuffix = ".sqlite";
// What SQLite keeps beside a file in WAL mode, and the file itself last.
constexpr std::array<std::string_view, 3> kFileParts = {"-wal", "-shm", ""};

[[noreturn]] void Refuse(const fs::path& path, const std::string& why) {
  throw core::Error(core::ErrorKind::kUnavailable, "data directory " + path.native() + ": " + why);
}

[[noreturn]] void RefuseErrno(const fs::path& path, int error) {
  Refuse(path, std::generic_category().message(error));
}

fs::path VersionFile(const fs::path& path) {
  return path / "VERSION";
}

// Writes nothing. True: the folder has its mark already.
bool CheckVersion(const fs::path& path) {
  std::ifstream file(VersionFile(path), std::ios::binary);
  if (file) {
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text != kVersionText) Refuse(path, "made by another version of this program");
    return true;
  }
  if (fs::exists(path / "control.sqlite") || fs::exists(path / "stores")) {
    Refuse(path, "holds data but no VERSION file");
  }
  return false;
}

// Written beside and renamed, so that it is there whole or not at all.
void WriteVersion(const fs::path& path) {
  const fs::path draft = path / "VERSION.new";
  {
    std::ofstream file(draft, std::ios::binary | std::ios::trunc);
    file << kVersionText;
    file.flush();
    if (!file) Refuse(path, "cannot be written");
  }
  fs::rename(draft, VersionFile(path));
}

int Lock(const fs::path& path) {
  const int lock = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) RefuseErrno(path, errno);
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  const int error = errno;
  ::close(lock);
  if (error == EWOULDBLOCK) Refuse(path, "in use by another process");
  RefuseErrno(path, error);
}

// The whole opening but for the object; the caller turns filesystem_error into core::Error.
int Prepare(const fs::path& path) {
  fs::create_directories(path);
  CheckVersion(path);
  const int lock = Lock(path);
  try {
    // Again under the lock: another process may have marked it meanwhile.
    if (!CheckVersion(path)) WriteVersion(path);
    fs::create_directories(path / "stores");
    fs::create_directories(path / "spool");
  } catch (...) {
    ::close(lock);
    throw;
  }
  return lock;
}

}  // namespace

DataDirectory::DataDirectory(fs::path path, bool temporary, int lock)
    : path_(std::move(path)), temporary_(temporary), lock_(lock) {}

DataDirectory DataDirectory::Open(const fs::path& path) {
  try {
    const fs::path absolute = fs::absolute(path).lexically_normal();
    const int lock = Prepare(absolute);
    return {absolute, false, lock};
  } catch (const fs::filesystem_error& error) {
    Refuse(path, error.code().message());
  }
}

DataDirectory DataDirectory::Temporary(const fs::path& parent) {
  std::string name = fs::absolute(parent / "healthlake-local-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) RefuseErrno(parent, errno);
  try {
    return {name, true, Prepare(name)};
  } catch (const fs::filesystem_error& error) {
    Refuse(name, error.code().message());
  }
}

DataDirectory::~DataDirectory() {
  if (lock_ < 0) return;
  std::error_code ignored;
  if (temporary_) fs::remove_all(path_, ignored);
  ::close(lock_);
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(other.temporary_),
      lock_(std::exchange(other.lock_, -1)) {}

fs::path DataDirectory::control_file() const {
  return path_ / "control.sqlite";
}

fs::path DataDirectory::store_file(const DatastoreId& id) const {
  return path_ / "stores" / (id.text() + std::string(kStoreSuffix));
}

fs::path DataDirectory::spool() const {
  return path_ / "spool";
}

void DataDirectory::RemoveStore(const DatastoreId& id) const {
  const fs::path file = store_file(id);
  for (const std::string_view part : kFileParts) {
    std::error_code error;
    fs::remove(file.native() + std::string(part), error);
    if (error) Refuse(path_, "cannot remove a data store: " + error.message());
  }
}

std::vector<DatastoreId> DataDirectory::ListStores() const {
  std::vector<DatastoreId> ids;
  std::error_code error;
  for (fs::directory_iterator file(path_ / "stores", error), end; !error && file != end;
       file.increment(error)) {
    if (file->path().extension() == kStoreSuffix) ids.emplace_back(file->path().stem().native());
  }
  if (error) Refuse(path_, error.message());
  return ids;
}

}  // namespace healthlake::store
