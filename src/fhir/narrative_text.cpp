#include "fhir/narrative_text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "fhir/xhtml_entity.hpp"

namespace healthlake::fhir {
namespace {

// Elements in the flow of a word: h<sub>2</sub>o is one.
constexpr auto kInline = std::to_array<std::string_view>(
    {"a",   "abbr", "acronym", "b",     "bdo",  "big",    "cite", "code", "dfn", "em", "i",
     "kbd", "q",    "samp",    "small", "span", "strong", "sub",  "sup",  "tt",  "var"});
static_assert(std::ranges::is_sorted(kInline));

constexpr std::size_t kLongestEntity = 12;

class TextScan {
 public:
  TextScan(std::string_view text, std::string& out) : text_(text), out_(out) {}

  void Run() {
    while (at_ < text_.size()) {
      const std::size_t next = std::min(text_.find_first_of("<&", at_), text_.size());
      out_.append(text_.substr(at_, next - at_));
      at_ = next;
      if (at_ == text_.size()) return;
      if (text_[at_] == '&') {
        Entity();
      } else if (!Skip("<!--", "-->") && !Verbatim()) {
        Tag();
      }
    }
  }

 private:
  bool Skip(std::string_view opening, std::string_view closing) {
    if (!text_.substr(at_).starts_with(opening)) return false;
    const std::size_t end = text_.find(closing, at_ + opening.size());
    at_ = end == std::string_view::npos ? text_.size() : end + closing.size();
    return true;
  }

  bool Verbatim() {
    constexpr std::string_view kOpening = "<![CDATA[";
    constexpr std::string_view kClosing = "]]>";
    const std::size_t from = at_ + kOpening.size();
    if (!Skip(kOpening, kClosing)) return false;
    const bool closed = text_.substr(0, at_).ends_with(kClosing) && at_ >= from + kClosing.size();
    out_.append(text_.substr(from, at_ - from - (closed ? kClosing.size() : 0)));
    return true;
  }

  void Tag() {
    const std::size_t from = at_ + (text_.substr(at_ + 1).starts_with('/') ? 2 : 1);
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n/>", from), text_.size());
    if (!std::ranges::binary_search(kInline, text_.substr(from, end - from))) out_ += ' ';
    for (at_ = end; at_ < text_.size() && text_[at_] != '>';) {
      const char c = text_[at_++];
      if (c == '"' || c == '\'') at_ = std::min(text_.find(c, at_), text_.size() - 1) + 1;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void Entity() {
    const std::size_t end = text_.substr(at_, kLongestEntity).find(';');
    const auto point = end == std::string_view::npos
                           ? std::nullopt
                           : CharacterOfEntity(text_.substr(at_ + 1, end - 1));
    if (!point) {
      out_ += text_[at_++];
      return;
    }
    std::array<utf8proc_uint8_t, 4> bytes;
    const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(*point), bytes.data());
    for (utf8proc_ssize_t i = 0; i < size; ++i) {
      out_ += static_cast<char>(bytes[static_cast<std::size_t>(i)]);
    }
    at_ += end + 1;
  }

  std::string_view text_;
  std::string& out_;
  std::size_t at_ = 0;
};

}  // namespace

void AppendNarrativeText(std::string_view div, std::string& out) {
  TextScan(div, out).Run();
}

}  // namespace healthlake::fhir
