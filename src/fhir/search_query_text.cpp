#include "fhir/search_query_text.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "fhir/search_query_terms.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir {
namespace {

using Words = TextCriterion::Words;
using Rows = std::vector<Words>;  // any of them

constexpr std::size_t kMaxDepth = 16;
// What (a OR b) AND (c OR d) … comes to when it is multiplied out.
constexpr std::size_t kMaxRows = 64;
constexpr std::size_t kMaxWords = 200;

enum class Kind : std::uint8_t { kWord, kAnd, kOr, kNot, kOpen, kClose, kEnd };

struct Token {
  Kind kind = Kind::kEnd;
  std::string text;  // of a word or phrase, in normal form
};

struct Operator {
  std::string_view text;
  Kind kind;
};
constexpr auto kOperators = std::to_array<Operator>({
    {"AND", Kind::kAnd},
    {"and", Kind::kAnd},
    {"OR", Kind::kOr},
    {"or", Kind::kOr},
    {"NOT", Kind::kNot},
});

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class TextReader {
 public:
  TextReader(std::string_view text, std::string& why) : text_(text), why_(why) { Next(); }

  // Empty: refused.
  Rows Read() {
    Rows rows = ReadOr();
    if (!rows.empty() && token_.kind != Kind::kEnd) return Refuse("has a ')' too many");
    return rows;
  }

 private:
  Rows Refuse(std::string_view why) {
    why_ = why;
    return {};
  }

  void Next() {
    while (!text_.empty() && IsSpace(text_.front())) text_.remove_prefix(1);
    token_ = {};
    if (text_.empty()) return;
    if (text_.front() == '(' || text_.front() == ')') {
      token_.kind = text_.front() == '(' ? Kind::kOpen : Kind::kClose;
      return text_.remove_prefix(1);
    }
    if (text_.front() == '"') return NextPhrase();
    std::size_t end = 0;
    while (end < text_.size() && !IsSpace(text_[end]) &&
           std::string_view("()\"").find(text_[end]) == std::string_view::npos) {
      ++end;
    }
    const std::string_view word = text_.substr(0, end);
    text_.remove_prefix(end);
    const auto known = std::find_if(kOperators.begin(), kOperators.end(),
                                    [&](const Operator& one) { return one.text == word; });
    token_.kind = known == kOperators.end() ? Kind::kWord : known->kind;
    token_.text = NormalizeString(word);
  }

  void NextPhrase() {
    text_.remove_prefix(1);
    const std::size_t end = std::min(text_.find('"'), text_.size());
    token_.kind = Kind::kWord;
    token_.text = NormalizeString(text_.substr(0, end));
    text_.remove_prefix(std::min(end + 1, text_.size()));
  }

  Rows ReadOr() {
    if (depth_ == kMaxDepth) return Refuse("is nested too deeply");
    ++depth_;
    Rows rows = ReadAnd();
    while (!rows.empty() && token_.kind == Kind::kOr) {
      Next();
      Rows more = ReadAnd();
      if (more.empty()) return {};
      if (rows.size() + more.size() > kMaxRows) return Refuse("has too many alternatives");
      rows.insert(rows.end(), more.begin(), more.end());
    }
    --depth_;
    return rows;
  }

  Rows ReadAnd() {
    Rows rows = ReadNot();
    while (!rows.empty() && token_.kind != Kind::kOr && token_.kind != Kind::kClose &&
           token_.kind != Kind::kEnd) {
      if (token_.kind == Kind::kAnd) Next();
      rows = Both(rows, ReadNot());
    }
    return rows;
  }

  Rows ReadNot() {
    bool negated = false;
    for (; token_.kind == Kind::kNot; negated = !negated) Next();
    Rows rows = ReadPart();
    return negated ? NoneOf(rows) : rows;
  }

  Rows ReadPart() {
    if (token_.kind == Kind::kOpen) {
      Next();
      Rows rows = ReadOr();
      if (rows.empty()) return rows;
      if (token_.kind != Kind::kClose) return Refuse("has a '(' without ')'");
      Next();
      return rows;
    }
    if (token_.kind != Kind::kWord) return Refuse("has no word where one is expected");
    if (token_.text.empty()) return Refuse("has an empty phrase");
    if (++words_ > kMaxWords) return Refuse("has too many words");
    Rows rows{{{std::move(token_.text)}, {}}};
    Next();
    return rows;
  }

  Rows Both(const Rows& a, const Rows& b) {
    if (a.empty() || b.empty()) return {};
    if (a.size() * b.size() > kMaxRows) return Refuse("has too many alternatives");
    Rows rows;
    std::size_t words = 0;
    for (const Words& left : a) {
      for (const Words& right : b) {
        Words both = left;
        both.all_of.insert(both.all_of.end(), right.all_of.begin(), right.all_of.end());
        both.none_of.insert(both.none_of.end(), right.none_of.begin(), right.none_of.end());
        words += both.all_of.size() + both.none_of.size();
        if (words > kMaxRows * kMaxWords) return Refuse("has too many words");
        rows.push_back(std::move(both));
      }
    }
    return rows;
  }

  // Not (a or b) is not a and not b; each of these is an alternative for each of its words.
  Rows NoneOf(const Rows& rows) {
    Rows result;
    for (const Words& row : rows) {
      Rows broken;
      for (const std::string& word : row.all_of) broken.push_back({{}, {word}});
      for (const std::string& word : row.none_of) broken.push_back({{word}, {}});
      if (broken.size() > kMaxRows) return Refuse("has too many alternatives");
      result = result.empty() ? std::move(broken) : Both(result, broken);
      if (result.empty()) return {};
    }
    return result;
  }

  std::string_view text_;
  std::string& why_;
  Token token_;
  std::size_t depth_ = 0;
  std::size_t words_ = 0;
};

}  // namespace

std::optional<TextCriterion> ReadText(TextCriterion::Where where, std::string_view value,
                                      std::string& why) {
  TextCriterion criterion;
  criterion.where = where;
  for (const std::string_view part : SplitEscaped(value, ',')) {
    Rows rows = TextReader(Unescape(part), why).Read();
    if (rows.empty()) return std::nullopt;
    if (criterion.any_of.size() + rows.size() > kMaxRows) {
      why = "has too many alternatives";
      return std::nullopt;
    }
    std::move(rows.begin(), rows.end(), std::back_inserter(criterion.any_of));
  }
  return criterion;
}

}  // namespace healthlake::fhir
