#include "rest/body.hpp"

#include <string>

#include "healthlake/core/error.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr const char* kUnreadable =
    "The provided payload was invalid and could not be parsed correctly.";

// HealthLake's own words (reference 4.5), and then where the fault is.
[[noreturn]] void ThrowUnreadable(std::string detail) {
  throw Error(ErrorKind::kSerialization, kUnreadable,
              {{core::Severity::kError, "invalid", kUnreadable, ""},
               {core::Severity::kInformation, "informational", std::move(detail), ""}});
}

[[noreturn]] void ThrowProcessing(const std::string& text, const std::string& location) {
  throw Error(ErrorKind::kInvalid, text, {{core::Severity::kError, "processing", text, location}});
}

}  // namespace

json::Value ParseJson(std::string_view text, json::Document& document,
                      const json::ParseLimits& limits) {
  if (text.empty()) ThrowUnreadable("The body is empty.");
  if (const auto error = document.Parse(text, limits)) {
    ThrowUnreadable(error->message + " (line " + std::to_string(error->line) + ", column " +
                    std::to_string(error->column) + ")");
  }
  return document.root();
}

json::Value ParseObject(std::string_view text, json::Document& document,
                        const json::ParseLimits& limits) {
  const json::Value root = ParseJson(text, document, limits);
  if (!root.is_object()) ThrowUnreadable("A resource is a JSON object.");
  return root;
}

json::Value ParseBody(const Interaction& interaction) {
  thread_local json::Document document;
  CheckContentType(interaction.request);
  return ParseObject(interaction.request.body, document);
}

void CheckBodyType(const Interaction& interaction, const json::Value& resource) {
  const std::optional<json::Value> type = resource.Find("resourceType");
  if (!type || !type->is_string()) {
    ThrowProcessing("Missing required resourceType field in resource json", "");
  }
  if (type->string() != fhir::NameOf(interaction.type)) {
    ThrowProcessing("The resourceType '" + std::string(type->string()) +
                        "' of the body is not the '" + std::string(fhir::NameOf(interaction.type)) +
                        "' of the URL.",
                    "resourceType");
  }
}

json::Value LoadBody(const Interaction& interaction) {
  const json::Value resource = ParseBody(interaction);
  CheckBodyType(interaction, resource);
  return resource;
}

void CheckBodyId(const Interaction& interaction, const json::Value& resource) {
  const std::string_view type = fhir::NameOf(interaction.type);
  const std::optional<json::Value> id = resource.Find("id");
  if (!id) ThrowProcessing("Missing required id field in resource json", std::string(type));
  if (!id->is_string() || id->string() != interaction.id) {
    ThrowProcessing("The id of the body is not the '" + interaction.id + "' of the URL.",
                    std::string(type) + ".id");
  }
}

}  // namespace healthlake::rest
