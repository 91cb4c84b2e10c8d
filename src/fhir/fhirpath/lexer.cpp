#include "fhir/fhirpath/lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace healthlake::fhir::fhirpath {
namespace {

constexpr std::array<std::string_view, 4> kLongSymbols = {"<=", ">=", "!=", "!~"};
constexpr std::string_view kSymbols = "()[]{}.,+-*/&|<>=~$%";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

void AppendUtf8(std::uint32_t point, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

// The four digits behind "\u"; false when they are none.
bool HexUnit(std::string_view text, std::uint32_t& unit) {
  if (text.size() < 4) return false;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + 4, unit, 16);
  return fault == std::errc() && end == text.data() + 4;
}

// At "uXXXX"; a pair of surrogates is one character. Returns the characters used, 0: malformed.
std::size_t UnescapeUnicode(std::string_view text, std::string& out) {
  std::uint32_t point;
  if (!HexUnit(text.substr(1), point)) return 0;
  if (point < 0xD800 || point > 0xDFFF) {
    AppendUtf8(point, out);
    return 5;
  }
  std::uint32_t low;
  if (point > 0xDBFF || text.substr(5, 2) != "\\u" || !HexUnit(text.substr(7), low)) return 0;
  if (low < 0xDC00 || low > 0xDFFF) return 0;
  AppendUtf8(0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00), out);
  return 11;
}

}  // namespace

std::string Unescape(std::string_view text) {
  constexpr std::string_view kNames = "fnrt";
  constexpr std::string_view kMeanings = "\f\n\r\t";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
      continue;
    }
    if (++i == text.size()) break;
    const std::size_t name = kNames.find(text[i]);
    const std::size_t used = text[i] == 'u' ? UnescapeUnicode(text.substr(i), out) : 0;
    if (used > 0) {
      i += used - 1;
    } else {
      out.push_back(name == kNames.npos ? text[i] : kMeanings[name]);
    }
  }
  return out;
}

Token Lexer::Next() {
  if (!SkipSpace()) return Fail("a comment does not end");
  if (at_ == text_.size()) return {TokenKind::kEnd, {}, at_};
  const char c = text_[at_];
  if (c == '\'') return Quoted(c, TokenKind::kString);
  if (c == '`' || c == '"') return Quoted(c, TokenKind::kDelimited);
  if (IsDigit(c)) return Number();
  if (c == '@') return MomentText();
  if (!IsLetter(c)) return Symbol();
  const std::size_t start = at_;
  while (at_ < text_.size() && (IsLetter(text_[at_]) || IsDigit(text_[at_]))) ++at_;
  return {TokenKind::kName, text_.substr(start, at_ - start), start};
}

bool Lexer::SkipSpace() {
  while (at_ < text_.size()) {
    const std::string_view rest = text_.substr(at_);
    if (rest.front() == ' ' || (rest.front() >= '\t' && rest.front() <= '\r')) {
      ++at_;
    } else if (rest.starts_with("//")) {
      at_ += std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      const std::size_t end = rest.find("*/", 2);
      if (end == rest.npos) return false;
      at_ += end + 2;
    } else {
      break;
    }
  }
  return true;
}

Token Lexer::Quoted(char quote, TokenKind kind) {
  const std::size_t start = at_;
  for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
    if (text_[end] == '\\') {
      ++end;
    } else if (text_[end] == quote) {
      at_ = end + 1;
      return {kind, text_.substr(start + 1, end - start - 1), start};
    }
  }
  return Fail("a quoted text does not end");
}

Token Lexer::Number() {
  const std::size_t start = at_;
  const auto digits = [&] {
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
  };
  digits();
  // "1.first()" is an invocation.
  if (at_ + 1 < text_.size() && text_[at_] == '.' && IsDigit(text_[at_ + 1])) {
    ++at_;
    digits();
  }
  return {TokenKind::kNumber, text_.substr(start, at_ - start), start};
}

Token Lexer::MomentText() {
  const std::size_t start = at_++;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool before_digit = at_ + 1 < text_.size() && IsDigit(text_[at_ + 1]);
    // '.', '-' and '+' may be operators behind the literal: "@2015.toString()", "@2015T+1 'a'".
    const bool within =
        IsDigit(c) || c == ':' || c == 'T' || c == 'Z' || (before_digit && (c == '.' || c == '-'));
    const bool zone = c == '+' && before_digit && text_[at_ - 1] != 'T';
    if (!within && !zone) break;
    ++at_;
  }
  return {TokenKind::kMoment, text_.substr(start + 1, at_ - start - 1), start};
}

Token Lexer::Symbol() {
  const std::size_t start = at_;
  const std::string_view two = text_.substr(at_, 2);
  if (std::ranges::find(kLongSymbols, two) != kLongSymbols.end()) {
    at_ += 2;
    return {TokenKind::kSymbol, two, start};
  }
  if (kSymbols.find(text_[at_]) == kSymbols.npos) return Fail("a character that has no meaning");
  ++at_;
  return {TokenKind::kSymbol, text_.substr(start, 1), start};
}

}  // namespace healthlake::fhir::fhirpath
