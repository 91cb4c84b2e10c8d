// Reads the files of a tar archive in order: ustar (POSIX.1-1988), pax (POSIX.1-2001) and GNU's
// long names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fhir/profile/gzip_reader.hpp"

namespace healthlake::fhir {

// Confined to one thread. Memory is that of the file asked for.
class TarReader {
 public:
  explicit TarReader(GzipReader& source) : source_(source) {}

  // The name of the next regular file; nullopt at the end. Throws core::Error{kInvalid} when the
  // bytes are no archive.
  std::optional<std::string> Next();
  // The content of the file that Next found; may be asked once. Without it, it is skipped.
  std::string Content();

 private:
  struct Header;
  bool ReadHeader(Header& header);
  void Skip(std::uint64_t size);
  std::string Take(std::uint64_t size);
  void ReadPax(const std::string& records);

  GzipReader& source_;
  std::uint64_t pending_ = 0;  // bytes of the file at hand, not yet read
  std::optional<std::string> long_name_;
  std::optional<std::uint64_t> long_size_;
};

}  // namespace healthlake::fhir
