#include "healthlake/core/seal.hpp"

#include <openssl/crypto.h>

#include <cstdint>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/hmac.hpp"

namespace healthlake::core {
namespace {

constexpr std::size_t kMarkBytes = 16;

// The length tells where the bytes end: nothing can move from them into the purpose.
std::string MarkOf(const Seal::Key& key, std::string_view bytes, std::string_view purpose) {
  std::string text = std::to_string(bytes.size());
  text.append(":").append(bytes).append(purpose);
  const auto hash = HmacSha256({reinterpret_cast<const char*>(key.data()), key.size()}, text);
  return {reinterpret_cast<const char*>(hash.data()), kMarkBytes};
}

}  // namespace

Seal::Key Seal::DrawKey(IdGenerator& ids) {
  Key key{};
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < key.size(); ++i, word >>= 8) {
    if (i % sizeof word == 0) word = ids.Random64();
    key[i] = static_cast<unsigned char>(word & 0xFF);
  }
  return key;
}

std::string Seal::Close(std::string_view bytes, std::string_view purpose) const {
  return Base64Encode(std::string(bytes) + MarkOf(key_, bytes, purpose));
}

std::optional<std::string> Seal::Open(std::string_view text, std::string_view purpose) const {
  std::optional<std::string> whole = Base64Decode(text);
  if (!whole || whole->size() < kMarkBytes) return std::nullopt;
  const std::size_t size = whole->size() - kMarkBytes;
  const std::string mark = MarkOf(key_, std::string_view(*whole).substr(0, size), purpose);
  if (CRYPTO_memcmp(mark.data(), whole->data() + size, kMarkBytes) != 0) return std::nullopt;
  whole->resize(size);
  return whole;
}

}  // namespace healthlake::core
