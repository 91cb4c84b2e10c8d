#include "healthlake/fhir/text_search.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "fhir/narrative_text.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir {
namespace {

constexpr char kEndOfText = '\n';  // stands in no word

bool IsLetterOrDigit(utf8proc_int32_t point) {
  const utf8proc_category_t category = utf8proc_category(point);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_NO);
}

bool IsAsciiWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

// Bytes of the word character at the front; zero when there is none. What is no UTF-8 counts as
// one.
std::size_t WordCharacter(std::string_view text) {
  if (static_cast<unsigned char>(text[0]) < 0x80) return IsAsciiWord(text[0]) ? 1 : 0;
  utf8proc_int32_t point = 0;
  const auto size = utf8proc_iterate(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4)), &point);
  if (size <= 0) return 1;
  return IsLetterOrDigit(point) ? static_cast<std::size_t>(size) : 0;
}

// Appends the words of a normal form, each with a space in front.
void AppendWords(std::string_view normal, std::string& out) {
  bool inside = false;
  for (std::size_t at = 0; at < normal.size();) {
    const std::size_t size = WordCharacter(normal.substr(at));
    if (size == 0) {
      ++at;
      inside = false;
      // The rest of a character is no word either.
      while (at < normal.size() && (static_cast<unsigned char>(normal[at]) & 0xC0) == 0x80) ++at;
      continue;
    }
    if (!inside) out += ' ';
    inside = true;
    out.append(normal.substr(at, size));
    at += size;
  }
}

// The texts of a resource as words, kEndOfText behind each.
class WordList {
 public:
  void Add(std::string_view text) {
    NormalizeString(text, normal_);
    AppendWords(normal_, words_);
    words_ += kEndOfText;
  }
  void AddNarrative(std::string_view div) {
    seen_.clear();
    AppendNarrativeText(div, seen_);
    Add(seen_);
  }
  void AddNarrativeOf(const json::Value& resource) {
    const auto text = resource.Find("text");
    const auto div = text ? text->Find("div") : std::nullopt;
    if (div && div->is_string()) AddNarrative(div->string());
  }
  // Recursion is as deep as the document, which its parser limits.
  void AddAll(const json::Value& value) {
    if (value.is_string()) {
      if (value.key() == "div") {
        AddNarrative(value.string());
      } else {
        Add(value.string());
      }
    } else {
      for (const json::Value child : value) AddAll(child);
    }
  }

  // In linear time, whatever the texts are.
  bool Holds(const std::string& words) const {
    return !words.empty() &&
           memmem(words_.data(), words_.size(), words.data(), words.size()) != nullptr;
  }

 private:
  std::string words_;
  std::string normal_;
  std::string seen_;
};

std::vector<std::string> ToWords(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) AppendWords(NormalizeString(text), out.emplace_back());
  return out;
}

}  // namespace

TextMatcher::TextMatcher(const TextCriterion& criterion) : where_(criterion.where) {
  for (const TextCriterion::Words& row : criterion.any_of) {
    any_of_.push_back({ToWords(row.all_of), ToWords(row.none_of)});
  }
}

bool TextMatcher::Matches(const json::Value& resource) const {
  WordList list;
  if (where_ == TextCriterion::Where::kNarrative) {
    list.AddNarrativeOf(resource);
  } else {
    list.AddAll(resource);
  }
  const auto holds = [&](const std::string& words) { return list.Holds(words); };
  return std::ranges::any_of(any_of_, [&](const Words& row) {
    return std::ranges::all_of(row.all_of, holds) && std::ranges::none_of(row.none_of, holds);
  });
}

}  // namespace healthlake::fhir
