// What can be asked of a data store: one resource, a version, a search, a history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::datastore {

// One version of a resource as it is stored.
struct StoredVersion {
  std::uint64_t version = 0;       // meta.versionId
  core::Timestamp last_updated{};  // meta.lastUpdated
  bool deleted = false;            // a tombstone: `json` is empty
  std::string json;                // minified bytes with the server's id and meta: one NDJSON line
};

enum class SearchMode : std::uint8_t { kMatch, kInclude };

struct SearchEntry {
  fhir::ResourceType type;
  std::string id;
  std::string json;
  SearchMode mode = SearchMode::kMatch;
};

// How a search was answered (_explain): one line for each set or check, in the order of use.
struct PlanStep {
  std::string what;            // "Observation.code=1234-5"
  std::string how;             // "index, one value", "checked on the body"
  std::uint64_t estimate = 0;  // members expected
  std::uint64_t rows = 0;      // members read, or bodies checked
};
struct SearchPlan {
  std::vector<PlanStep> steps;
  std::string order;          // "rid", "walk of Observation.date, descending", "bodies sorted"
  std::string total;          // "not asked for", "counters of the index", "index", "bodies"
  std::uint64_t cursors = 0;  // opened on the index
  std::uint64_t blocks = 0;   // posting blocks decoded
  std::uint64_t bodies = 0;   // bodies read
  std::uint64_t microseconds = 0;
};

struct SearchPage {
  std::vector<SearchEntry> entries;    // matches in their order, then what they include
  std::optional<std::uint64_t> total;  // of matches, exact, when the query asks for it
  // Tokens of other pages, opaque; absent where there is no such page. The first page needs none.
  std::optional<std::string> next;
  std::optional<std::string> previous;
  std::optional<std::string> last;
  std::optional<SearchPlan> plan;  // when the query asks for it
};

// Which versions a history lists (http.html#history). All conditions must hold.
struct HistoryQuery {
  fhir::ResourceType type;               // none: the whole system
  std::string id;                        // with `type`: one resource; empty: all of them
  std::optional<core::Timestamp> since;  // created at or after this moment
  // Current at some moment of [from, until).
  struct Span {
    core::Timestamp from;
    core::Timestamp until;
  };
  std::optional<Span> at;
  std::size_t count = 100;
  std::string page;  // HistoryPage::next of the page before; empty: the first page
};

// How a version came to be, as Bundle.entry.request.method wants it.
enum class WriteMethod : std::uint8_t { kPost, kPut, kDelete };

struct HistoryItem {
  fhir::ResourceType type;
  std::string id;
  WriteMethod method = WriteMethod::kPut;
  bool created = false;  // no live version came before: 201
  StoredVersion stored;
};

struct HistoryPage {
  std::vector<HistoryItem> items;  // newest first
  // All versions that the query lists, over all pages. Always there for one resource; of a type or
  // the system only on a first page that holds everything, as counting would cost more than the
  // page.
  std::optional<std::uint64_t> total;
  std::optional<std::string> next;
};

// Everything about one patient (reference 6.1).
struct EverythingQuery {
  std::string patient;  // its id
  // Of the compartment only what care of this time made, and what bears no date
  // (fhir/clinical_dates.hpp).
  std::optional<fhir::DateInterval> care;
  std::optional<core::Timestamp> since;   // last updated at or after this moment
  std::vector<fhir::ResourceType> types;  // empty: all
  std::size_t count = 100;
  std::string page;  // EverythingPage::next of the page before; empty: the first page
};

struct EverythingItem {
  fhir::ResourceType type;
  std::string id;
  std::string json;
  bool included = false;  // not in the compartment, but referred to
};

struct EverythingPage {
  std::vector<EverythingItem> items;  // by name of type, then by id; fewer where they are large
  std::uint64_t total = 0;            // over all pages, included ones too
  std::optional<std::string> next;
};

// Reading, of the last commit or of an open transaction.
class View {
 public:
  virtual ~View() = default;

  // The current version, tombstones included; nullopt when the id was never used.
  virtual std::optional<StoredVersion> Find(fhir::ResourceType type, std::string_view id) = 0;
  virtual std::optional<StoredVersion> FindVersion(fhir::ResourceType type, std::string_view id,
                                                   std::uint64_t version) = 0;
  virtual SearchPage Search(const fhir::SearchQuery& query, const core::Cancel& cancel) = 0;
  // Versions written after a page was made are not on the pages that follow it. An id that was
  // never used has an empty history. Throws core::Error{kInvalid} for a page that is not of the
  // query, kUnavailable when `cancel` turns.
  virtual HistoryPage History(const HistoryQuery& query, const core::Cancel& cancel) = 0;
  // The patient's compartment (the patient too), and what its selected resources refer to, and what
  // that refers to in turn; but no other patient, and nothing that refers to one and is of a type
  // that belongs to patients. `since` and `types` select among all that is found in that way.
  // nullopt: no such patient, or not any more. Throws as History does.
  virtual std::optional<EverythingPage> Everything(const EverythingQuery& query,
                                                   const core::Cancel& cancel) = 0;
};

}  // namespace healthlake::datastore
