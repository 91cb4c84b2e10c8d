// Pages of searches, walked as a client walks them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "datastore_fixture.hpp"

namespace healthlake::datastore {

using IdList = std::vector<std::string>;

class ResultTest : public DatastoreTest {
 protected:
  // Ids of the entries of one mode, in their order.
  static IdList IdsOf(const SearchPage& page, SearchMode mode = SearchMode::kMatch) {
    IdList ids;
    for (const SearchEntry& entry : page.entries) {
      if (entry.mode == mode) ids.push_back(entry.id);
    }
    return ids;
  }

  static std::string Joined(const IdList& ids) {
    std::string joined;
    for (const std::string& id : ids) joined += (joined.empty() ? "" : " ") + id;
    return joined;
  }

  SearchPage PageAt(fhir::SearchQuery query, const std::string& token = {}) {
    query.page = token;
    return store_->Search(query, {});
  }

  // By next links from the first page to the last one.
  IdList Forwards(const fhir::SearchQuery& query) {
    IdList all;
    for (SearchPage page = PageAt(query);; page = PageAt(query, *page.next)) {
      for (const std::string& id : IdsOf(page)) all.push_back(id);
      if (!page.next) return all;
    }
  }

  // By previous links from the last page to the first one; in the order of the pages.
  IdList Backwards(const fhir::SearchQuery& query) {
    const SearchPage first = PageAt(query);
    if (!first.last) return IdsOf(first);
    IdList all;
    for (SearchPage page = PageAt(query, *first.last);; page = PageAt(query, *page.previous)) {
      const IdList ids = IdsOf(page);
      all.insert(all.begin(), ids.begin(), ids.end());
      if (!page.previous) return all;
    }
  }

  // The ids of all pages, which are the same in both directions.
  std::string Sorted(std::string_view type, std::string_view text, std::size_t page_size = 1000) {
    fhir::SearchQuery query = Query(type, text);
    query.count = page_size;
    const IdList forwards = Forwards(query);
    EXPECT_EQ(Backwards(query), forwards) << type << "?" << text << " by " << page_size;
    return Joined(forwards);
  }
};

}  // namespace healthlake::datastore
