// Values of search parameters as typed terms.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// Splits at each `separator` that no backslash precedes; the escapes stay in the parts
// (search.html, escaping search parameters).
std::vector<std::string_view> SplitEscaped(std::string_view text, char separator);

// Resolves \, \$ \| and \\; any other backslash stays.
std::string Unescape(std::string_view text);

// Reads single values of one parameter. `why` tells what is wrong when there is no result.
class TermParser {
 public:
  TermParser(const SearchLimits& limits, std::string& why) : limits_(limits), why_(why) {}

  std::optional<SearchTerm> Parse(const SearchParam& param, SearchModifier modifier,
                                  ResourceType target, std::string_view text);

  // With a prefix that does not stand in the text.
  std::optional<SearchTerm> ParseWithPrefix(const SearchParam& param, SearchModifier modifier,
                                            SearchPrefix prefix, std::string_view text);

 private:
  std::optional<SimpleTerm> ParseModified(const SearchParam& param, SearchModifier modifier,
                                          ResourceType target, std::string_view text);
  std::optional<SimpleTerm> ParseSimple(const SearchParam& param, std::string_view text);
  std::optional<SearchTerm> ParseComposite(const SearchParam& param, std::string_view text);
  std::optional<TokenTerm> ParseToken(std::string_view text);
  std::optional<TokenTerm> ParseConcept(std::string_view text);
  std::optional<TypedIdentifierTerm> ParseTypedIdentifier(std::string_view text);
  std::optional<ReferenceTerm> ParseReferenceTerm(const SearchParam& param, std::string_view text);
  std::optional<ReferenceTerm> ParseTyped(ResourceType target, std::string_view text);
  std::optional<DateTerm> ParseDate(std::string_view text);
  std::optional<NumberTerm> ParseNumber(std::string_view text);
  std::optional<QuantityTerm> ParseQuantity(std::string_view text);
  std::optional<PositionTerm> ParsePosition(std::string_view text);
  std::optional<SearchPrefix> TakePrefix(std::string_view& text);

  template <typename Result>
  std::optional<Result> Fail(std::string_view why) {
    why_ = why;
    return std::nullopt;
  }

  const SearchLimits& limits_;
  std::string& why_;
  std::optional<SearchPrefix> prefix_;
};

}  // namespace healthlake::fhir
