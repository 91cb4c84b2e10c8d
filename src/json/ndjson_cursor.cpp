#include "healthlake/json/ndjson_cursor.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace healthlake::json {
namespace {

constexpr std::size_t kChunk = 256UL << 10;
constexpr std::size_t kKept = 16UL << 20;  // a larger buffer goes when its line is done
constexpr std::size_t kStart = 1024;             // what is shown of a line that is too long

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

NdjsonCursor::NdjsonCursor(Read read, NdjsonLimits limits, NdjsonPosition start)
    : read_(std::move(read)), limits_(std::move(limits)), position_(start) {}

bool NdjsonCursor::Next(NdjsonLine& line) {
  do {
    if (!ReadLine(line)) return false;
    line.number = ++position_.lines_before;
    line.offset = position_.offset;
    position_.offset = line.next_offset;
  } while (!line.too_long && IsBlank(line.text));
  return true;
}

bool NdjsonCursor::ReadLine(NdjsonLine& line) {
  line.too_long = false;
  std::size_t allowed = limits_.max_line_bytes;
  bool asked = !limits_.allowed_bytes;
  std::size_t scanned = 0;
  while (true) {
    const char* const start = buffer_.get() + begin_;
    const std::size_t held = end_ - begin_;
    const void* found =
        held > scanned ? std::memchr(start + scanned, '\n', held - scanned) : nullptr;
    std::size_t length =
        found ? static_cast<std::size_t>(static_cast<const char*>(found) - start) : held;
    // A '\r' that a '\n' may still follow is not counted.
    const std::size_t counted = length > 0 && start[length - 1] == '\r' ? length - 1 : length;
    if (counted > allowed && !asked) {
      asked = true;
      allowed = std::max(allowed, limits_.allowed_bytes({start, limits_.max_line_bytes}));
    }
    line.too_long = counted > allowed;
    if (found) {
      Emit(line, length, 1);
      return true;
    }
    if (line.too_long) {
      SkipRest(line);
      return true;
    }
    scanned = held;
    if (!Fill(allowed)) {
      if (held == 0) return false;
      Emit(line, length, 0);
      return true;
    }
  }
}

// `length` bytes lie in the buffer, followed by the line break.
void NdjsonCursor::Emit(NdjsonLine& line, std::size_t length, std::size_t line_break) {
  const char* const start = buffer_.get() + begin_;
  begin_ += length + line_break;
  line.next_offset = position_.offset + length + line_break;
  if (length > 0 && start[length - 1] == '\r') --length;
  line.length = length;
  line.text = {start, line.too_long ? std::min(length, kStart) : length};
}

// What is in the buffer belongs to a line that is too long and goes on.
void NdjsonCursor::SkipRest(NdjsonLine& line) {
  const std::size_t shown = std::min(end_ - begin_, kStart);
  std::memmove(buffer_.get(), buffer_.get() + begin_, shown);
  std::uint64_t length = end_ - begin_;
  bool ends_in_return = buffer_[end_ - 1] == '\r';
  std::uint64_t line_break = 0;
  begin_ = end_ = shown;
  while (ReadMore()) {
    const char* const start = buffer_.get() + begin_;
    const std::size_t held = end_ - begin_;
    const void* found = std::memchr(start, '\n', held);
    const std::size_t part =
        found ? static_cast<std::size_t>(static_cast<const char*>(found) - start) : held;
    if (part > 0) ends_in_return = start[part - 1] == '\r';
    length += part;
    if (found) {
      begin_ += part + 1;
      line_break = 1;
      break;
    }
    begin_ = end_ = shown;
  }
  line.next_offset = position_.offset + length + line_break;
  line.length = length - (ends_in_return ? 1 : 0);
  line.text = {buffer_.get(), shown};
}

// Reads more behind end_. The buffer grows up to a line of `most_bytes`.
bool NdjsonCursor::Fill(std::size_t most_bytes) {
  if (at_end_) return false;
  const std::size_t held = end_ - begin_;
  if (capacity_ > kKept && held < kChunk) {
    Reallocate(2 * kChunk);
  } else if (end_ == capacity_) {
    // Half a buffer free is enough to go on without growing.
    const std::size_t wanted =
        held <= capacity_ / 2 ? std::max(capacity_, kChunk)
                              : std::min(capacity_ * 2, std::max(most_bytes, capacity_) + kChunk);
    if (wanted > capacity_) {
      Reallocate(wanted);
    } else {
      std::memmove(buffer_.get(), buffer_.get() + begin_, held);
      begin_ = 0;
      end_ = held;
    }
  }
  return ReadMore();
}

void NdjsonCursor::Reallocate(std::size_t capacity) {
  auto buffer = std::make_unique_for_overwrite<char[]>(capacity);
  const std::size_t held = end_ - begin_;
  if (held > 0) std::memcpy(buffer.get(), buffer_.get() + begin_, held);
  buffer_ = std::move(buffer);
  capacity_ = capacity;
  begin_ = 0;
  end_ = held;
}

bool NdjsonCursor::ReadMore() {
  const std::size_t read = read_(buffer_.get() + end_, capacity_ - end_);
  at_end_ = read == 0;
  end_ += read;
  return !at_end_;
}

}  // namespace healthlake::json
