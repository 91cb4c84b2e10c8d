#include "datastore/candidate.hpp"

#include "healthlake/core/error.hpp"

namespace healthlake::datastore {

void Candidate::Choose(index::Rid rid) {
  rid_ = rid;
  looked_up_ = false;
  row_.reset();
  counted_ = false;
  parsed_ = false;
  walked_ = Walked::kNot;
}

bool Candidate::ChooseVersion(index::Rid rid, std::uint64_t version) {
  Choose(rid);
  looked_up_ = true;
  row_ = source_.tables.FindVersion(rid, version);
  return Live();
}

bool Candidate::Live() {
  if (!looked_up_) {
    looked_up_ = true;
    row_ = source_.tables.FindByRid(rid_);
  }
  return row_ && !row_->deleted();
}

const store::ResourceRow& Candidate::row() {
  if (!Live()) throw core::Error(core::ErrorKind::kInternal, "a tombstone was taken for a match");
  return *row_;
}

// Asked for again each time: between two calls the tables may have loaded another block.
store::BodyView Candidate::body() {
  const store::BodyView view = source_.tables.LoadBody(row().body);
  if (!counted_) ++source_.bodies;
  counted_ = true;
  return view;
}

std::string_view Candidate::id() {
  return body().id;
}

std::string_view Candidate::json() {
  return body().json;
}

const json::Value& Candidate::root() {
  if (!parsed_) {
    if (workspace_->document.Parse(json())) {
      throw core::Error(core::ErrorKind::kInternal, "a stored resource cannot be read");
    }
    parsed_ = true;
    root_ = workspace_->document.root();
  }
  return root_;
}

std::span<const fhir::IndexValue> Candidate::values() {
  return Walk(Walked::kValues);
}

std::span<const fhir::IndexValue> Candidate::values_with_texts() {
  return Walk(Walked::kTexts);
}

std::span<const fhir::IndexValue> Candidate::Walk(Walked depth) {
  if (walked_ < depth) {
    fhir::WalkOptions options;
    options.structure = fhir::StructureCheck::kOff;
    options.texts = depth == Walked::kTexts ? fhir::TokenTexts::kOn : fhir::TokenTexts::kOff;
    options.datastore_id = source_.parts.datastore_id;
    options.last_updated = row().last_updated;
    const auto first = row().version == 1 ? row_ : source_.tables.FindVersion(rid_, 1);
    if (first) options.created_at = first->last_updated;
    workspace_->walk.Run(root(), options);
    walked_ = depth;
  }
  return workspace_->walk.values();
}

}  // namespace healthlake::datastore
