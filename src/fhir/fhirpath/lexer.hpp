// Takes the text of an expression apart (FHIRPath 2.0, appendix B: its grammar).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace healthlake::fhir::fhirpath {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,       // identifier or keyword
  kDelimited,  // `name`; "name", as FHIR's older expressions have it
  kString,     // 'text'
  kNumber,
  kMoment,  // @2015-02-04T14:34:28Z; `text` is without '@'
  kSymbol,  // an operator, bracket or comma; '$' and '%' too
  kError,   // `text` says why
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // of kDelimited and kString what stands between the quotes
  std::size_t position = 0;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token Next();

 private:
  bool SkipSpace();  // and comments; false: a comment does not end
  Token Quoted(char quote, TokenKind kind);
  Token Number();
  Token MomentText();
  Token Symbol();
  Token Fail(std::string_view why) const { return {TokenKind::kError, why, at_}; }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Replaces the escapes; the backslash of any other is left out (FHIRPath 4.1.2).
std::string Unescape(std::string_view text);

}  // namespace healthlake::fhir::fhirpath
