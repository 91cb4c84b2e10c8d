// Clauses of a search query as sets of resources: cursors over the index.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datastore/key_codec.hpp"
#include "datastore/term_match.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/store/resource_tables.hpp"
#include "healthlake/store/symbol_table.hpp"

namespace healthlake::datastore {

// Confined to one thread; works on one snapshot, and its cursors live as long as that does. What is
// exact is decided here: every set holds the live resources that satisfy the clause, all and only.
class ClauseCursors {
 public:
  struct Source {
    index::Reader& reader;
    store::Connection& connection;
    store::SymbolTable& symbols;
    store::ResourceTables& tables;
    core::Timestamp now;  // for the prefix ap
  };
  // `code_may_be_system` as in SearchQuery.
  ClauseCursors(const Source& source, const fhir::TypeSearch& search, bool code_may_be_system)
      : source_(source), search_(search), code_may_be_system_(code_may_be_system) {}

  // All live resources of the type that satisfy all clauses.
  index::CursorPtr OpenQuery();
  // Their number where the index knows it without reading postings.
  std::optional<std::uint64_t> CountByKeys();

 private:
  using Sets = std::vector<index::CursorPtr>;

  index::CursorPtr Open(const fhir::SearchClause& clause);
  index::CursorPtr Live();
  index::CursorPtr AnyValue(const fhir::SearchParam& param);
  index::CursorPtr OpenIds(const fhir::SearchClause& clause);
  index::CursorPtr OpenTerms(const fhir::SearchClause& clause);

  void AddTerm(const fhir::SearchClause& clause, const fhir::TokenTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause& clause, const fhir::StringTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause& clause, const fhir::UriTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause& clause, const fhir::ReferenceTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause& clause, const fhir::DateTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause& clause, const fhir::NumberTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause& clause, const fhir::QuantityTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause& clause, const fhir::CompositeTerm& term, Sets& sets);
  void AddTerm(const fhir::SearchClause&, const fhir::TypedIdentifierTerm&, Sets&) {}
  void AddTerm(const fhir::SearchClause&, const fhir::PositionTerm&, Sets&) {}

  void AddTokensOfSystem(index::Param param, std::string_view system, Sets& sets);
  void AddLoose(fhir::ParamId param, std::uint64_t first, std::uint64_t last,
                std::vector<fhir::SimpleTerm> terms, Sets& sets);
  // Composites: numbers of the first parts that match, and the second part's range below each.
  std::vector<store::SymbolId> FirstParts(const fhir::SearchParam& first,
                                          const fhir::SimpleTerm& term);
  std::vector<store::SymbolId> FirstTokens(const fhir::TokenTerm& term);
  void AddSecondPart(index::Param param, store::SymbolId first, const fhir::SimpleTerm& second,
                     Sets& sets);
  index::KeyFilter UnitFilter(const fhir::QuantityTerm& term,
                              std::function<store::SymbolId(const index::Key&)> unit_of);

  std::optional<store::SymbolId> FindSymbol(const std::string& text) {
    return source_.symbols.Find(source_.connection, text);
  }
  void AddPoint(index::Param param, const index::Key& key, Sets& sets);
  static index::CursorPtr Union(Sets sets);

  Source source_;
  const fhir::TypeSearch& search_;
  const bool code_may_be_system_;
};

}  // namespace healthlake::datastore
