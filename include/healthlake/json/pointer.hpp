// JSON Pointer (RFC 6901): the names and indexes that lead to a value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::json {

// Whether `text` is a pointer: empty, or each part behind a '/', and '~' only as ~0 and ~1.
bool IsPointer(std::string_view text) noexcept;

// The parts of a pointer, one after the other. The text must outlive it.
class PointerParts {
 public:
  // `pointer` is one.
  explicit PointerParts(std::string_view pointer) : rest_(pointer) {}

  bool done() const noexcept { return rest_.empty(); }
  // The next part, unescaped, valid until the call after this one. Not when done().
  std::string_view Next();

 private:
  std::string_view rest_;
  std::string unescaped_;
};

// What a part means as an index; nullopt for what is none: "-", "01", or too large for any array.
std::optional<std::size_t> IndexOf(std::string_view part) noexcept;

}  // namespace healthlake::json
