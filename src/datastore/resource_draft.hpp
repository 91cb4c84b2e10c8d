// A resource that was checked and read, with everything about it that needs no transaction.
#pragma once

#include <string>

#include "datastore/import_batch.hpp"
#include "datastore/resource_text.hpp"
#include "datastore/workspace_pool.hpp"
#include "healthlake/datastore/writing.hpp"

namespace healthlake::datastore {

class ResourceDraft final : public Draft {
 public:
  ResourceDraft(DraftOptions options, WorkspacePool<ParseWorkspace>& workspaces)
      : options_(std::move(options)), workspace_(workspaces) {}
  ~ResourceDraft() override { workspace_->ReleaseLarge(text_.size()); }

  // Throws core::Error{kInvalid} with what is wrong.
  void Read(const json::Value& resource, CheckRules rules);

  const std::string& id() const noexcept override { return options_.id; }
  fhir::ResourceType type() const noexcept { return options_.type; }
  WriteMethod method() const noexcept { return options_.method; }
  const core::Issues& issues() const noexcept { return workspace_->walk.issues(); }
  std::span<const fhir::IndexValue> values() const noexcept { return workspace_->walk.values(); }
  // The text to be stored, as this version of this time.
  std::string Text(std::uint64_t version, core::Timestamp last_updated) const;

 private:
  const DraftOptions options_;
  // Its walk holds the values; its document is free for the reading of the version before.
  const WorkspacePool<ParseWorkspace>::Loan workspace_;
  std::string text_;
  StampPlaces places_;
};

}  // namespace healthlake::datastore
