// A resource that may be a match, read as far as somebody asks for it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "datastore/import_batch.hpp"
#include "datastore/search_source.hpp"
#include "datastore/workspace_pool.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/index/entry.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::datastore {

// One at a time: what it hands out is valid until the next one is chosen, but for the views of id()
// and json(), which last until the source's tables load a body for anybody. Confined to one thread.
class Candidate {
 public:
  explicit Candidate(const SearchSource& source)
      : source_(source), workspace_(source.parts.workspaces) {}

  // Which resource all that follows is about: its current version. Reads nothing yet.
  void Choose(index::Rid rid);
  // The same with a version of the past; false when there is none, or it is a tombstone.
  bool ChooseVersion(index::Rid rid, std::uint64_t version);

  index::Rid rid() const noexcept { return rid_; }
  // A number that was never given, and a tombstone, are not live; nothing below may be asked of
  // them.
  bool Live();
  const store::ResourceRow& row();
  fhir::ResourceType type() { return fhir::ResourceType::FromNumber(row().type); }
  std::string_view id();
  std::string_view json();
  const json::Value& root();
  // Of all parameters, those that the server sets itself included.
  std::span<const fhir::IndexValue> values();
  // The same with the texts and types of tokens, which :text and :of-type look at.
  std::span<const fhir::IndexValue> values_with_texts();

 private:
  enum class Walked : std::uint8_t { kNot, kValues, kTexts };

  store::BodyView body();
  std::span<const fhir::IndexValue> Walk(Walked depth);

  const SearchSource& source_;
  const WorkspacePool<ParseWorkspace>::Loan workspace_;
  index::Rid rid_ = 0;
  bool looked_up_ = false;
  std::optional<store::ResourceRow> row_;
  bool counted_ = false;
  bool parsed_ = false;
  Walked walked_ = Walked::kNot;
  json::Value root_;
};

}  // namespace healthlake::datastore
