// One row of the case table (README.md): what is asked of a dataset, and what the standard says is
// the answer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::rest {

struct SearchCase {
  std::string file;     // "number", of number.json
  std::size_t row = 0;  // counted from 1
  std::string section;  // "search.html#number", "reference 5.4"
  std::string rule;     // the sentence, in own words
  std::string dataset;  // datasets/<dataset>.ndjson
  bool healthlake = true;
  bool r4 = true;
  std::string query;  // "Patient?name=x", "Patient/p1/Observation?code=y", "?_type=Patient"
  bool post = false;  // as a form to _search
  std::map<std::string, std::string> headers;

  std::optional<std::vector<std::string>> ids;  // of the only page, "Type/id", in order
  std::vector<std::vector<std::string>> pages;  // instead of ids: of all pages
  std::optional<std::vector<std::string>> included;
  std::optional<std::uint64_t> total;
  bool no_total = false;
  std::optional<std::string> self;                  // the end of link.self
  std::optional<std::vector<std::string>> members;  // names in the first resource
  std::optional<bool> subsetted;                    // whether the first resource is tagged so
  int status = 200;
  std::vector<std::string> diagnostics;  // what the issues say: each is part of one of them
  std::optional<std::string> pending;    // why it is not run
};

// "Type/id" of what a row calls "id" or "Type/id".
std::string FullId(const std::string& query, const std::string& id);

// Every row of every *.json of the folder; throws std::runtime_error where a row is not well
// formed.
const std::vector<SearchCase>& AllSearchCases();

// What the rows exercise, as "type number", "modifier token:not", "prefix date ap", "_sort".
std::map<std::string, std::size_t> FeaturesOf(const std::vector<SearchCase>& cases);

}  // namespace healthlake::rest
