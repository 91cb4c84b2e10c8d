#include "datastore/result_page.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "datastore/rid_order.hpp"
#include "datastore/sorted_order.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

class ResultPage {
 public:
  ResultPage(const fhir::SearchQuery& query, const SearchSource& source, Selection& selection)
      : query_(query),
        source_(source),
        selection_(selection),
        position_(query.page.empty() ? PagePosition{} : source.parts.tokens.Read(query)),
        candidate_(source),
        includes_(query, source.tables, source.reader, candidate_, source.cancel),
        rows_(query.count, source.parts.page_bytes, TargetsOf()) {}

  void Fill(SearchPage& page) {
    const std::string order = ReadMatches();
    std::vector<SearchEntry> included = ReadIncluded();
    // From here on in the order of the page.
    if (position_.backwards()) std::ranges::reverse(rows_.rows());
    SetTokens(page);
    page.entries.reserve(rows_.rows().size() + included.size());
    for (PageRow& row : rows_.rows()) page.entries.push_back(std::move(row.entry));
    std::ranges::move(included, std::back_inserter(page.entries));
    if (page.plan) {
      page.plan->order = order;
    }
  }

 private:
  PageRows::TargetsOf TargetsOf() {
    if (!includes_.forward()) return {};
    return [this](Candidate& match) { return includes_.TargetsOf(match); };
  }

  std::string ReadMatches() {
    if (query_.sort.empty()) {
      ReadByRid(source_, selection_, candidate_, position_, rows_);
      return position_.backwards() ? "rid, from the end" : "rid";
    }
    SortedOrder order(query_, source_, selection_, candidate_, rows_);
    order.Read(position_);
    return order.Describe();
  }

  // A page is cut until what comes with its matches is small enough.
  std::vector<SearchEntry> ReadIncluded() {
    std::vector<SearchEntry> included;
    while (!includes_.Append(rows_.rows(), source_.parts.page_bytes, included)) {
      if (rows_.rows().size() == 1) {
        throw core::Error(core::ErrorKind::kTooLarge,
                          "_include and _revinclude of one match are larger than " +
                              std::to_string(source_.parts.page_bytes) + " bytes");
      }
      rows_.Halve();
    }
    return included;
  }

  std::string Token(PageTurn turn, const PageRow& row) const {
    return source_.parts.tokens.Make(query_, {turn, row.rid, row.version});
  }
  std::string LastPage() const {
    return source_.parts.tokens.Make(query_, {.turn = PageTurn::kLast});
  }

  void SetTokens(SearchPage& page) {
    const std::vector<PageRow>& rows = rows_.rows();
    if (rows.empty()) {
      // What came after the row is gone; the row may still be there.
      if (position_.turn == PageTurn::kAfter) page.previous = LastPage();
      return;
    }
    const bool after = position_.backwards() ? position_.has_row() : rows_.more();
    const bool before = position_.backwards() ? rows_.more() : position_.has_row();
    if (after) page.next = Token(PageTurn::kAfter, rows.back());
    if (before) page.previous = Token(PageTurn::kBefore, rows.front());
    if (after) page.last = LastPage();
  }

  const fhir::SearchQuery& query_;
  const SearchSource& source_;
  Selection& selection_;
  const PagePosition position_;
  Candidate candidate_;
  Includes includes_;
  PageRows rows_;
};

}  // namespace

void FillResultPage(const fhir::SearchQuery& query, const SearchSource& source,
                    Selection& selection, SearchPage& page) {
  ResultPage(query, source, selection).Fill(page);
}

}  // namespace healthlake::datastore
