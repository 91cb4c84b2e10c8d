#include "rest/type_rules.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/resource_id.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

struct Refused {
  std::string_view type;
  Access access;
};
constexpr auto kRefusedByHealthLake = std::to_array<Refused>({
    {"OperationOutcome", Access::kRead},
    {"OperationOutcome", Access::kSearch},
    {"OperationOutcome", Access::kCreate},
    {"OperationOutcome", Access::kUpdate},
    {"OperationOutcome", Access::kPatch},
    {"OperationOutcome", Access::kDelete},
    {"Parameters", Access::kRead},
    {"Parameters", Access::kSearch},
    {"Parameters", Access::kCreate},
    {"Parameters", Access::kUpdate},
    {"Parameters", Access::kPatch},
    {"Parameters", Access::kDelete},
    {"AuditEvent", Access::kPatch},
    {"AuditEvent", Access::kDelete},
});

// May be put as new, and not be changed.
constexpr std::string_view kPutOnce = "AuditEvent";

core::Issues NotSupported(std::string diagnostics) {
  return {{core::Severity::kError, "not-supported", std::move(diagnostics), ""}};
}

}  // namespace

bool MayAccess(fhir::ResourceType type, Access access, fhir::SearchRules rules) {
  if (rules == fhir::SearchRules::kR4) return true;
  if (!fhir::SupportedByHealthLake(type)) return false;
  const std::string_view name = fhir::NameOf(type);
  return std::none_of(
      kRefusedByHealthLake.begin(), kRefusedByHealthLake.end(),
      [&](const Refused& refused) { return refused.type == name && refused.access == access; });
}

fhir::ResourceType LoadType(std::string_view name, Access access, fhir::SearchRules rules) {
  const std::optional<fhir::ResourceType> type = fhir::FindResourceType(name);
  if (!type) {
    const std::string text = "FHIR R4 has no resource type '" + std::string(name) + "'.";
    throw Error(ErrorKind::kNotFound, text, NotSupported(text));
  }
  if (MayAccess(*type, access, rules)) return *type;
  const std::string text = fhir::SupportedByHealthLake(*type)
                               ? "Interaction not supported."
                               : "HealthLake does not support the resource type '" +
                                     std::string(name) + "'; this server does with --compat r4.";
  throw Error(ErrorKind::kUnsupported, text, NotSupported(text));
}

bool IsPutOnce(fhir::ResourceType type, fhir::SearchRules rules) {
  return rules == fhir::SearchRules::kHealthLake && fhir::NameOf(type) == kPutOnce;
}

void CheckMayChange(const Interaction& interaction, datastore::View& view, std::string_view id) {
  if (!IsPutOnce(interaction.type, interaction.options.rules)) return;
  if (id.empty() || !view.Find(interaction.type, id)) return;
  const std::string text = "An AuditEvent cannot be changed.";
  throw Error(ErrorKind::kUnsupported, text, NotSupported(text));
}

void CheckId(std::string_view id) {
  if (fhir::IsId(id)) return;
  throw Error(ErrorKind::kInvalid,
              "1 validation error detected: Value '" + std::string(id) +
                  "' at 'resourceId' failed to satisfy constraint: Member must satisfy regular "
                  "expression pattern: [A-Za-z0-9-.]{1,64}");
}

}  // namespace healthlake::rest
