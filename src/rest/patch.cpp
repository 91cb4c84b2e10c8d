// patch: PATCH [base]/[type]/[id] (http.html#patch; reference 4.8) by JSON Patch (RFC 6902) or
// FHIRPath Patch (fhirpatch.html); conditional patch: PATCH [base]/[type]?[criteria], which
// HealthLake does not have. A patch that changes nothing makes a version all the same.
#include <algorithm>
#include <string>
#include <string_view>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/patch.hpp"
#include "rest/body.hpp"
#include "rest/conditional.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/version_response.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::string_view kJsonPatch = "application/json-patch+json";

// What the client sent, understood.
struct Patch {
  json::Value content;
  decltype(&fhir::ApplyJsonPatch) apply;
  fhir::ValidationLevel level;
  datastore::Precondition precondition;
};

bool IsJsonPatch(std::string_view media_type) {
  media_type = media_type.substr(0, media_type.find(';'));
  media_type = media_type.substr(0, media_type.find_last_not_of(" \t") + 1);
  return std::ranges::equal(media_type, kJsonPatch, [](char given, char lower) {
    return given == lower || (given >= 'A' && given <= 'Z' && given + ('a' - 'A') == lower);
  });
}

// Without a media type the form of the body tells.
json::Value ParsePatch(const http::Request& request, json::Document& document) {
  if (!IsJsonPatch(request.headers.Find("Content-Type").value_or(""))) CheckContentType(request);
  return ParseJson(request.body, document);
}

Patch ReadPatch(const Interaction& interaction) {
  thread_local json::Document document;
  const http::Request& request = interaction.request;
  Patch patch{.content = ParsePatch(request, document),
              .apply = &fhir::ApplyFhirPathPatch,
              .level = ValidationLevelOf(request),
              .precondition = PreconditionOf(request)};
  const std::string_view type = request.headers.Find("Content-Type").value_or("");
  if (IsJsonPatch(type) || (type.empty() && patch.content.is_array())) {
    patch.apply = &fhir::ApplyJsonPatch;
  }
  return patch;
}

// A version that the client does not know is the better reason than a patch that does not fit it.
void CheckVersion(const datastore::Precondition& precondition, std::uint64_t version) {
  const auto& allowed = precondition.if_match;
  if (allowed.empty() || std::ranges::find(allowed, version) != allowed.end()) return;
  throw Error(ErrorKind::kPreconditionFailed,
              "The current version is " + std::to_string(version) + ".");
}

// A patch says nothing of types, so references to other entries of the transaction are put right in
// what it has made.
void PutReferencesRight(const Interaction& interaction, json::Document& patched) {
  if (interaction.settled == nullptr || interaction.settled->references == nullptr) return;
  std::string text;
  if (!interaction.settled->references->Rewrite(patched.root(), text)) return;
  if (patched.Parse(text)) throw Error(ErrorKind::kInternal, "a patched resource cannot be read");
}

datastore::WriteResult Put(const Interaction& interaction, datastore::Writing& writing,
                           const Patch& patch) {
  thread_local json::Document document;
  const auto stored = writing.Find(interaction.type, interaction.id);
  if (!stored) ThrowNotFound(interaction);
  if (stored->deleted) ThrowGone(interaction);
  CheckVersion(patch.precondition, stored->version);
  const json::Value resource = ParseObject(stored->json, document);
  json::Document patched = patch.apply(resource, patch.content, {});
  fhir::CheckIdentity(resource, patched.root());
  PutReferencesRight(interaction, patched);
  const auto draft = interaction.store.Prepare(
      {interaction.type, datastore::WriteMethod::kPut, interaction.id, patch.level},
      patched.root());
  return writing.Put(*draft, patch.precondition);
}

}  // namespace

http::Response PatchResource(const Interaction& interaction) {
  const Patch patch = ReadPatch(interaction);
  return WriteResponse(interaction, InWriting(interaction, [&](datastore::Writing& writing) {
                         return Put(interaction, writing, patch);
                       }));
}

http::Response ConditionalPatch(const Interaction& interaction) {
  if (interaction.HealthLakeRules()) {
    throw Error(ErrorKind::kUnsupported, "Conditional patch not supported.");
  }
  const Patch patch = ReadPatch(interaction);
  const std::string criteria = CriteriaOf(interaction.request.query);
  return WriteResponse(interaction, InWriting(interaction, [&](datastore::Writing& writing) {
                         const auto id =
                             FindOnlyMatch(interaction, writing, interaction.type, criteria);
                         if (!id) {
                           throw Error(ErrorKind::kNotFound, "No resource meets the criteria.");
                         }
                         Interaction one = interaction;
                         one.id = *id;
                         return Put(one, writing, patch);
                       }));
}

}  // namespace healthlake::rest
