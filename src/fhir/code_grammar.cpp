#include "fhir/code_grammar.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace healthlake::fhir {
namespace {

bool IsAlpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsAlphanumeric(char c) {
  return IsAlpha(c) || IsDigit(c);
}
bool IsGraphic(char c) {
  return c > ' ' && c < 0x7F;
}

bool AllOf(std::string_view text, bool (*test)(char)) {
  return std::ranges::all_of(text, test);
}

bool SameLetters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Tags of before RFC 4646 that its grammar does not cover.
constexpr std::array<std::string_view, 17> kIrregularTags = {
    "en-GB-oed", "i-ami", "i-bnn",     "i-default", "i-enochian", "i-hak",
    "i-klingon", "i-lux", "i-mingo",   "i-navajo",  "i-pwn",      "i-tao",
    "i-tay",     "i-tsu", "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE"};

// The subtags of a language tag, one after another.
class Subtags {
 public:
  explicit Subtags(std::string_view text) : rest_(text) { Next(); }

  bool AtEnd() const { return ended_; }
  std::string_view tag() const { return tag_; }

  // Takes the subtag when it has the size and the characters.
  bool Take(std::size_t low, std::size_t high, bool (*test)(char)) {
    if (ended_ || tag_.size() < low || tag_.size() > high || !AllOf(tag_, test)) return false;
    Next();
    return true;
  }
  bool TakeVariant() {
    if (!ended_ && tag_.size() == 4 && !IsDigit(tag_[0])) return false;
    return Take(4, 8, IsAlphanumeric);
  }

 private:
  void Next() {
    if (finished_) {
      ended_ = true;
      return;
    }
    const std::size_t dash = rest_.find('-');
    tag_ = rest_.substr(0, dash);
    finished_ = dash == std::string_view::npos;
    if (!finished_) rest_.remove_prefix(dash + 1);
  }

  std::string_view rest_;
  std::string_view tag_;
  bool finished_ = false;
  bool ended_ = false;
};

bool TakePrivateUse(Subtags& subtags) {
  if (!SameLetters(subtags.tag(), "x") || !subtags.Take(1, 1, IsAlpha)) return false;
  if (!subtags.Take(1, 8, IsAlphanumeric)) return false;
  while (subtags.Take(1, 8, IsAlphanumeric)) {
  }
  return subtags.AtEnd();
}

bool IsRegularTag(std::string_view text) {
  Subtags subtags(text);
  if (SameLetters(subtags.tag(), "x")) return TakePrivateUse(subtags);
  if (subtags.Take(2, 3, IsAlpha)) {
    for (int extended = 0; extended < 3 && subtags.Take(3, 3, IsAlpha); ++extended) {
    }
  } else if (!subtags.Take(4, 8, IsAlpha)) {
    return false;
  }
  subtags.Take(4, 4, IsAlpha);                                    // script
  if (!subtags.Take(2, 2, IsAlpha)) subtags.Take(3, 3, IsDigit);  // region
  while (subtags.TakeVariant()) {
  }
  while (!subtags.AtEnd() && !SameLetters(subtags.tag(), "x")) {
    if (!subtags.Take(1, 1, IsAlphanumeric) || !subtags.Take(2, 8, IsAlphanumeric)) return false;
    while (subtags.Take(2, 8, IsAlphanumeric)) {
    }
  }
  return subtags.AtEnd() || TakePrivateUse(subtags);
}

// A unit's term, character by character.
class UnitReader {
 public:
  explicit UnitReader(std::string_view text) : text_(text) {}

  // Parentheses are counted, so that depth costs no stack.
  bool Read() {
    std::size_t open = 0;
    Take('/');
    while (true) {
      if (Take('(')) {
        ++open;
        continue;
      }
      if (!Component()) return false;
      while (open > 0 && Take(')')) --open;
      if (AtEnd()) return open == 0;
      if (!Take('.') && !Take('/')) return false;
    }
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // From an opening to the next closing one, with graphic characters between.
  bool Group(char open, char close) {
    if (!Take(open)) return false;
    while (!AtEnd() && IsGraphic(text_[at_]) && text_[at_] != open && text_[at_] != close) ++at_;
    return Take(close);
  }
  bool Symbol() {
    constexpr std::string_view kSpecial = "()[]{}./+-=\"";
    const std::size_t from = at_;
    while (!AtEnd()) {
      if (text_[at_] == '[') {
        if (!Group('[', ']')) return false;
      } else if (IsGraphic(text_[at_]) && kSpecial.find(text_[at_]) == std::string_view::npos) {
        ++at_;
      } else {
        break;
      }
    }
    return at_ > from;
  }
  bool Exponent() {
    if (!Take('+') && !Take('-')) return true;
    const std::size_t from = at_;
    while (!AtEnd() && IsDigit(text_[at_])) ++at_;
    return at_ > from;
  }
  bool Component() {
    if (AtEnd()) return false;
    if (text_[at_] == '{') return Group('{', '}');
    if (!Symbol() || !Exponent()) return false;
    return AtEnd() || text_[at_] != '{' || Group('{', '}');
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool IsTokenCharacter(char c) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  return IsGraphic(c) && kSpecials.find(c) == std::string_view::npos;
}

// What follows the type: *(";" attribute "=" value), the value a quoted string or tokens. One token
// would be BCP 13's rule, but the specification's own examples have several ("DICOM WADO-RS").
bool IsParameters(std::string_view text) {
  std::size_t at = 0;
  const auto skip = [&](auto test) {
    const std::size_t from = at;
    while (at < text.size() && test(text[at])) ++at;
    return at > from;
  };
  const auto blank = [](char c) { return c == ' '; };
  while (at < text.size()) {
    skip(blank);
    if (at == text.size() || text[at++] != ';') return false;
    skip(blank);
    if (!skip(IsTokenCharacter) || at == text.size() || text[at++] != '=') return false;
    if (at < text.size() && text[at] == '"') {
      ++at;
      while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2U : 1U;
      if (at >= text.size()) return false;
      ++at;
    } else if (!skip([](char c) { return IsTokenCharacter(c) || c == ' ' || c == '/'; })) {
      return false;
    }
  }
  return true;
}

// "Europe/Berlin", "Etc/GMT+1", "UTC".
bool IsTimeZone(std::string_view text) {
  std::size_t part = 0;
  for (const char c : text) {
    if (c == '/') {
      if (part == 0) return false;
      part = 0;
    } else if (IsAlphanumeric(c) || c == '_' || c == '-' || c == '+') {
      ++part;
    } else {
      return false;
    }
  }
  return part > 0 && IsAlpha(text[0]);
}

// A part of LOINC's answer lists: "LA9658-1".
bool IsLoincAnswer(std::string_view text) {
  if (!text.starts_with("LA") || text.size() < 5 || text.size() > 10) return false;
  return AllOf(text.substr(2, text.size() - 4), IsDigit) && text[text.size() - 2] == '-' &&
         IsDigit(text.back());
}

}  // namespace

bool IsLanguageTag(std::string_view text) {
  return IsRegularTag(text) || std::ranges::any_of(kIrregularTags, [&](std::string_view tag) {
           return SameLetters(text, tag);
         });
}

bool IsMimeType(std::string_view text) {
  constexpr std::array<std::string_view, 5> kShortForms = {"xml", "json", "ttl", "turtle", "none"};
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return std::ranges::find(kShortForms, text) != kShortForms.end();
  }
  if (slash == 0) return false;
  const std::string_view after = text.substr(slash + 1);
  const auto end = std::ranges::find_if_not(after, IsTokenCharacter);
  const auto size = static_cast<std::size_t>(end - after.begin());
  return size > 0 && AllOf(text.substr(0, slash), IsTokenCharacter) &&
         IsParameters(after.substr(size));
}

bool IsUcumUnit(std::string_view text) {
  return UnitReader(text).Read();
}

bool IsWellFormedCode(r4::CodeGrammar grammar, std::string_view code) {
  switch (grammar) {
    case r4::CodeGrammar::kListed:
      return false;
    case r4::CodeGrammar::kLanguage:
      return IsLanguageTag(code);
    case r4::CodeGrammar::kMimeType:
      return IsMimeType(code);
    case r4::CodeGrammar::kUcum:
      return IsUcumUnit(code);
    case r4::CodeGrammar::kTimeZone:
      return IsTimeZone(code);
    case r4::CodeGrammar::kLoincAnswer:
      return IsLoincAnswer(code);
  }
  return false;
}

}  // namespace healthlake::fhir
