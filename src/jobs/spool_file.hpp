// A local file that grows at its end and can be cut back to a length that was committed elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace healthlake::jobs {

// Confined to one thread. Errors are core::Error{kUnavailable} that name the disk, never the data.
class SpoolFile {
 public:
  // Opens or creates `path` and cuts it to `length`. Throws when it is shorter than that: then what
  // was committed is lost.
  SpoolFile(std::filesystem::path path, std::uint64_t length);
  ~SpoolFile();
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&& other) noexcept;

  // Buffered; no write happens before a good deal has come together or Flush is called.
  void Append(std::string_view bytes);
  // Hands everything to the operating system: it then survives the death of the process.
  void Flush();
  // Of the file once flushed.
  std::uint64_t length() const noexcept { return length_; }

 private:
  void Close() noexcept;

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t length_ = 0;
  std::string buffer_;
};

// Replaces or creates `path` with `bytes`, whole or not at all.
void WriteWhole(const std::filesystem::path& path, std::string_view bytes);
// core::Error{kUnavailable} on failure; an absent file or folder is fine.
void MakeFolder(const std::filesystem::path& path);
void RemoveTree(const std::filesystem::path& path);

}  // namespace healthlake::jobs
