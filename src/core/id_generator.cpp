#include "healthlake/core/id_generator.hpp"

#include <sys/random.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::core {
namespace {

std::array<unsigned char, 16> Draw16(IdGenerator& ids) {
  std::array<unsigned char, 16> bytes{};
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t word = ids.Random64();
    for (std::size_t i = 0; i < 8; ++i, word >>= 8) {
      bytes[half * 8 + i] = static_cast<unsigned char>(word & 0xFF);
    }
  }
  return bytes;
}

std::string Hex(const std::array<unsigned char, 16>& bytes) {
  std::string raw(bytes.begin(), bytes.end());
  return HexEncode(raw);
}

}  // namespace

std::string IdGenerator::Uuid() {
  std::array<unsigned char, 16> bytes = Draw16(*this);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string text = Hex(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

std::string IdGenerator::HexId() {
  return Hex(Draw16(*this));
}

// Every request draws an id: 32 words cost one call of the kernel, and each thread has its own.
std::uint64_t RandomIds::Random64() {
  thread_local std::array<std::uint64_t, 32> words;
  thread_local std::size_t used = words.size();
  if (used == words.size()) {
    // A request of up to 256 bytes is never cut short once the pool is initialised (getrandom(2)).
    if (getrandom(words.data(), sizeof(words), 0) != static_cast<ssize_t>(sizeof(words))) {
      throw Error(ErrorKind::kInternal, "the operating system gave no random bytes");
    }
    used = 0;
  }
  return words[used++];
}

}  // namespace healthlake::core
