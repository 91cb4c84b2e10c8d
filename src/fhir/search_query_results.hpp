// Parameters that shape the result instead of choosing it (search.html, search result parameters;
// reference 5.6).
#pragma once

#include <string_view>

#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// The text of one parameter, decoded, and where it is read to.
struct ResultText {
  std::string_view modifier;  // behind the colon of the name
  std::string_view value;
  SearchRules rules;
};

struct ResultParam {
  std::string_view name;
  bool repeats = false;  // may be given more than once
  bool linked = true;    // belongs into SearchQuery::applied
  // Sets what the parameter says; false: refused.
  bool (*read)(const ResultText& text, SearchQuery& query, Refusal& refusal) = nullptr;
};

// Null: it is no such parameter. `name` is without modifier. Pointers differ by parameter.
const ResultParam* FindResultParam(std::string_view name);

// Settles what follows from several parameters once all are read. When they do not go together:
// the name of the one at fault; else empty.
std::string_view SettleResult(SearchQuery& query, Refusal& refusal);

}  // namespace healthlake::fhir
