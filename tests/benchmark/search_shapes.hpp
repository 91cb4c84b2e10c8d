// The queries that the search benchmark asks, and what is promised of them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/datastore/view.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::benchmark {

enum class Promise {
  kPage,   // <= 1 ms for 20 rows or less; at a million at most 3 times what it takes at 100,000
  kTotal,  // <= 2 ms for 470,000 hits
  kTotalOfBoth,  // <= 10 ms for an intersection of two such sets
  kTextSort,     // <= 100 ms for 10,000 matches: the order follows the text of the value
  kNone,         // outside of the targets: a scan
};

struct Shape {
  std::string_view name;
  std::string_view type;  // empty: the whole store
  // {patient}, {family}, … stand for samples (below); each query takes others.
  std::string_view query;
  Promise promise = Promise::kPage;
  // Which part of the matches the pages before have shown: 0.7 of 1,000,000 is a page that begins
  // after 700,000 rows.
  double depth = 0;
};

std::span<const Shape> AllShapes();

// What the store holds that a query may ask for.
struct Samples {
  struct Patient {
    std::string id;
    std::string family;
  };
  std::vector<Patient> patients;
  std::vector<std::string> organizations;  // names
};
Samples FindSamples(datastore::View& view);

// `count` queries of the shape. Throws core::Error for what the parser does not take.
std::vector<fhir::SearchQuery> QueriesOf(const Shape& shape, const Samples& samples,
                                         std::size_t count);

}  // namespace healthlake::benchmark
