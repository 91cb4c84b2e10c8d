#include "healthlake/json/indent.hpp"

#include <algorithm>
#include <cstddef>

namespace healthlake::json {
namespace {

// Text nested without end must not grow without end.
constexpr std::size_t kMaxDepth = 32;

class Indenter {
 public:
  explicit Indenter(std::string_view text) : text_(text) { out_.reserve(text.size() * 2); }

  std::string Run() {
    while (at_ < text_.size()) Step();
    return std::move(out_);
  }

 private:
  void Step() {
    const char c = text_[at_];
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        ++at_;
        return;
      case '{':
      case '[':
        return Open(c);
      case '}':
      case ']':
        --depth_;
        BreakLine();
        break;
      case ',':
        out_ += ',';
        ++at_;
        return BreakLine();
      case ':':
        out_ += ": ";
        ++at_;
        return;
      case '"':
        return CopyString();
      default:
        break;
    }
    out_ += c;
    ++at_;
  }

  // Empty objects and arrays stay on their line.
  void Open(char c) {
    out_ += c;
    const std::size_t next = text_.find_first_not_of(" \t\r\n", at_ + 1);
    at_ = std::min(next, text_.size());
    if (at_ < text_.size() && (text_[at_] == '}' || text_[at_] == ']')) {
      out_ += text_[at_++];
      return;
    }
    ++depth_;
    BreakLine();
  }

  void CopyString() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') {
      end += text_[end] == '\\' ? std::size_t{2} : std::size_t{1};
    }
    end = std::min(end + 1, text_.size());
    out_.append(text_.substr(at_, end - at_));
    at_ = end;
  }

  void BreakLine() {
    out_ += '\n';
    out_.append(2 * std::min(depth_, kMaxDepth), ' ');
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

std::string Indent(std::string_view text) {
  return Indenter(text).Run();
}

}  // namespace healthlake::json
