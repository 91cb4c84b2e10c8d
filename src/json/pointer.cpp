#include "healthlake/json/pointer.hpp"

#include <algorithm>
#include <charconv>

namespace healthlake::json {

bool IsPointer(std::string_view text) noexcept {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t at = text.find('~'); at != text.npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

std::string_view PointerParts::Next() {
  rest_.remove_prefix(1);
  const std::size_t end = std::min(rest_.find('/'), rest_.size());
  const std::string_view part = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (part.find('~') == part.npos) return part;
  unescaped_.clear();
  for (std::size_t at = 0; at < part.size(); ++at) {
    const bool escape = part[at] == '~';
    if (escape) ++at;
    unescaped_ += !escape ? part[at] : part[at] == '0' ? '~' : '/';
  }
  return unescaped_;
}

std::optional<std::size_t> IndexOf(std::string_view part) noexcept {
  if (part.empty() || (part.size() > 1 && part.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

}  // namespace healthlake::json
