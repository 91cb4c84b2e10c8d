// Text that is handed out and comes back, and that nobody else can have made: page tokens.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/core/id_generator.hpp"

namespace healthlake::core {

// What is sealed can be read by anyone and made only with the key. Immutable; thread-safe.
class Seal {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  using Key = std::array<unsigned char, kKeyBytes>;
  static Key DrawKey(IdGenerator& ids);

  // A key that is known to all: for tests, and for what lasts as long as nobody attacks it.
  Seal() = default;
  explicit Seal(const Key& key) : key_(key) {}

  // Base64 (RFC 4648 section 4) of `bytes` and of 16 bytes of HMAC-SHA256 over them and `purpose`:
  // what the text is of use for and need not say, such as the query that a page belongs to.
  std::string Close(std::string_view bytes, std::string_view purpose = {}) const;
  // The bytes; nullopt for what Close did not make, with this key and for this purpose. How long it
  // takes does not depend on how much of the text is right.
  std::optional<std::string> Open(std::string_view text, std::string_view purpose = {}) const;

 private:
  Key key_{};
};

}  // namespace healthlake::core
