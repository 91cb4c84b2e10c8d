#include "conformance/fhir/search/search_case.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "healthlake/core/encoding.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::rest {
namespace {

constexpr std::string_view kFolder = HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/search";

constexpr auto kMembers = std::to_array<std::string_view>(
    {"section", "rule", "dataset", "mode", "query", "post", "headers", "ids", "pages", "included",
     "total", "self", "members", "subsetted", "status", "diagnostics", "pending"});

[[noreturn]] void Fail(const SearchCase& row, const std::string& why) {
  throw std::runtime_error(row.file + ".json, case " + std::to_string(row.row) + ": " + why);
}

std::vector<std::string> Strings(const json::Tree& list) {
  std::vector<std::string> result;
  if (list.is_string()) return {list.get<std::string>()};
  for (const json::Tree& item : list) result.push_back(item.get<std::string>());
  return result;
}

std::vector<std::string> Ids(const SearchCase& row, const json::Tree& list) {
  std::vector<std::string> result;
  for (const std::string& id : Strings(list)) result.push_back(FullId(row.query, id));
  return result;
}

void ReadMode(const json::Tree& tree, SearchCase& row) {
  const std::string mode = tree.value("mode", "both");
  if (mode != "both" && mode != "r4" && mode != "healthlake") Fail(row, "mode " + mode);
  row.healthlake = mode != "r4";
  row.r4 = mode != "healthlake";
}

void ReadAnswer(const json::Tree& tree, SearchCase& row) {
  row.status = tree.value("status", 200);
  if (tree.contains("ids")) row.ids = Ids(row, tree.at("ids"));
  if (tree.contains("pages")) {
    for (const json::Tree& page : tree.at("pages")) row.pages.push_back(Ids(row, page));
  }
  if (tree.contains("included")) row.included = Ids(row, tree.at("included"));
  if (tree.contains("total")) {
    row.no_total = tree.at("total").is_null();
    if (!row.no_total) row.total = tree.at("total").get<std::uint64_t>();
  }
  if (tree.contains("self")) row.self = tree.at("self").get<std::string>();
  if (tree.contains("members")) row.members = Strings(tree.at("members"));
  if (tree.contains("subsetted")) row.subsetted = tree.at("subsetted").get<bool>();
  if (tree.contains("diagnostics")) row.diagnostics = Strings(tree.at("diagnostics"));
  if (row.status == 200 && !row.ids && row.pages.empty()) Fail(row, "expects nothing");
  if (row.status != 200 && row.diagnostics.empty()) Fail(row, "does not say what is refused");
}

SearchCase ReadRow(const std::string& file, std::size_t number, const std::string& dataset,
                   const json::Tree& tree) {
  SearchCase row;
  row.file = file;
  row.row = number;
  for (const auto& [name, value] : tree.items()) {
    if (std::find(kMembers.begin(), kMembers.end(), name) == kMembers.end()) {
      Fail(row, "unknown member " + name);
    }
  }
  row.section = tree.value("section", "");
  row.rule = tree.value("rule", "");
  row.dataset = tree.value("dataset", dataset);
  row.query = tree.at("query").get<std::string>();
  row.post = tree.value("post", false);
  const json::Tree headers = tree.value("headers", json::Tree::object());
  for (const auto& [name, value] : headers.items()) {
    row.headers[name] = value.get<std::string>();
  }
  if (tree.contains("pending")) row.pending = tree.at("pending").get<std::string>();
  ReadMode(tree, row);
  ReadAnswer(tree, row);
  return row;
}

std::vector<SearchCase> ReadAll() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<SearchCase> rows;
  for (const std::filesystem::path& path : files) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    const std::optional<json::Tree> table = json::ParseTree(text.str());
    if (!table) throw std::runtime_error(path.string() + " is no JSON");
    std::size_t number = 0;
    for (const json::Tree& row : table->at("cases")) {
      rows.push_back(ReadRow(path.stem(), ++number, table->value("dataset", ""), row));
    }
  }
  return rows;
}

struct Parameter {
  std::string name;
  std::string value;
};

std::vector<Parameter> ParametersOf(const std::string& query) {
  std::vector<Parameter> result;
  const std::size_t mark = query.find('?');
  std::istringstream pairs(mark == std::string::npos ? "" : query.substr(mark + 1));
  for (std::string pair; std::getline(pairs, pair, '&');) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    result.push_back({core::PercentDecode(pair.substr(0, equals)).value_or(""),
                      equals < pair.size() ? pair.substr(equals + 1) : ""});
  }
  return result;
}

bool TakesPrefixes(fhir::SearchType type) {
  return type == fhir::SearchType::kNumber || type == fhir::SearchType::kDate ||
         type == fhir::SearchType::kQuantity;
}

void CountClause(const fhir::SearchParam& param, std::string_view modifier,
                 const Parameter& parameter, std::map<std::string, std::size_t>& features) {
  const std::string type(fhir::NameOf(param.type));
  ++features["type " + type];
  if (!modifier.empty()) {
    const bool names_type = fhir::FindResourceType(modifier).has_value();
    ++features["modifier " + type + ":" + (names_type ? "[type]" : std::string(modifier))];
  } else if (TakesPrefixes(param.type)) {
    const std::string prefix = parameter.value.substr(0, 2);
    if (std::isalpha(static_cast<unsigned char>(prefix[0])) != 0) {
      ++features["prefix " + type + " " + prefix];
    }
  }
  if (modifier.empty() && parameter.value.find(',') != std::string::npos) {
    ++features["or " + type];
  }
  if (param.type != fhir::SearchType::kComposite) return;
  std::string parts;
  for (const fhir::ParamId part : param.components) {
    const fhir::SearchParam* component = fhir::FindSearchParam(part);
    parts += (parts.empty() ? "" : "$") +
             (component == nullptr ? "?" : std::string(fhir::NameOf(component->type)));
  }
  ++features["composite " + parts];
}

void CountParameter(const SearchCase& row, const Parameter& parameter,
                    std::map<std::string, std::size_t>& features) {
  const std::string base = parameter.name.substr(0, parameter.name.find_first_of(":."));
  if (base.starts_with('_')) ++features[base];
  if (parameter.name.starts_with("_has:")) {
    ++features[parameter.name.find("_has:", 1) == std::string::npos ? "_has" : "_has nested"];
  } else if (parameter.name.find('.') != std::string::npos) {
    const auto dots = std::count(parameter.name.begin(), parameter.name.end(), '.');
    ++features[dots == 1 ? "chain" : "chain of several"];
  }
  if (parameter.name.ends_with(":iterate")) ++features[base + ":iterate"];
  if (base == "_sort") {
    ++features[parameter.value.find(',') == std::string::npos ? "_sort by one"
                                                              : "_sort by several"];
  }
  const auto type = fhir::FindResourceType(row.query.substr(0, row.query.find_first_of("?/")));
  const fhir::SearchParam* param = type ? fhir::FindSearchParam(*type, base) : nullptr;
  if (param == nullptr || parameter.name.find('.') != std::string::npos) return;
  const std::size_t colon = parameter.name.find(':');
  const std::string modifier = colon == std::string::npos ? "" : parameter.name.substr(colon + 1);
  CountClause(*param, modifier, parameter, features);
}

void CountSort(const SearchCase& row, const std::string& keys,
               std::map<std::string, std::size_t>& features) {
  const auto type = fhir::FindResourceType(row.query.substr(0, row.query.find_first_of("?/")));
  std::istringstream list(keys);
  for (std::string key; type && std::getline(list, key, ',');) {
    if (key.starts_with('-')) key.erase(0, 1);
    const fhir::SearchParam* param = fhir::FindSearchParam(*type, key);
    if (param != nullptr) ++features["_sort " + std::string(fhir::NameOf(param->type))];
  }
}

}  // namespace

std::string FullId(const std::string& query, const std::string& id) {
  if (id.find('/') != std::string::npos) return id;
  std::string path = query.substr(0, query.find('?'));
  const std::size_t slash = path.rfind('/');
  return (slash == std::string::npos ? path : path.substr(slash + 1)) + '/' + id;
}

const std::vector<SearchCase>& AllSearchCases() {
  static const std::vector<SearchCase> kRows = ReadAll();
  return kRows;
}

std::map<std::string, std::size_t> FeaturesOf(const std::vector<SearchCase>& cases) {
  std::map<std::string, std::size_t> features;
  for (const SearchCase& row : cases) {
    if (row.pending) continue;
    if (row.post) ++features["POST _search"];
    if (row.status != 200) {
      ++features["refused"];
      continue;
    }
    if (!row.pages.empty()) ++features["pages"];
    if (row.query.starts_with('?')) ++features["system level"];
    if (std::count(row.query.begin(), std::find(row.query.begin(), row.query.end(), '?'), '/') >
        1) {
      ++features["compartment"];
    }
    for (const Parameter& parameter : ParametersOf(row.query)) {
      CountParameter(row, parameter, features);
      if (parameter.name == "_sort") CountSort(row, parameter.value, features);
    }
  }
  return features;
}

}  // namespace healthlake::rest
