// $validate: POST [base]/[type]/$validate and [base]/[type]/[id]/$validate
// (resource-operation-validate.html; reference 6.6). 200 for what is valid and what is not.
#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "rest/body.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/type_rules.hpp"
#include "rest/version_response.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr const char* kSuccess = "Validation successful";

// R4 marks these as best practice (elementdefinition-bestpractice). HealthLake's example of a valid
// resource has no narrative, and its answer says nothing of it.
constexpr auto kBestPractice =
    std::to_array<std::string_view>({"Constraint failed: con-3 ", "Constraint failed: dom-6 "});

bool IsBestPractice(const core::Issue& issue) {
  return issue.severity == core::Severity::kWarning &&
         std::any_of(kBestPractice.begin(), kBestPractice.end(),
                     [&](std::string_view start) { return issue.diagnostics.starts_with(start); });
}

// What the resource is to be good for.
struct Mode {
  std::string_view name;
  bool on_type;
  bool on_instance;
  Access access;  // what must be possible as well
};
constexpr auto kModes = std::to_array<Mode>({
    {"", true, true, Access::kNone},
    {"create", true, false, Access::kCreate},
    {"update", false, true, Access::kUpdate},
    {"delete", false, true, Access::kDelete},
    {"profile", true, true, Access::kNone},
});

// The operation's parameters, from query and body together.
struct Input {
  std::optional<json::Value> resource;
  std::string mode;
  std::vector<std::string> profiles;
};

[[noreturn]] void ThrowMalformed(const std::string& text) {
  throw Error(ErrorKind::kInvalid, text);
}

void Take(Input& input, std::string_view name, std::string_view value) {
  if (name == "profile") {
    if (value.empty()) ThrowMalformed("$validate: the parameter 'profile' must be a URL.");
    input.profiles.emplace_back(value);
    return;
  }
  if (name != "mode") {
    ThrowMalformed("$validate takes resource, mode and profile, not '" + std::string(name) + "'.");
  }
  if (!input.mode.empty() && input.mode != value) {
    ThrowMalformed("$validate: the parameter 'mode' is given twice.");
  }
  const bool known = std::any_of(kModes.begin(), kModes.end(),
                                 [&](const Mode& mode) { return mode.name == value; });
  if (!known || value.empty()) {
    ThrowMalformed("$validate: the parameter 'mode' must be create, update, delete or profile.");
  }
  input.mode = value;
}

void ReadQuery(std::string_view query, Input& input) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    // _format, _pretty: not the operation's own.
    if (pair.empty() || pair.starts_with('_')) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto value = core::PercentDecode(pair.substr(std::min(equals + 1, pair.size())));
    if (!value) ThrowMalformed("The query is not percent-encoded.");
    Take(input, pair.substr(0, equals), *value);
  }
}

std::string_view TextOf(const json::Value& object, std::string_view name) {
  const std::optional<json::Value> member = object.Find(name);
  return member && member->is_string() ? member->string() : std::string_view();
}

void ReadParameter(const json::Value& parameter, Input& input) {
  if (!parameter.is_object()) ThrowMalformed("Parameters.parameter must hold objects.");
  const std::string_view name = TextOf(parameter, "name");
  if (name == "resource") {
    if (input.resource) ThrowMalformed("$validate: the parameter 'resource' is given twice.");
    input.resource = parameter.Find("resource");
    if (!input.resource || !input.resource->is_object()) {
      ThrowMalformed("$validate: the parameter 'resource' has no resource.");
    }
    return;
  }
  for (const json::Value member : parameter) {
    if (member.key().starts_with("value") && member.is_string()) {
      return Take(input, name, member.string());
    }
  }
  ThrowMalformed("$validate: the parameter '" + std::string(name) + "' has no value.");
}

bool HasParameter(const json::Value& parameters, std::string_view name) {
  const std::optional<json::Value> list = parameters.Find("parameter");
  if (!list || !list->is_array()) return false;
  for (const json::Value parameter : *list) {
    if (TextOf(parameter, "name") == name) return true;
  }
  return false;
}

void ReadBody(const Interaction& interaction, Input& input) {
  if (interaction.request.body.empty() && !interaction.id.empty()) return;
  const json::Value body = ParseBody(interaction);
  const bool is_parameters = TextOf(body, "resourceType") == "Parameters";
  // Parameters may itself be what is to be validated.
  const bool ambiguous = is_parameters && fhir::NameOf(interaction.type) == "Parameters";
  if (!is_parameters || (ambiguous && !HasParameter(body, "resource"))) {
    input.resource = body;
    return;
  }
  const std::optional<json::Value> list = body.Find("parameter");
  if (!list) return;
  if (!list->is_array()) ThrowMalformed("Parameters.parameter must be an array.");
  for (const json::Value parameter : *list) ReadParameter(parameter, input);
}

const Mode& LoadMode(const Interaction& interaction, const Input& input) {
  const Mode& mode = *std::find_if(kModes.begin(), kModes.end(),
                                   [&](const Mode& row) { return row.name == input.mode; });
  if (interaction.id.empty() ? mode.on_type : mode.on_instance) return mode;
  ThrowMalformed("$validate: the mode '" + input.mode +
                 (mode.on_instance ? "' is for one resource: POST {type}/{id}/$validate."
                                   : "' is for a type: POST {type}/$validate."));
}

// What stands against the interaction that the mode names, whatever the content.
core::Issues CheckInteraction(const Interaction& interaction, const Mode& mode) {
  if (mode.access == Access::kNone ||
      MayAccess(interaction.type, mode.access, interaction.options.rules)) {
    return {};
  }
  return {{core::Severity::kError, "not-supported", "Interaction not supported.", ""}};
}

// As an update would.
void CheckId(const Interaction& interaction, const Mode& mode, const json::Value& resource,
             core::Issues& issues) {
  if (interaction.id.empty()) return;
  if (mode.access != Access::kUpdate && !resource.Find("id")) return;
  try {
    CheckBodyId(interaction, resource);
  } catch (const Error& error) {
    issues.insert(issues.end(), error.issues().begin(), error.issues().end());
  }
}

void CheckContent(const Interaction& interaction, const Input& input, core::Issues& issues) {
  thread_local fhir::ResourceWalk walk;
  const std::vector<std::string_view> profiles(input.profiles.begin(), input.profiles.end());
  fhir::WalkOptions options;
  options.values = fhir::ValueCollection::kOff;
  options.notices = fhir::Notices::kOn;
  options.profiles = interaction.options.profiles;
  options.claimed_profiles = profiles;
  walk.Run(*input.resource, options);
  std::remove_copy_if(walk.issues().begin(), walk.issues().end(), std::back_inserter(issues),
                      IsBestPractice);
}

http::Response Answer(core::Issues issues) {
  const bool valid = std::none_of(issues.begin(), issues.end(), [](const core::Issue& issue) {
    return issue.severity <= core::Severity::kError;
  });
  if (valid) {
    issues.insert(issues.begin(), {core::Severity::kInformation, "informational", kSuccess, ""});
  }
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  response.body = fhir::OutcomeJson(issues);
  return response;
}

}  // namespace

http::Response Validate(const Interaction& interaction) {
  Input input;
  ReadQuery(interaction.request.query, input);
  ReadBody(interaction, input);
  const Mode& mode = LoadMode(interaction, input);
  if (mode.name == "profile" && input.profiles.empty()) {
    ThrowMalformed("$validate: the mode 'profile' needs the parameter 'profile'.");
  }
  std::optional<datastore::StoredVersion> stored;
  if (!interaction.id.empty()) {
    stored = interaction.view().Find(interaction.type, interaction.id);
    if (!stored) ThrowNotFound(interaction);
    if (stored->deleted) ThrowGone(interaction);
  }
  core::Issues issues = CheckInteraction(interaction, mode);
  if (mode.access == Access::kDelete) return Answer(std::move(issues));
  json::Document document;
  if (input.resource) {
    CheckBodyType(interaction, *input.resource);
  } else if (stored && mode.access != Access::kUpdate) {
    if (document.Parse(stored->json)) {
      throw Error(ErrorKind::kInternal, "a stored resource is not JSON");
    }
    input.resource = document.root();
  } else {
    ThrowMalformed("$validate: the parameter 'resource' is missing.");
  }
  CheckId(interaction, mode, *input.resource, issues);
  CheckContent(interaction, input, issues);
  return Answer(std::move(issues));
}

}  // namespace healthlake::rest
