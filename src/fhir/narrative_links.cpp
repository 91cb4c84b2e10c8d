#include "fhir/narrative_links.hpp"

#include <algorithm>
#include <array>

namespace healthlake::fhir {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kAmpersand = "&amp;";

struct LinkAttribute {
  std::string_view element;
  std::string_view attribute;
};
constexpr auto kLinkAttributes = std::to_array<LinkAttribute>({{"a", "href"}, {"img", "src"}});

std::string_view AttributeOf(std::string_view element) {
  for (const LinkAttribute& row : kLinkAttributes) {
    if (row.element == element) return row.attribute;
  }
  return {};
}

// Ids, types and fullUrls have no other character that XML escapes.
std::string Unescape(std::string_view text) {
  std::string plain(text);
  for (std::size_t at = plain.find(kAmpersand); at != std::string::npos;
       at = plain.find(kAmpersand, at + 1)) {
    plain.erase(at + 1, kAmpersand.size() - 1);
  }
  return plain;
}

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '&' ? kAmpersand : std::string_view(&c, 1);
  return escaped;
}

class NarrativeScan {
 public:
  NarrativeScan(std::string_view text, const FindLink& find) : text_(text), find_(find) {}

  std::optional<std::string> Run() {
    for (at_ = text_.find('<'); at_ != std::string_view::npos; at_ = text_.find('<', at_)) {
      if (SkipTo("<!--", "-->") || SkipTo("<![CDATA[", "]]>")) continue;
      ++at_;
      const std::string_view attribute = AttributeOf(Word());
      if (!attribute.empty()) ReadAttributes(attribute);
      at_ = std::min(at_, text_.size());
    }
    if (done_ == 0) return std::nullopt;
    out_.append(text_.substr(done_));
    return std::move(out_);
  }

 private:
  bool SkipTo(std::string_view opening, std::string_view closing) {
    if (!text_.substr(at_).starts_with(opening)) return false;
    const std::size_t end = text_.find(closing, at_ + opening.size());
    at_ = end == std::string_view::npos ? text_.size() : end + closing.size();
    return true;
  }

  std::string_view Word() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(" \t\r\n=/><\"'", at_), text_.size());
    return text_.substr(begin, at_ - begin);
  }

  void SkipWhiteSpace() { at_ = std::min(text_.find_first_not_of(kWhiteSpace, at_), text_.size()); }

  // From behind the element's name to the end of its tag, or to what is no attribute.
  void ReadAttributes(std::string_view wanted) {
    while (true) {
      SkipWhiteSpace();
      const std::string_view name = Word();
      if (name.empty()) return;
      SkipWhiteSpace();
      if (at_ >= text_.size() || text_[at_] != '=') return;
      ++at_;
      SkipWhiteSpace();
      if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return;
      const std::size_t begin = at_ + 1;
      const std::size_t end = text_.find(text_[at_], begin);
      if (end == std::string_view::npos) {
        at_ = text_.size();
        return;
      }
      if (name == wanted) Replace(begin, end);
      at_ = end + 1;
    }
  }

  void Replace(std::size_t begin, std::size_t end) {
    const auto link = find_(Unescape(text_.substr(begin, end - begin)));
    if (!link) return;
    out_.append(text_.substr(done_, begin - done_)).append(Escape(*link));
    done_ = end;
  }

  std::string_view text_;
  const FindLink& find_;
  std::size_t at_ = 0;
  std::size_t done_ = 0;
  std::string out_;
};

}  // namespace

std::optional<std::string> RewriteNarrative(std::string_view div, const FindLink& find) {
  return NarrativeScan(div, find).Run();
}

}  // namespace healthlake::fhir
