#include "fhir/search_filter_text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxLevels = 64;

using Parsed = std::optional<FilterNode>;

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto byte = [&](std::uint32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0U | (code >> 6U));
  } else if (code < 0x10000) {
    byte(0xE0U | (code >> 12U));
    byte(0x80U | ((code >> 6U) & 0x3FU));
  } else {
    byte(0xF0U | (code >> 18U));
    byte(0x80U | ((code >> 12U) & 0x3FU));
    byte(0x80U | ((code >> 6U) & 0x3FU));
  }
  byte(0x80U | (code & 0x3FU));
}

class FilterParser {
 public:
  FilterParser(std::string_view text, std::string& why) : text_(text), why_(why) {}

  Parsed Parse() {
    Parsed node = ParseJoined();
    if (!node) return node;
    SkipSpaces();
    if (at_ < text_.size()) return Refuse("and, or, or the end of the filter");
    return node;
  }

 private:
  std::nullopt_t Refuse(std::string_view expected) {
    why_ = "expects " + std::string(expected) + " at character " + std::to_string(at_ + 1);
    return std::nullopt;
  }

  std::nullopt_t RefuseDepth() {
    why_ = "is nested too deeply at character " + std::to_string(at_ + 1);
    return std::nullopt;
  }

  void SkipSpaces() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  bool Take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // A word that ends where names do; empty: none.
  std::string_view PeekWord() {
    SkipSpaces();
    std::size_t end = at_;
    while (end < text_.size() && IsNameCharacter(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  std::string_view Since(std::size_t start) const { return text_.substr(start, at_ - start); }

  // a and b or c is (a and b) or c.
  Parsed ParseJoined() {
    if (depth_ == kMaxDepth) return RefuseDepth();
    ++depth_;
    SkipSpaces();
    const std::size_t start = at_;
    Parsed left = ParsePart();
    while (left) {
      const std::string_view word = PeekWord();
      if (word != "and" && word != "or") break;
      at_ += word.size();
      SkipSpaces();
      Parsed right = ParsePart();
      if (!right) return right;
      const auto rule = word == "and" ? Combination::Rule::kAllOf : Combination::Rule::kAnyOf;
      left = Join(std::move(*left), rule, std::move(*right));
      left->text = Since(start);
      if (left->levels > kMaxLevels) return RefuseDepth();
    }
    --depth_;
    return left;
  }

  // A row of one operator is one combination; each change between the operators nests what came
  // before.
  static FilterNode Join(FilterNode left, Combination::Rule rule, FilterNode right) {
    const bool row = left.path.empty() && left.rule == rule && left.parts.size() > 1;
    if (row) {
      left.levels = std::max(left.levels, right.levels + 1);
      left.parts.push_back(std::move(right));
      return left;
    }
    FilterNode joined;
    joined.levels = std::max(left.levels, right.levels) + 1;
    joined.rule = rule;
    joined.parts.push_back(std::move(left));
    joined.parts.push_back(std::move(right));
    return joined;
  }

  Parsed ParsePart() {
    const std::size_t start = at_;
    const std::string_view word = PeekWord();
    if (word == "not") {
      const std::size_t before = at_;
      at_ += word.size();
      SkipSpaces();
      if (at_ < text_.size() && text_[at_] == '(') {
        Parsed inner = ParseGroup();
        if (!inner) return inner;
        FilterNode node;
        node.rule = Combination::Rule::kNoneOf;
        node.levels = inner->levels + 1;
        node.parts.push_back(std::move(*inner));
        node.text = Since(start);
        return node;
      }
      at_ = before;
    }
    if (at_ < text_.size() && text_[at_] == '(') return ParseGroup();
    return ParseTest();
  }

  Parsed ParseGroup() {
    const std::size_t start = at_;
    Take('(');
    Parsed inner = ParseJoined();
    if (!inner) return inner;
    SkipSpaces();
    if (!Take(')')) return Refuse("')'");
    inner->text = Since(start);
    return inner;
  }

  Parsed ParseTest() {
    const std::size_t start = at_;
    FilterNode node;
    do {
      if (!ParseStep(node.path)) return std::nullopt;
      const FilterNode* inner = node.path.back().filter.get();
      if (inner != nullptr) node.levels = std::max(node.levels, inner->levels + 1);
    } while (Take('.'));
    if (at_ == text_.size() || !IsSpace(text_[at_])) return Refuse("a space behind the path");
    node.operation = PeekWord();
    if (node.operation.empty()) return Refuse("an operation such as eq");
    at_ += node.operation.size();
    if (at_ == text_.size() || !IsSpace(text_[at_])) return Refuse("a space behind the operation");
    SkipSpaces();
    if (!ParseValue(node.value)) return std::nullopt;
    node.text = Since(start);
    return node;
  }

  bool ParseStep(std::vector<FilterStep>& path) {
    const std::size_t start = at_;
    while (at_ < text_.size() && IsNameCharacter(text_[at_])) ++at_;
    FilterStep step;
    step.name = Since(start);
    if (step.name.empty()) {
      Refuse("the name of a parameter");
      return false;
    }
    if (path.size() == kMaxDepth) {
      why_ = "has a path of more than " + std::to_string(kMaxDepth) + " steps";
      return false;
    }
    if (Take('[')) {
      Parsed filter = ParseJoined();
      if (!filter) return false;
      SkipSpaces();
      if (!Take(']') || at_ == text_.size() || text_[at_] != '.') {
        Refuse("']' and a path behind it");
        return false;
      }
      step.filter = std::make_unique<FilterNode>(std::move(*filter));
    }
    path.push_back(std::move(step));
    return true;
  }

  bool ParseValue(std::string& value) {
    if (Take('"')) return ParseString(value);
    const std::size_t start = at_;
    while (at_ < text_.size() && !IsSpace(text_[at_]) && text_[at_] != ')' && text_[at_] != ']') {
      ++at_;
    }
    value = Since(start);
    if (!value.empty()) return true;
    Refuse("a value");
    return false;
  }

  // A JSON string, the quotation mark before it taken.
  bool ParseString(std::string& value) {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') {
        if (!value.empty()) return true;
        break;
      }
      if (c != '\\') {
        value.push_back(c);
      } else if (!ParseEscape(value)) {
        break;
      }
    }
    Refuse("a JSON string with content");
    return false;
  }

  bool ParseEscape(std::string& value) {
    if (at_ == text_.size()) return false;
    const char c = text_[at_++];
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t known = kNames.find(c); known != std::string_view::npos) {
      value.push_back(kMeanings[known]);
      return true;
    }
    std::uint32_t code = 0;
    if (c != 'u' || !ParseHex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      std::uint32_t low = 0;
      if (!Take('\\') || !Take('u') || !ParseHex(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return false;
    }
    AppendUtf8(code, value);
    return true;
  }

  bool ParseHex(std::uint32_t& code) {
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || end != digits.data() + 4) return false;
    at_ += 4;
    return true;
  }

  const std::string_view text_;
  std::string& why_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<FilterNode> ParseFilter(std::string_view text, std::string& why) {
  return FilterParser(text, why).Parse();
}

}  // namespace healthlake::fhir
