#include "fhir/narrative.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include "fhir/primitive_format.hpp"
#include "fhir/xhtml_entity.hpp"
#include "fhir/xhtml_names.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kNamespace = "http://www.w3.org/1999/xhtml";
constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::size_t kMaxDepth = 256;

template <std::size_t N>
std::optional<std::size_t> Find(const std::array<std::string_view, N>& names,
                                std::string_view name) {
  const auto found = std::ranges::lower_bound(names, name);
  if (found == names.end() || *found != name) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
         c == '_' || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// Whether a link would run a script. White space, case and the way in which a character is written
// count for nothing, as browsers see it.
bool IsScriptLink(std::string_view link) {
  constexpr std::array<std::string_view, 2> kSchemes = {"javascript:", "vbscript:"};
  return std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
    std::size_t matched = 0;
    for (std::size_t at = 0; at < link.size(); ++at) {
      std::uint32_t c = static_cast<unsigned char>(link[at]);
      if (link.substr(at).starts_with("&#")) {
        const std::size_t end = std::min(link.find(';', at), link.size());
        c = CharacterOfEntity(link.substr(at + 1, end - at - 1)).value_or(0);
        at = end;
      }
      if (c <= ' ') continue;
      if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
      if (c != static_cast<unsigned char>(scheme[matched])) return false;
      if (++matched == scheme.size()) return true;
    }
    return false;
  });
}

// One pass over the text; the open elements are kept by their numbers.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::string Run() {
    SkipSpaces();
    while (fault_.empty() && !AtEnd()) {
      if (depth_ == 0 && root_closed_) {
        SkipSpaces();
        if (AtEnd()) break;
        if (!Accept("<!--")) return Malformed("there must be one root element");
        SkipUntil("-->", "a comment does not end");
      } else if (Peek() == '<') {
        Markup();
      } else if (depth_ == 0) {
        return Malformed("it must start with <div");
      } else {
        Text();
      }
    }
    if (!fault_.empty()) return fault_;
    if (depth_ > 0) return Malformed("<" + std::string(Top()) + "> is not closed");
    if (!root_closed_) return Malformed("it must start with <div");
    if (!content_ && !broken_line_) {
      return "Constraint failed: txt-2 (the narrative SHALL have some non-whitespace content)";
    }
    return {};
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return text_[at_]; }
  std::string_view Top() const { return kXhtmlElements[open_[depth_ - 1]]; }
  bool Accept(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void SkipSpaces() {
    while (!AtEnd() && IsSpace(Peek())) ++at_;
  }
  void SkipUntil(std::string_view end, std::string_view otherwise) {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) {
      Malformed(otherwise);
      return;
    }
    at_ = found + end.size();
  }
  std::string_view Name() {
    const std::size_t start = at_;
    while (!AtEnd() && IsNameChar(Peek())) ++at_;
    return text_.substr(start, at_ - start);
  }

  std::string Malformed(std::string_view why) {
    return Refuse("the XHTML is not well-formed: " + std::string(why));
  }
  std::string Refuse(std::string_view why) {
    if (fault_.empty()) fault_ = "Constraint failed: txt-1 (" + std::string(why) + ")";
    at_ = text_.size();
    return fault_;
  }

  void Markup();
  void StartTag();
  bool Attribute(std::string_view element, std::bitset<kXhtmlAttributes.size()>& seen,
                 bool& has_namespace);
  void EndTag();
  void Text();
  void Entity();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool root_closed_ = false;
  bool content_ = false;
  // The indentation of an empty div: official examples have it, and the official validator lets it
  // pass.
  bool broken_line_ = false;
  std::string fault_;
  std::array<std::uint8_t, kMaxDepth> open_;
};

void Scanner::Markup() {
  if (Accept("<!--")) {
    SkipUntil("-->", "a comment does not end");
  } else if (Accept("<![CDATA[") && depth_ > 0) {
    const std::size_t start = at_;
    SkipUntil("]]>", "a CDATA section does not end");
    if (fault_.empty() &&
        text_.substr(start, at_ - start - 3).find_first_not_of(kSpaces) != std::string_view::npos) {
      content_ = true;
    }
  } else if (Accept("</")) {
    EndTag();
  } else {
    ++at_;
    StartTag();
  }
}

void Scanner::StartTag() {
  const std::string_view name = Name();
  if (name.empty()) {
    Malformed("a '<' must start an element");
    return;
  }
  const auto element = Find(kXhtmlElements, name);
  if (!element) {
    Refuse("the element '" + Shown(name) + "' is not allowed in XHTML of a narrative");
    return;
  }
  if (depth_ == 0 && name != "div") {
    Refuse("the root element must be a div, not '" + std::string(name) + "'");
    return;
  }
  if (depth_ == kMaxDepth) {
    Refuse("elements are nested more than 256 levels deep");
    return;
  }
  std::bitset<kXhtmlAttributes.size()> seen;
  bool has_namespace = false;
  bool spaced = false;
  for (;;) {
    const std::size_t before = at_;
    SkipSpaces();
    spaced = at_ > before;
    if (AtEnd()) {
      Malformed("a tag does not end");
      return;
    }
    if (Peek() == '/' || Peek() == '>') break;
    if (!spaced) {
      Malformed("attributes must be separated by white space");
      return;
    }
    if (!Attribute(name, seen, has_namespace)) return;
  }
  if (depth_ == 0 && !has_namespace) {
    Refuse("the root div needs xmlns=\"http://www.w3.org/1999/xhtml\"");
    return;
  }
  if (name == "img") content_ = true;
  if (Accept("/>")) {
    if (depth_ == 0) root_closed_ = true;
  } else if (Accept(">")) {
    open_[depth_++] = static_cast<std::uint8_t>(*element);
  } else {
    Malformed("a tag does not end");
  }
}

bool Scanner::Attribute(std::string_view element, std::bitset<kXhtmlAttributes.size()>& seen,
                        bool& has_namespace) {
  const std::string_view name = Name();
  const auto attribute = Find(kXhtmlAttributes, name);
  if (!attribute && name != "xmlns") {
    Refuse("the attribute '" + Shown(name) + "' on '" + std::string(element) +
           "' is not allowed in XHTML of a narrative");
    return false;
  }
  if (attribute ? seen[*attribute] : has_namespace) {
    Malformed("the attribute '" + std::string(name) + "' stands twice in one tag");
    return false;
  }
  SkipSpaces();
  const bool equals = Accept("=");
  SkipSpaces();
  if (!equals || AtEnd() || (Peek() != '"' && Peek() != '\'')) {
    Malformed("the attribute '" + std::string(name) + "' needs a value in quotes");
    return false;
  }
  const bool content_before = content_;
  const char quote = Peek();
  const std::size_t start = ++at_;
  while (!AtEnd() && Peek() != quote) {
    if (Peek() == '<') {
      Malformed("'<' in the attribute '" + std::string(name) + "'");
    } else if (Peek() == '&') {
      Entity();
    } else {
      ++at_;
    }
  }
  if (AtEnd()) {
    Malformed("the attribute '" + std::string(name) + "' does not end");
    return false;
  }
  content_ = content_before;
  const std::string_view value = text_.substr(start, at_ - start);
  ++at_;
  if (!attribute) {
    has_namespace = true;
    if (value != kNamespace) Refuse("the namespace '" + Shown(value) + "' is not that of XHTML");
  } else {
    seen[*attribute] = true;
    if ((name == "href" || name == "src") && IsScriptLink(value)) {
      Refuse("the attribute '" + std::string(name) + "' must not run a script");
    }
  }
  return fault_.empty();
}

void Scanner::EndTag() {
  const std::string_view name = Name();
  SkipSpaces();
  if (depth_ == 0 || name != Top() || !Accept(">")) {
    Malformed("</" + Shown(name) + "> has no start tag of its own");
    return;
  }
  --depth_;
  root_closed_ = depth_ == 0;
}

void Scanner::Text() {
  for (; !AtEnd() && Peek() != '<'; ++at_) {
    if (Peek() == '&') {
      Entity();
      return;
    }
    if (!IsSpace(Peek())) content_ = true;
    if (Peek() == '\n') broken_line_ = true;
  }
}

// &name; &#10; &#xA;
void Scanner::Entity() {
  constexpr std::size_t kLongest = 12;
  const std::size_t end = text_.substr(at_, kLongest).find(';');
  if (end == std::string_view::npos) {
    Malformed("'&' must start an entity");
    return;
  }
  const std::string_view name = text_.substr(at_ + 1, end - 1);
  const std::optional<std::uint32_t> point = CharacterOfEntity(name);
  if (!point) {
    Malformed("the entity '" + Shown(text_.substr(at_, end + 1)) + "' is unknown");
    return;
  }
  if (*point > 0x7F || !IsSpace(static_cast<char>(*point))) content_ = true;
  at_ += end + 1;
}

}  // namespace

std::string NarrativeFault(std::string_view div) {
  return Scanner(div).Run();
}

}  // namespace healthlake::fhir
