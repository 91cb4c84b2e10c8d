#include "rest/capability_statement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "healthlake/core/time_text.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/search_modifiers.hpp"
#include "healthlake/json/tree.hpp"
#include "rest/headers.hpp"
#include "rest/routes.hpp"
#include "rest/type_rules.hpp"

namespace healthlake::rest {
namespace {

// Stands where the URL goes, and nowhere else: no text of the tables holds U+0001.
constexpr std::string_view kUrlMark = "\x01";

constexpr std::string_view kAnyType = "{type}";

// Whether there is such a route at all.
bool IsOffered(const Route& route, fhir::SearchRules rules) {
  return route.only_r4.empty() || rules == fhir::SearchRules::kR4;
}

bool IsOperation(const Route& route) {
  return route.name.starts_with('$');
}

// What a pattern begins with: "{type}", or "{Patient}" for one type only.
std::string_view TypeOf(std::string_view pattern) {
  return pattern.substr(0, pattern.find('/'));
}

bool Serves(const Route& route, fhir::ResourceType type, fhir::SearchRules rules) {
  if (route.level != Level::kType || !MayAccess(type, route.access, rules)) return false;
  // It can be put, but not be updated.
  if (route.access == Access::kUpdate && IsPutOnce(type, rules)) return false;
  const std::string_view of = TypeOf(route.pattern);
  return of == kAnyType || of.substr(1, of.size() - 2) == fhir::NameOf(type);
}

// Interactions that R4 tells by a flag, not by a code, are routes without a name.
bool Serves(http::Method method, std::string_view pattern, fhir::ResourceType type,
            fhir::SearchRules rules) {
  const auto routes = Routes();
  return std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.method == method && route.pattern == pattern && Serves(route, type, rules);
  });
}

// An operation's definition is one of the base specification's (operations.html).
json::Tree OperationsOf(fhir::ResourceType type, fhir::SearchRules rules) {
  json::Tree list = json::Tree::array();
  for (const Route& route : Routes()) {
    if (!IsOperation(route) || !Serves(route, type, rules)) continue;
    const std::string name(route.name.substr(1));
    // Type and instance are two routes of one operation.
    if (!list.empty() && list.back()["name"] == name) continue;
    const std::string_view of = TypeOf(route.pattern) == kAnyType ? "Resource" : fhir::NameOf(type);
    list.push_back({{"name", name},
                    {"definition",
                     "http://hl7.org/fhir/OperationDefinition/" + std::string(of) + '-' + name}});
  }
  return list;
}

json::Tree InteractionsOf(fhir::ResourceType type, fhir::SearchRules rules) {
  json::Tree list = json::Tree::array();
  for (const Route& route : Routes()) {
    if (route.name.empty() || IsOperation(route) || !Serves(route, type, rules)) continue;
    list.push_back({{"code", route.name}});
  }
  return list;
}

// R4 has no element for them.
std::string ModifierText(const fhir::SearchParam& param, fhir::SearchRules rules) {
  std::string text;
  for (const std::string_view name : fhir::ModifiersOf(param, rules)) {
    text.append(text.empty() ? "Modifiers: :" : ", :").append(name);
  }
  return text;
}

json::Tree SearchParamsOf(fhir::ResourceType type, fhir::SearchRules rules) {
  json::Tree list = json::Tree::array();
  for (const fhir::SearchParam& param : fhir::SearchParamsOf(type)) {
    if (!fhir::IsSearchable(param, rules)) continue;
    json::Tree entry;
    entry["name"] = param.code;
    if (!param.definition.empty()) {
      entry["definition"] = "http://hl7.org/fhir/SearchParameter/" + std::string(param.definition);
    }
    entry["type"] = fhir::NameOf(param.type);
    std::string modifiers = ModifierText(param, rules);
    if (!modifiers.empty()) entry["documentation"] = std::move(modifiers);
    list.push_back(std::move(entry));
  }
  return list;
}

// With "*" for all of them.
json::Tree IncludeListOf(fhir::ResourceType type, fhir::Include::Way way, fhir::SearchRules rules) {
  json::Tree list = json::Tree::array();
  for (std::string& include : fhir::IncludesOf(type, way, rules)) {
    list.push_back(std::move(include));
  }
  if (!list.empty()) list.insert(list.begin(), "*");
  return list;
}

void AddSearch(fhir::ResourceType type, fhir::SearchRules rules, json::Tree& resource) {
  const auto add = [&](const char* name, json::Tree list) {
    if (!list.empty()) resource[name] = std::move(list);
  };
  add("searchInclude", IncludeListOf(type, fhir::Include::Way::kForward, rules));
  add("searchRevInclude", IncludeListOf(type, fhir::Include::Way::kReverse, rules));
  add("searchParam", SearchParamsOf(type, rules));
}

bool Offers(const json::Tree& interactions, std::string_view code) {
  for (const json::Tree& interaction : interactions) {
    if (interaction["code"] == code) return true;
  }
  return false;
}

json::Tree ResourceOf(fhir::ResourceType type, fhir::SearchRules rules) {
  json::Tree resource;
  resource["type"] = fhir::NameOf(type);
  resource["profile"] =
      "http://hl7.org/fhir/StructureDefinition/" + std::string(fhir::NameOf(type));
  json::Tree interactions = InteractionsOf(type, rules);
  const bool create = Offers(interactions, "create");
  const bool read = Offers(interactions, "read");
  const bool update = Offers(interactions, "update");
  const bool search = Offers(interactions, "search-type");
  resource["readHistory"] = Offers(interactions, "vread");
  resource["interaction"] = std::move(interactions);
  resource["versioning"] = update ? "versioned-update" : "versioned";
  resource["updateCreate"] = MayAccess(type, Access::kUpdate, rules);
  resource["conditionalCreate"] = create && search;
  resource["conditionalRead"] = read ? "full-support" : "not-supported";
  resource["conditionalUpdate"] = search && Serves(http::Method::kPut, kAnyType, type, rules);
  const bool removes = search && Serves(http::Method::kDelete, kAnyType, type, rules);
  resource["conditionalDelete"] = removes ? "multiple" : "not-supported";
  resource["referencePolicy"] = {"literal", "logical"};
  if (search) AddSearch(type, rules, resource);
  json::Tree operations = OperationsOf(type, rules);
  if (!operations.empty()) resource["operation"] = std::move(operations);
  return resource;
}

// compartmentdefinition.html names its definitions so.
json::Tree CompartmentList() {
  json::Tree list = json::Tree::array();
  for (const std::string_view compartment : Compartments()) {
    std::string name(compartment);
    name.front() = static_cast<char>(name.front() - 'A' + 'a');
    list.push_back("http://hl7.org/fhir/CompartmentDefinition/" + name);
  }
  return list;
}

json::Tree RestOf(fhir::SearchRules rules) {
  json::Tree rest;
  rest["mode"] = "server";
  rest["security"] = {{"service", json::Tree::array({{{"text", "AWS Signature Version 4"}}})},
                      {"description",
                       "Requests may be signed. The signature is not checked: this is a server for "
                       "development and tests."}};
  json::Tree& resources = rest["resource"] = json::Tree::array();
  for (const fhir::ResourceType type : fhir::AllResourceTypes()) {
    if (!InteractionsOf(type, rules).empty()) resources.push_back(ResourceOf(type, rules));
  }
  json::Tree whole = json::Tree::array();
  for (const Route& route : Routes()) {
    if (route.level != Level::kServer || route.name.empty() || IsOperation(route)) continue;
    if (!IsOffered(route, rules)) continue;
    whole.push_back({{"code", route.name}});
  }
  if (!whole.empty()) rest["interaction"] = std::move(whole);
  rest["compartment"] = CompartmentList();
  return rest;
}

json::Tree PatchFormats() {
  const auto routes = Routes();
  const bool patch = std::any_of(routes.begin(), routes.end(), [](const Route& route) {
    return route.method == http::Method::kPatch;
  });
  return patch ? json::Tree({"application/json-patch+json", kFhirJson}) : json::Tree::array();
}

json::Tree StatementOf(const ServiceOptions& options, core::Timestamp date) {
  json::Tree statement;
  statement["resourceType"] = "CapabilityStatement";
  statement["status"] = "active";
  statement["date"] = core::FormatInstant(date);
  statement["kind"] = "instance";
  statement["software"] = {{"name", "healthlake-local"}, {"version", options.version}};
  if (options.version.empty()) statement["software"].erase("version");
  statement["implementation"] = {{"description", "Amazon HealthLake, emulated locally"},
                                 {"url", kUrlMark}};
  statement["fhirVersion"] = "4.0.1";
  statement["format"] = {kFhirJson, "json"};
  json::Tree patch_formats = PatchFormats();
  if (!patch_formats.empty()) statement["patchFormat"] = std::move(patch_formats);
  statement["rest"] = json::Tree::array({RestOf(options.rules)});
  return statement;
}

}  // namespace

std::string CapabilityStatements::For(std::string_view base) {
  std::call_once(made_, [this] {
    const std::string text = json::Write(StatementOf(options_, date_));
    const std::string mark = json::Quote(kUrlMark);
    const std::size_t place = text.find(mark);
    before_url_ = text.substr(0, place);
    after_url_ = text.substr(place + mark.size());
  });
  return before_url_ + json::Quote(base) + after_url_;
}

}  // namespace healthlake::rest
