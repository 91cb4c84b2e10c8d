#include "jobs/spool_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "healthlake/core/error.hpp"

namespace healthlake::jobs {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;

[[noreturn]] void Fail(std::string_view what, int error) {
  std::string message = "The job's spool cannot be ";
  message += what;
  message += ": ";
  message += std::generic_category().message(error);
  throw core::Error(core::ErrorKind::kUnavailable, message);
}

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      Fail("written", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

SpoolFile::SpoolFile(std::filesystem::path path, std::uint64_t length)
    : path_(std::move(path)), length_(length) {
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) Fail("opened", errno);
  struct stat status {};
  if (::fstat(fd_, &status) != 0) {
    const int error = errno;
    Close();
    Fail("read", error);
  }
  const bool lost = static_cast<std::uint64_t>(status.st_size) < length;
  if (lost || ::ftruncate(fd_, static_cast<off_t>(length)) != 0 || ::lseek(fd_, 0, SEEK_END) < 0) {
    const int error = lost ? ENODATA : errno;
    Close();
    Fail("taken up again", error);
  }
}

SpoolFile::~SpoolFile() {
  Close();
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      length_(other.length_),
      buffer_(std::move(other.buffer_)) {}

SpoolFile& SpoolFile::operator=(SpoolFile&& other) noexcept {
  if (this != &other) {
    Close();
    path_ = std::move(other.path_);
    fd_ = std::exchange(other.fd_, -1);
    length_ = other.length_;
    buffer_ = std::move(other.buffer_);
  }
  return *this;
}

void SpoolFile::Append(std::string_view bytes) {
  length_ += bytes.size();
  buffer_ += bytes;
  if (buffer_.size() >= kBufferBytes) Flush();
}

void SpoolFile::Flush() {
  WriteAll(fd_, buffer_);
  buffer_.clear();
}

void SpoolFile::Close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void WriteWhole(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path draft = path;
  draft += ".draft";
  {
    SpoolFile file(draft, 0);
    file.Append(bytes);
    file.Flush();
  }
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  if (error) Fail("written", error.value());
}

void MakeFolder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) Fail("made", error.value());
}

void RemoveTree(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) Fail("removed", error.value());
}

}  // namespace healthlake::jobs
