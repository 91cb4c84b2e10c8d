#include "fhir/profile/tar_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>

#include "healthlake/core/error.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kMaxFile = 128U << 20;
constexpr std::uint64_t kMaxRecords = 1U << 20;  // of a pax header or a long name

[[noreturn]] void Refuse(const std::string& message) {
  throw core::Error(core::ErrorKind::kInvalid, message);
}

// A field of the header: up to its NUL.
std::string_view Field(std::string_view block, std::size_t offset, std::size_t length) {
  const std::string_view field = block.substr(offset, length);
  return field.substr(0, std::min(field.find('\0'), field.size()));
}

std::uint64_t Octal(std::string_view field) {
  const std::size_t first = std::min(field.find_first_not_of(' '), field.size());
  field.remove_prefix(first);
  const std::size_t length = std::min(field.find_first_not_of("01234567"), field.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + length, number, 8);
  if (error != std::errc() && length > 0) Refuse("the tar archive has a header that is no number");
  return number;
}

std::uint64_t Size(std::string_view block) {
  if ((static_cast<unsigned char>(block[124]) & 0x80) != 0) {
    Refuse("the tar archive holds a file that is too large");
  }
  return Octal(Field(block, 124, 12));
}

bool ChecksumFits(std::string_view block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    sum += static_cast<unsigned char>(i >= 148 && i < 156 ? ' ' : block[i]);
  }
  return sum == Octal(Field(block, 148, 8));
}

}  // namespace

struct TarReader::Header {
  std::string name;
  std::uint64_t size = 0;
  char type = '0';
};

bool TarReader::ReadHeader(Header& header) {
  std::array<char, kBlock> bytes;
  const std::size_t got = source_.Read(bytes.data(), bytes.size());
  const std::string_view block(bytes.data(), got);
  // Two blocks of zeros end an archive; some writers leave them out. gzip's checksum comes behind
  // all padding.
  if (block.find_first_not_of('\0') == std::string_view::npos) {
    while (source_.Read(bytes.data(), bytes.size()) == bytes.size()) {
    }
    return false;
  }
  if (got < kBlock || !ChecksumFits(block)) Refuse("what is packed is no tar archive");
  header.name = Field(block, 0, 100);
  if (block.substr(257, 6) == std::string_view("ustar\0", 6)) {
    const std::string_view prefix = Field(block, 345, 155);
    if (!prefix.empty()) header.name = std::string(prefix) + '/' + header.name;
  }
  header.size = Size(block);
  header.type = block[156];
  return true;
}

std::string TarReader::Take(std::uint64_t size) {
  std::string content(static_cast<std::size_t>(size), '\0');
  if (source_.Read(content.data(), content.size()) < content.size()) {
    Refuse("the tar archive is cut short");
  }
  Skip((kBlock - size % kBlock) % kBlock);
  return content;
}

void TarReader::Skip(std::uint64_t size) {
  std::array<char, 16 * kBlock> bytes;
  while (size > 0) {
    const std::size_t piece = static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size()));
    if (source_.Read(bytes.data(), piece) < piece) return;  // the padding at the very end
    size -= piece;
  }
}

// Records are "LENGTH KEY=VALUE\n", the length counting all of it.
void TarReader::ReadPax(const std::string& records) {
  std::string_view rest = records;
  while (!rest.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    const std::size_t digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || length > rest.size() || length < digits + 3) {
      Refuse("the tar archive has a damaged extended header");
    }
    const std::string_view record = rest.substr(digits + 1, length - digits - 2);
    const std::size_t equals = std::min(record.find('='), record.size());
    const std::string_view value = record.substr(std::min(equals + 1, record.size()));
    if (record.substr(0, equals) == "path") long_name_ = value;
    if (record.substr(0, equals) == "size") {
      std::uint64_t size = 0;
      std::from_chars(value.data(), value.data() + value.size(), size);
      long_size_ = size;
    }
    rest.remove_prefix(length);
  }
}

std::optional<std::string> TarReader::Next() {
  if (pending_ > 0) Skip(pending_ + (kBlock - pending_ % kBlock) % kBlock);
  pending_ = 0;
  long_name_.reset();
  long_size_.reset();
  for (Header header; ReadHeader(header);) {
    if (header.type == 'x' || header.type == 'L') {
      if (header.size > kMaxRecords) Refuse("the tar archive has an extended header too large");
      std::string records = Take(header.size);
      if (header.type == 'x') {
        ReadPax(records);
      } else {
        long_name_ = Field(records, 0, records.size());
      }
      continue;
    }
    pending_ = long_size_.value_or(header.size);
    if (header.type == '0' || header.type == '\0') {
      return std::move(long_name_).value_or(std::move(header.name));
    }
    Skip(pending_ + (kBlock - pending_ % kBlock) % kBlock);
    pending_ = 0;
    long_name_.reset();
    long_size_.reset();
  }
  return std::nullopt;
}

std::string TarReader::Content() {
  if (pending_ > kMaxFile) Refuse("the tar archive holds a file that is too large");
  return Take(std::exchange(pending_, 0));
}

}  // namespace healthlake::fhir
