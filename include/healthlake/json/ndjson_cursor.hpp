// The lines of an NDJSON text of any size, read in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace healthlake::json {

struct NdjsonLine {
  std::uint64_t number = 0;       // from 1; blank lines count too
  std::uint64_t offset = 0;       // of its first byte in the source
  std::uint64_t next_offset = 0;  // of the first byte behind its line break
  std::uint64_t length = 0;       // bytes without the line break
  bool too_long = false;          // then `text` is at most its first kilobyte
  // Without "\n" or "\r\n", any bytes else. Valid until the next call of the cursor.
  std::string_view text;
};

struct NdjsonLimits {
  std::size_t max_line_bytes = 5'000'000;
  // Asked about a line that is longer, with its first max_line_bytes: how long it may be. None: no
  // longer. Must give the same answer when asked again.
  std::function<std::size_t(std::string_view start)> allowed_bytes;
};

// A place between two lines, from which a cursor can go on.
struct NdjsonPosition {
  std::uint64_t offset = 0;
  std::uint64_t lines_before = 0;
};

// Confined to one thread at a time. Its buffer holds at most the longest allowed line and a quarter
// of a megabyte; a longer line is passed without being kept.
class NdjsonCursor {
 public:
  // Puts up to `capacity` bytes into `buffer` and returns how many; 0: the end. What it throws goes
  // through Next.
  using Read = std::function<std::size_t(char* buffer, std::size_t capacity)>;

  // `read` starts at `start.offset` of the source.
  explicit NdjsonCursor(Read read, NdjsonLimits limits = {}, NdjsonPosition start = {});

  // The next line that is not blank (white space only); false at the end of the source. The last
  // line needs no line break.
  bool Next(NdjsonLine& line);
  // Behind the line given last; at the end of the source, behind all of it.
  NdjsonPosition position() const noexcept { return position_; }

 private:
  bool ReadLine(NdjsonLine& line);
  bool Fill(std::size_t most_bytes);
  bool ReadMore();
  void Reallocate(std::size_t capacity);
  void Emit(NdjsonLine& line, std::size_t length, std::size_t line_break);
  void SkipRest(NdjsonLine& line);

  Read read_;
  NdjsonLimits limits_;
  NdjsonPosition position_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // unread bytes are [begin_, end_)
  std::size_t end_ = 0;
  bool at_end_ = false;
};

}  // namespace healthlake::json
