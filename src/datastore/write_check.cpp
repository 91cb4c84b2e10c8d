#include "datastore/write_check.hpp"

#include <optional>

namespace healthlake::datastore {
namespace {

// Nothing of the client's is ever dropped to make room for what the server writes.
bool CanBeFlagged(const json::Value& resource) {
  const std::optional<json::Value> meta = resource.Find("meta");
  const std::optional<json::Value> extension = resource.Find("extension");
  return (!meta || meta->is_object()) && (!extension || extension->is_array());
}

}  // namespace

Verdict Check(const json::Value& resource, const CheckRules& rules, fhir::ResourceWalk& walk) {
  fhir::WalkOptions options;
  options.datastore_id = rules.datastore_id;
  if (rules.level == fhir::ValidationLevel::kStrict) options.profiles = rules.profiles;
  walk.Run(resource, options);
  if (walk.Sound()) return Verdict::kSound;
  if (rules.level != fhir::ValidationLevel::kMinimal || walk.type() == fhir::ResourceType()) {
    return Verdict::kRefused;
  }
  return CanBeFlagged(resource) ? Verdict::kFlagged : Verdict::kRefused;
}

}  // namespace healthlake::datastore
