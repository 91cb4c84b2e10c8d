#include "objects/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

namespace healthlake::objects {
namespace {

int OpenAt2(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<__u64>(static_cast<unsigned>(flags | O_CLOEXEC));
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Descriptor OpenBeneath(int root, const std::string& path, int flags) {
  // The kernel gives EAGAIN when something was renamed while it looked.
  for (int attempt = 0; attempt < 64; ++attempt) {
    const int fd = OpenAt2(root, path, flags);
    if (fd >= 0) return Descriptor(fd);
    if (errno == EAGAIN || errno == EINTR) continue;
    // EPERM comes from sandboxes that know the call's number only as unknown.
    if (errno == ENOSYS || errno == EPERM) return OpenWithoutLinks(root, path, flags);
    break;
  }
  return {};
}

Descriptor OpenWithoutLinks(int root, const std::string& path, int flags) {
  Descriptor folder;
  std::string_view rest = path;
  while (true) {
    const int parent = folder.valid() ? folder.get() : root;
    const std::size_t slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    if (name.empty() || name == "..") {
      errno = EXDEV;
      return {};
    }
    const bool last = slash == std::string_view::npos;
    const int wanted = (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC;
    Descriptor next(openat(parent, name.c_str(), wanted));
    if (last && next.valid() && (flags & O_PATH) != 0) {
      // O_PATH with O_NOFOLLOW opens the link itself.
      char target[1];
      if (readlinkat(next.get(), "", target, sizeof target) >= 0) {
        errno = ELOOP;
        return {};
      }
    }
    if (last || !next.valid()) {
      // O_DIRECTORY hides that it was a link.
      if (!next.valid() && errno == ENOTDIR) {
        char target[1];
        errno = readlinkat(parent, name.c_str(), target, sizeof target) >= 0 ? ELOOP : ENOTDIR;
      }
      return next;
    }
    folder = std::move(next);
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace healthlake::objects
