// A string that cannot be swapped for another kind of string by mistake.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>

namespace healthlake::core {

template <typename Tag>
class StrongText {
 public:
  StrongText() = default;
  explicit StrongText(std::string text) : text_(std::move(text)) {}
  const std::string& text() const noexcept { return text_; }
  auto operator<=>(const StrongText&) const = default;

 private:
  std::string text_;
};

}  // namespace healthlake::core
