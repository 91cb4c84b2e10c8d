// Everything about one patient (patient-operation-everything.html; reference 6.1): the compartment
// by the index, and what its resources refer to by their bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "datastore/everything_lists.hpp"
#include "datastore/store_parts.hpp"
#include "healthlake/core/cancel.hpp"
#include "healthlake/datastore/view.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/json/document.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::datastore {

// The texts of all literal references in a stored body. Its bytes are minified, so that the name
// and its colon can stand nowhere else.
void ForEachReference(std::string_view json, const std::function<void(std::string_view)>& each);

// The query but for count and page, as a text that tells it from others.
std::string ConditionsOf(const EverythingQuery& query);

// Answers one query on one transaction. Holds numbers, ids and sizes of all resources that there
// are, and the bodies of one page.
class PatientEverything {
 public:
  struct Source {
    const StoreParts& parts;
    store::ResourceTables& tables;
    index::Reader& reader;
    const core::Cancel& cancel;
    EverythingPaging paging;
  };
  PatientEverything(const Source& source, const EverythingQuery& query)
      : source_(source), query_(query) {}

  // nullopt: there is no such patient, or not any more. Throws core::Error: kInvalid for a page
  // that is not of the query, kUnavailable when cancelled.
  std::optional<EverythingPage> Run();

 private:
  struct Target {
    fhir::ResourceType type;
    std::string id;
  };
  // Of a resource's key; equal for equal resources only.
  struct KeyHash {
    std::size_t operator()(const index::Key& key) const noexcept { return key.order; }
  };
  using KeySet = std::unordered_set<index::Key, KeyHash>;
  enum class Reach : std::uint8_t { kOwn, kForeign };

  using ListPtr = EverythingLists::ListPtr;

  // Null: there is no such patient.
  ListPtr FindList();
  ListPtr MakeList();
  index::CursorPtr OpenCompartment(index::Rid patient);
  std::vector<index::Rid> ReadCompartment(index::Rid patient);
  void AddCompartment(const std::vector<index::Rid>& rids);
  // What the resources taken so far refer to, and what that refers to, until there is nothing new.
  void AddReferredTo();
  std::vector<index::Rid> FindTargets(const std::vector<Target>& targets);
  // Notes what `json` refers to. kForeign, and nothing is noted: `only_own` is asked and it refers
  // to another patient.
  Reach NoteReferences(std::string_view json, bool only_own);
  void AddMember(const store::ResourceRow& row, const store::BodyView& body, bool included);
  EverythingPage MakePage(const EverythingList& list);
  void LoadPage(std::span<const EverythingMember> members, EverythingPage& page);
  void StopWhenCancelled() const;

  const Source source_;
  const EverythingQuery& query_;
  EverythingList list_;
  KeySet compartment_;  // all of it, whatever the query selects
  KeySet noted_;
  std::vector<Target> targets_;  // noted and not looked up yet
  json::Document document_;
};

}  // namespace healthlake::datastore
