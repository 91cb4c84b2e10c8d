#include "objects/faults.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "healthlake/core/error.hpp"

namespace healthlake::objects {
namespace {

using core::ErrorKind;

struct Fault {
  int error;
  ErrorKind kind;
  std::string_view words;  // empty: the system's own
};

constexpr std::array kFaults{
    Fault{EXDEV, ErrorKind::kAccessDenied, "the name leads out of the storage"},
    Fault{ELOOP, ErrorKind::kAccessDenied, "a symbolic link on the way cannot be followed"},
    Fault{EACCES, ErrorKind::kAccessDenied, "permission denied"},
    Fault{EPERM, ErrorKind::kAccessDenied, "permission denied"},
    Fault{EROFS, ErrorKind::kAccessDenied, "the file system is read-only"},
    Fault{ENOENT, ErrorKind::kNotFound, "there is no such object"},
    Fault{ENOTDIR, ErrorKind::kNotFound, "a name on the way is an object, not a folder"},
    Fault{EISDIR, ErrorKind::kInvalid, "a folder has that name"},
    Fault{ENOTEMPTY, ErrorKind::kInvalid, "a folder has that name"},
    Fault{EEXIST, ErrorKind::kInvalid, "a name on the way is an object, not a folder"},
    Fault{ENAMETOOLONG, ErrorKind::kInvalid, "the name is too long for this file system"},
    Fault{EINVAL, ErrorKind::kInvalid, "this file system cannot have such a name"},
    Fault{EILSEQ, ErrorKind::kInvalid, "this file system cannot have such a name"},
    Fault{ENOSPC, ErrorKind::kUnavailable, "the disk is full"},
    Fault{EDQUOT, ErrorKind::kUnavailable, "the disk quota is used up"},
};

}  // namespace

void ThrowFault(int error, const ObjectUri& uri, std::string_view action) {
  const auto* found = std::find_if(kFaults.begin(), kFaults.end(),
                                   [&](const Fault& fault) { return fault.error == error; });
  const bool known = found != kFaults.end();
  const std::string words =
      known ? std::string(found->words) : std::generic_category().message(error);
  throw core::Error(known ? found->kind : ErrorKind::kUnavailable,
                    uri.text() + " cannot be " + std::string(action) + ": " + words);
}

}  // namespace healthlake::objects
