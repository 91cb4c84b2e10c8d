// Every search parameter of the registry yields values: from an official example, or where none
// has the element, from a resource of search_coverage.json. The tables in src/fhir say which.
// HEALTHLAKE_WRITE_TABLES=1 writes them anew.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "conformance/fhir/official_examples.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kFolder = HEALTHLAKE_SOURCE_DIR "/src/fhir/";
constexpr std::string_view kOwnResources =
    HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/search_coverage.json";
constexpr std::string_view kStart = "<!-- search parameters -->\n";
constexpr std::string_view kEnd = "<!-- end of search parameters -->\n";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Count {
  std::size_t examples = 0;  // that have values
  std::size_t values = 0;
  std::size_t own_values = 0;  // of resources of the test's own
};

// Parameters of Resource and DomainResource are the same for all types.
bool IsOfEveryType(const SearchParam& param) {
  return param.definition.starts_with("Resource-") ||
         param.definition.starts_with("DomainResource-") || param.origin != ParamOrigin::kElements;
}

std::string KeyOf(const SearchParam& param) {
  const std::string base(IsOfEveryType(param) ? "Resource" : NameOf(param.base));
  return base + "." + std::string(param.code);
}

class SearchCoverage : public testing::Test {
 protected:
  void SetUp() override {
    examples_ = OfficialExamples::Open();
    if (!examples_) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
    for (const std::string& name : examples_->names()) {
      ASSERT_FALSE(document_.Parse(examples_->Text(name))) << name;
      for (const auto& [key, values] : Walk(document_.root(), StructureCheck::kOff)) {
        ++counts_[key].examples;
        counts_[key].values += values;
      }
    }
  }

  // How many values the parameters have.
  std::map<std::string, std::size_t> Walk(const json::Value& resource, StructureCheck structure) {
    WalkOptions options;
    options.structure = structure;
    options.created_at = core::Timestamp{};
    walk_.Run(resource, options);
    std::map<std::string, std::size_t> found;
    const auto values = walk_.values();
    for (std::size_t i = 0; i < values.size(); i += 1U + values[i].parts) {
      ++found[KeyOf(*FindSearchParam(values[i].param))];
    }
    return found;
  }

  void ReadOwnResources() {
    json::Document own;
    ASSERT_FALSE(own.Parse(ReadFile(std::string(kOwnResources))));
    for (const json::Value resource : own.root()) {
      bool needed = false;
      for (const auto& [key, values] : Walk(resource, StructureCheck::kOn)) {
        if (counts_[key].examples > 0) continue;
        counts_[key].own_values += values;
        needed = true;
      }
      const std::string text(resource.raw().substr(0, 200));
      EXPECT_TRUE(needed) << "nothing needs " << text;
      for (const core::Issue& issue : walk_.issues()) {
        ADD_FAILURE() << issue.location << ": " << issue.diagnostics << " in " << text;
      }
    }
  }

  std::string Table() const;
  std::string Summary() const;

  std::optional<OfficialExamples> examples_;
  json::Document document_;
  ResourceWalk walk_;
  std::map<std::string, Count> counts_;  // by KeyOf
};

// Parameters in the order of the registry, those of every type once.
std::vector<const SearchParam*> Rows() {
  std::map<std::string, const SearchParam*> every_type;
  std::vector<const SearchParam*> rows;
  for (const SearchParam& param : AllSearchParams()) {
    if (IsOfEveryType(param)) {
      every_type.emplace(param.code, &param);
    } else {
      rows.push_back(&param);
    }
  }
  std::vector<const SearchParam*> all;
  for (const auto& [code, param] : every_type) all.push_back(param);
  all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

std::string SourceOf(const SearchParam& param, const Count& count) {
  static const std::map<std::string_view, std::string_view> kServer = {
      {"_text", "none: a scan of the narrative"},
      {"_content", "none: a scan of all strings"},
      {"_query", "none: names a query that the server defines, and there are none"},
  };
  const auto server = kServer.find(param.code);
  if (server != kServer.end()) return std::string(server->second);
  if (param.origin == ParamOrigin::kHealthLake) return "the server sets it on every resource";
  if (count.examples == 0) return "own resource";
  return std::to_string(count.examples) + (count.examples == 1 ? " example" : " examples");
}

std::string SearchCoverage::Table() const {
  std::string out =
      "| parameter | type | definition | values from | values |\n|---|---|---|---|---:|\n";
  for (const SearchParam* param : Rows()) {
    const auto found = counts_.find(KeyOf(*param));
    const Count count = found == counts_.end() ? Count() : found->second;
    const bool server = param->origin == ParamOrigin::kHealthLake;
    out += "| " + KeyOf(*param) + " | " + std::string(NameOf(param->type)) + " | " +
           std::string(param->definition) + " | " + SourceOf(*param, count) + " | " +
           (server ? "" : std::to_string(count.values + count.own_values)) + " |\n";
  }
  return out;
}

std::string SearchCoverage::Summary() const {
  struct Row {
    std::size_t params = 0;
    std::size_t by_examples = 0;
    std::size_t by_own = 0;
    std::size_t values = 0;
  };
  std::array<Row, 9> rows;
  for (const SearchParam* param : Rows()) {
    if (param->origin != ParamOrigin::kElements) continue;
    const auto found = counts_.find(KeyOf(*param));
    const Count count = found == counts_.end() ? Count() : found->second;
    Row& row = rows.at(static_cast<std::size_t>(param->type));
    ++row.params;
    row.by_examples += count.examples > 0 ? 1 : 0;
    row.by_own += count.own_values > 0 ? 1 : 0;
    row.values += count.values;
  }
  std::string out =
      "| type | parameters | with values from official examples | from own resources | values of "
      "the examples |\n|---|---:|---:|---:|---:|\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += "| " + std::string(NameOf(static_cast<SearchType>(i))) + " | " +
           std::to_string(rows[i].params) + " | " + std::to_string(rows[i].by_examples) + " | " +
           std::to_string(rows[i].by_own) + " | " + std::to_string(rows[i].values) + " |\n";
  }
  return out;
}

// What stands between the marks must be `expected`, or becomes it.
void Check(const std::string& file, const std::string& expected) {
  const std::string path = std::string(kFolder) + file;
  const std::string text = ReadFile(path);
  const std::size_t start = text.find(kStart);
  const std::size_t end = text.find(kEnd);
  ASSERT_TRUE(start != std::string::npos && end != std::string::npos) << path;
  const std::size_t from = start + kStart.size();
  if (text.substr(from, end - from) == expected) return;
  if (std::getenv("HEALTHLAKE_WRITE_TABLES") == nullptr) {
    ADD_FAILURE() << path << " differs: run with HEALTHLAKE_WRITE_TABLES=1";
    return;
  }
  std::ofstream(path, std::ios::binary) << text.substr(0, from) << expected << text.substr(end);
}

TEST_F(SearchCoverage, EveryParameterYieldsValues) {
  ReadOwnResources();
  for (const SearchParam& param : AllSearchParams()) {
    if (param.origin == ParamOrigin::kServer) continue;
    const auto found = counts_.find(KeyOf(param));
    EXPECT_TRUE(found != counts_.end() && found->second.values + found->second.own_values > 0)
        << KeyOf(param) << " (" << NameOf(param.type) << ", " << param.definition << ")";
  }
}

TEST_F(SearchCoverage, IsAsTheTablesSay) {
  ReadOwnResources();
  Check("search_coverage.md", Table());
  Check("README.md", Summary());
}

}  // namespace
}  // namespace healthlake::fhir
