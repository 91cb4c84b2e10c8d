// Queries as the tests write and read them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

inline constexpr std::string_view kDatastore = "0123456789abcdef0123456789abcdef";

inline SearchQuery Parse(std::string_view type, std::string_view text,
                         SearchRules rules = SearchRules::kHealthLake,
                         SearchHandling handling = SearchHandling::kStrict) {
  SearchLimits limits;
  limits.rules = rules;
  limits.handling = handling;
  limits.datastore_id = kDatastore;
  return ParseSearchQuery(FindResourceType(type).value(), text, limits);
}

// The diagnostics of all issues, one a line; "" when the query is good.
inline std::string Faults(std::string_view type, std::string_view text,
                          SearchRules rules = SearchRules::kHealthLake) {
  try {
    Parse(type, text, rules);
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kInvalid);
    std::string all;
    for (const core::Issue& issue : error.issues()) {
      all += (all.empty() ? "" : "\n") + issue.code + ": " + issue.diagnostics;
    }
    return all;
  }
  return "";
}

inline const SearchClause& ClauseOf(const SearchQuery& query, std::size_t at = 0) {
  return std::get<SearchClause>(query.types.front().all_of.at(at).is);
}

template <typename Term>
Term Only(const SearchQuery& query) {
  EXPECT_EQ(query.types.front().all_of.size(), 1U);
  EXPECT_EQ(ClauseOf(query).any_of.size(), 1U);
  return std::get<Term>(std::get<SimpleTerm>(ClauseOf(query).any_of.front()));
}

}  // namespace healthlake::fhir
