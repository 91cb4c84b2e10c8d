#include "rest/capability_statement.hpp"

#include <nlohmann/json.hpp>

#include "healthlake/core/time_text.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/tree.hpp"
#include "rest/headers.hpp"
#include "rest/routes.hpp"
#include "rest/type_rules.hpp"

namespace healthlake::rest {
namespace {

// Stands where the URL goes, and nowhere else: no text of the tables holds U+0001.
constexpr std::string_view kUrlMark = "\x01";

bool IsOperation(const Route& route) {
  return route.name.starts_with('$');
}

// An operation's definition is one of the base specification's (operations.html).
json::Tree OperationsOf(fhir::ResourceType type, fhir::SearchRules rules) {
  json::Tree list = json::Tree::array();
  for (const Route& route : Routes()) {
    if (!IsOperation(route) || !MayAccess(type, route.access, rules)) continue;
    const std::string name(route.name.substr(1));
    // Type and instance are two routes of one operation.
    if (!list.empty() && list.back()["name"] == name) continue;
    list.push_back({{"name", name},
                    {"definition", "http://hl7.org/fhir/OperationDefinition/Resource-" + name}});
  }
  return list;
}

json::Tree InteractionsOf(fhir::ResourceType type, fhir::SearchRules rules) {
  json::Tree list = json::Tree::array();
  for (const Route& route : Routes()) {
    if (route.level != Level::kType || route.name.empty() || IsOperation(route)) continue;
    if (MayAccess(type, route.access, rules)) list.push_back({{"code", route.name}});
  }
  return list;
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
    list.push_back(std::move(entry));
  }
  return list;
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
  const bool update = Offers(interactions, "update");
  const bool search = Offers(interactions, "search-type");
  resource["interaction"] = std::move(interactions);
  resource["versioning"] = update ? "versioned-update" : "versioned";
  resource["readHistory"] = true;
  resource["updateCreate"] = update;
  resource["conditionalCreate"] = false;
  resource["conditionalRead"] = "not-match";
  resource["conditionalUpdate"] = false;
  resource["conditionalDelete"] = "not-supported";
  resource["referencePolicy"] = {"literal", "logical"};
  if (search) {
    json::Tree params = SearchParamsOf(type, rules);
    if (!params.empty()) resource["searchParam"] = std::move(params);
  }
  json::Tree operations = OperationsOf(type, rules);
  if (!operations.empty()) resource["operation"] = std::move(operations);
  return resource;
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
  statement["format"] = {"application/fhir+json", "json"};
  json::Tree rest;
  rest["mode"] = "server";
  json::Tree& resources = rest["resource"] = json::Tree::array();
  for (const fhir::ResourceType type : fhir::AllResourceTypes()) {
    if (InteractionsOf(type, options.rules).empty()) continue;
    resources.push_back(ResourceOf(type, options.rules));
  }
  json::Tree whole = json::Tree::array();
  for (const Route& route : Routes()) {
    if (route.level == Level::kServer && !route.name.empty())
      whole.push_back({{"code", route.name}});
  }
  if (!whole.empty()) rest["interaction"] = std::move(whole);
  statement["rest"] = json::Tree::array({std::move(rest)});
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
