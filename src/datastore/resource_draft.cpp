#include "datastore/resource_draft.hpp"

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/resource_id.hpp"

namespace healthlake::datastore {
namespace {

// Stored texts hold the id unescaped.
void CheckId(std::string_view id) {
  if (!fhir::IsId(id)) {
    throw core::Error(core::ErrorKind::kInvalid,
                      "An id has 1 to 64 letters, digits, '-' and '.' (FHIR R4, id)");
  }
}

}  // namespace

void ResourceDraft::Read(const json::Value& resource, CheckRules rules) {
  CheckId(options_.id);
  rules.level = options_.level;
  fhir::ResourceWalk& walk = workspace_->walk;
  const Verdict verdict = Check(resource, rules, walk);
  if (verdict == Verdict::kRefused) {
    throw core::Error(core::ErrorKind::kInvalid, "The resource is not valid", walk.issues());
  }
  if (walk.type() != options_.type) {
    throw core::Error(core::ErrorKind::kInvalid, "The resource is of another type");
  }
  places_ =
      StampResource(resource, {.id = options_.id, .flagged = verdict == Verdict::kFlagged}, text_);
}

std::string ResourceDraft::Text(std::uint64_t version, core::Timestamp last_updated) const {
  std::string text;
  Restamp(text_, places_, version, last_updated, text);
  return text;
}

}  // namespace healthlake::datastore
