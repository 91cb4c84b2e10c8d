#include "json/diagnose.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "json/grammar.hpp"
#include "json/utf8.hpp"

namespace healthlake::json {
namespace {

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  // False: see message() and offset().
  bool Run() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") return Fail("the text starts with a byte order mark");
    Space();
    if (at_ == text_.size()) return Fail("the text is empty");
    if (!Value(0)) return false;
    Space();
    return at_ == text_.size() || Fail("more text after the value");
  }
  const std::string& message() const { return message_; }
  std::size_t offset() const { return at_; }

 private:
  // Reading goes no further, so at_ stays at the fault.
  bool Fail(std::string message) {
    message_ = std::move(message);
    return false;
  }
  bool FailAt(std::size_t at, std::string message) {
    at_ = at;
    return Fail(std::move(message));
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void Space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != kNone) ++at_;
  }

  bool Value(std::size_t depth) {
    switch (Peek()) {
      case '"':
        return String(scratch_);
      case '{':
        return Object(depth);
      case '[':
        return Array(depth);
      default:
        return Word();
    }
  }

  bool Object(std::size_t depth) {
    if (depth >= max_depth_) return Fail("nested deeper than " + std::to_string(max_depth_));
    ++at_;
    std::set<std::string> names;
    Space();
    if (Peek() == '}') {
      ++at_;
      return true;
    }
    while (true) {
      const std::size_t start = at_;
      if (Peek() != '"') return Fail(End("expected a name in quotes"));
      std::string name;
      if (!String(name)) return false;
      if (!names.insert(name).second) {
        return FailAt(start, "the name \"" + name + "\" occurs twice in one object");
      }
      Space();
      if (Peek() != ':') return Fail(End("expected ':' after the name"));
      ++at_;
      Space();
      if (!Value(depth + 1)) return false;
      Space();
      if (Peek() == '}') break;
      if (Peek() != ',') return Fail(End("expected ',' or '}'"));
      ++at_;
      Space();
    }
    ++at_;
    return true;
  }

  bool Array(std::size_t depth) {
    if (depth >= max_depth_) return Fail("nested deeper than " + std::to_string(max_depth_));
    ++at_;
    Space();
    if (Peek() == ']') {
      ++at_;
      return true;
    }
    while (true) {
      if (!Value(depth + 1)) return false;
      Space();
      if (Peek() == ']') break;
      if (Peek() != ',') return Fail(End("expected ',' or ']'"));
      ++at_;
      Space();
    }
    ++at_;
    return true;
  }

  bool String(std::string& out) {
    const std::size_t start = at_ + 1;
    std::size_t end = start;
    while (end < text_.size() && text_[end] != '"') {
      if (static_cast<unsigned char>(text_[end]) < 0x20) {
        return FailAt(end, "a control character in a string must be escaped");
      }
      end += text_[end] == '\\' ? 2U : 1U;
    }
    if (end >= text_.size()) return FailAt(start - 1, "the string is not closed");
    const std::string_view inner = text_.substr(start, end - start);
    const std::size_t bad_byte = FirstInvalidUtf8(inner);
    if (bad_byte != kNone) return FailAt(start + bad_byte, "not UTF-8");
    out.clear();
    const std::size_t bad_escape = AppendUnescaped(inner, out);
    if (bad_escape != kNone) return FailAt(start + bad_escape, "no such escape in JSON");
    at_ = end + 1;
    return true;
  }

  bool Word() {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,:{}[]\"", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    if (word != "true" && word != "false" && word != "null" && !IsNumber(word)) {
      const std::size_t bad_byte = FirstInvalidUtf8(word);
      if (bad_byte != kNone) return FailAt(at_ + bad_byte, "not UTF-8");
      return Fail(End("expected a value"));
    }
    at_ = end;
    return true;
  }

  std::string End(std::string_view expected) const {
    return std::string(expected) + (at_ < text_.size() ? "" : ", but the text ends");
  }

  static constexpr auto kNone = std::string_view::npos;
  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  std::string message_;
  std::string scratch_;
};

}  // namespace

std::optional<ParseError> Diagnose(std::string_view text, std::size_t max_depth) {
  Scanner scanner(text, max_depth);
  if (scanner.Run()) return std::nullopt;
  const std::string_view before = text.substr(0, scanner.offset());
  ParseError error;
  error.message = scanner.message();
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_break = before.rfind('\n');
  error.column = before.size() - (line_break == std::string_view::npos ? 0 : line_break + 1) + 1;
  return error;
}

}  // namespace healthlake::json
