#include "healthlake/core/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "healthlake/core/error.hpp"

namespace healthlake::core {
namespace {

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::array<unsigned char, kSha256Bytes> HmacSha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, kSha256Bytes> hash{};
  unsigned int size = 0;
  const unsigned char* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                   BytesOf(text), text.size(), hash.data(), &size);
  if (made == nullptr || size != hash.size()) {
    throw Error(ErrorKind::kInternal, "HMAC-SHA256 cannot be computed");
  }
  return hash;
}

}  // namespace healthlake::core
