// Opening files below a folder in a way that no name can lead out of.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

namespace healthlake::objects {

// Owns a descriptor; -1: none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const noexcept { return fd_; }
  bool valid() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// open(2) of `path`, relative to the folder `root`; on failure the descriptor is not valid and
// errno says why: EXDEV when a symbolic link or ".." leads out of `root`, ELOOP for links that go
// round. Where the kernel cannot be asked to stay inside, no symbolic link is followed (ELOOP).
Descriptor OpenBeneath(int root, const std::string& path, int flags);

// Only for tests: what OpenBeneath does on such a kernel.
Descriptor OpenWithoutLinks(int root, const std::string& path, int flags);

}  // namespace healthlake::objects
