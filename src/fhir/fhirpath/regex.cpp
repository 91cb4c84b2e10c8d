#include "fhir/fhirpath/regex.hpp"

#include <re2/re2.h>

namespace healthlake::fhir::fhirpath {
namespace {

constexpr std::int64_t kMaxMemory = 1 << 20;

// RE2 of 2022 knows named groups in their older form only.
std::string WithOlderGroups(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      out.append(pattern, i++, 2);
      continue;
    }
    const std::string_view rest = pattern.substr(i);
    if (!in_class && rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' &&
        rest[3] != '!') {
      out += "(?P<";
      i += 2;
      continue;
    }
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    out.push_back(c);
  }
  return out;
}

re2::StringPiece PieceOf(std::string_view text) {
  return {text.data(), text.size()};
}

// The number of the group that the replacement names at `at`, which is moved behind it; -1: none.
int GroupAt(const re2::RE2& regex, std::string_view replacement, std::size_t& at) {
  const std::string_view rest = replacement.substr(at + 1);
  if (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    at += 2;
    return rest.front() - '0';
  }
  const std::size_t end = rest.find('}');
  if (!rest.starts_with('{') || end == rest.npos) return -1;
  const std::string name(rest.substr(1, end - 1));
  const auto named = regex.NamedCapturingGroups().find(name);
  int group = -1;
  if (named != regex.NamedCapturingGroups().end()) {
    group = named->second;
  } else if (name.size() == 1 && name[0] >= '0' && name[0] <= '9') {
    group = name[0] - '0';
  }
  if (group >= 0) at += end + 2;
  return group;
}

void AppendReplacement(const re2::RE2& regex, std::string_view replacement,
                       const std::vector<re2::StringPiece>& groups, std::string& out) {
  for (std::size_t i = 0; i < replacement.size();) {
    if (replacement[i] == '\\' && i + 1 < replacement.size()) {
      out.push_back(replacement[i + 1]);
      i += 2;
      continue;
    }
    const int group = replacement[i] == '$' ? GroupAt(regex, replacement, i) : -1;
    if (group < 0) {
      out.push_back(replacement[i++]);
    } else if (static_cast<std::size_t>(group) < groups.size()) {
      const re2::StringPiece& text = groups[static_cast<std::size_t>(group)];
      out.append(text.data(), text.size());
    }
  }
}

}  // namespace

std::unique_ptr<const re2::RE2> CompileRegularExpression(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);  // "single line mode"
  options.set_max_mem(kMaxMemory);
  auto regex = std::make_unique<const re2::RE2>(WithOlderGroups(pattern), options);
  return regex->ok() ? std::move(regex) : nullptr;
}

bool Matches(const re2::RE2& regex, std::string_view text, bool whole) {
  const auto anchor = whole ? re2::RE2::ANCHOR_BOTH : re2::RE2::UNANCHORED;
  return regex.Match(PieceOf(text), 0, text.size(), anchor, nullptr, 0);
}

std::string ReplaceMatches(const re2::RE2& regex, std::string_view text,
                           std::string_view replacement) {
  const auto count = static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1;
  std::vector<re2::StringPiece> groups(count);
  std::string out;
  std::size_t at = 0;
  while (at <= text.size() && regex.Match(PieceOf(text), at, text.size(), re2::RE2::UNANCHORED,
                                          groups.data(), static_cast<int>(count))) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    out.append(text, at, begin - at);
    AppendReplacement(regex, replacement, groups, out);
    at = begin + groups[0].size();
    if (!groups[0].empty()) continue;
    // Behind an empty match the next character stays.
    std::size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    out.append(text, at, next - at);
    at = next;
  }
  if (at < text.size()) out.append(text, at);
  return out;
}

}  // namespace healthlake::fhir::fhirpath
