// conditional update: PUT [base]/[type]?[criteria] (http.html#cond-update; reference 4.6, 4.9).
#include <optional>
#include <string>

#include "healthlake/core/error.hpp"
#include "rest/body.hpp"
#include "rest/conditional.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/type_rules.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

// HealthLake takes fewer in a Bundle than as a request (reference 4.9).
void CheckBundleRules(const Interaction& interaction, std::string_view criteria) {
  if (!interaction.in_bundle || !interaction.HealthLakeRules()) return;
  if (interaction.writing != nullptr) {
    throw Error(ErrorKind::kUnsupported, "A transaction cannot hold conditional updates.");
  }
  const fhir::SearchQuery query = ParseCriteria(interaction, interaction.type, criteria);
  if (query.types.front().all_of.size() <= 2 && FindIdCriterion(query)) return;
  throw Error(ErrorKind::kUnsupported,
              "In a batch the criteria of an update are _id, alone or with one of _tag, createdAt "
              "and _lastUpdated.");
}

// Empty: the body has none.
std::string IdOf(const json::Value& body) {
  const std::optional<json::Value> id = body.Find("id");
  if (!id) return {};
  if (!id->is_string()) throw Error(ErrorKind::kInvalid, "The id of the body must be a string.");
  CheckId(id->string());
  return std::string(id->string());
}

// Empty: the server's choice.
std::string TargetOf(const Interaction& interaction, datastore::View& view,
                     const std::optional<std::string>& match, const std::string& given) {
  if (match) {
    if (given.empty() || given == *match) return *match;
    throw Error(interaction.in_bundle ? ErrorKind::kInvalid : ErrorKind::kConflict,
                "The id of the body is not that of the resource that meets the criteria.");
  }
  if (given.empty()) return interaction.settled != nullptr ? interaction.settled->id : given;
  const auto stored = view.Find(interaction.type, given);
  if (stored && !stored->deleted) {
    throw Error(ErrorKind::kConflict,
                "The id of the body is in use by a resource that does not meet the criteria.");
  }
  return given;
}

}  // namespace

http::Response ConditionalUpdate(const Interaction& interaction) {
  const fhir::ValidationLevel level = ValidationLevelOf(interaction.request);
  const json::Value body = LoadBody(interaction);
  const std::string given = IdOf(body);
  const datastore::Precondition precondition = PreconditionOf(interaction.request);
  const std::string criteria = CriteriaOf(interaction.request.query);
  CheckBundleRules(interaction, criteria);
  return WriteResponse(
      interaction, InWriting(interaction, [&](datastore::Writing& writing) {
        const auto match = FindOnlyMatch(interaction, writing, interaction.type, criteria);
        const std::string id = TargetOf(interaction, writing, match, given);
        CheckMayChange(interaction, writing, id);
        const auto method =
            id.empty() ? datastore::WriteMethod::kPost : datastore::WriteMethod::kPut;
        const auto draft = interaction.store.Prepare({interaction.type, method, id, level}, body);
        return writing.Put(*draft, precondition);
      }));
}

}  // namespace healthlake::rest
