// Official examples in a data store: each parameter finds the resources that a walk has values of.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "conformance/fhir/official_examples.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "unit/datastore/datastore_fixture.hpp"

namespace healthlake::datastore {
namespace {

constexpr std::size_t kLargestExample = 1'000'000;
constexpr std::size_t kLongestId = 64;  // one example has a longer one, which no store takes
constexpr std::size_t kBatch = 500;
constexpr std::size_t kAllRows = 100'000;
constexpr std::string_view kOwnResources =
    HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/search_coverage.json";

class SearchPresence : public DatastoreTest {
 protected:
  void SetUp() override {
    const auto examples = fhir::OfficialExamples::Open();
    if (!examples) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
    OpenOptions options;
    options.types = TypePolicy::kAll;
    Open(options);
    for (const std::string& name : examples->names()) {
      ASSERT_FALSE(document_.Parse(examples->Text(name))) << name;
      if (document_.text().size() <= kLargestExample) Add(document_.root());
    }
    std::ifstream file{std::string(kOwnResources)};
    std::ostringstream text;
    text << file.rdbuf();
    const json::Document own = Parsed(text.str());
    for (const json::Value resource : own.root()) {
      const std::string with_id = R"({"id":"own",)" + std::string(resource.raw().substr(1));
      Add(Parsed(with_id).root());
    }
    ImportRest();
  }

  // One of several with the same id.
  void Add(const json::Value& resource) {
    walk_.Run(resource, options_);
    const fhir::ResourceType type = walk_.type();
    const std::string id(walk_.id());
    if (id.empty() || id.size() > kLongestId || !ids_of_[type].insert(id).second) return;
    for (const fhir::IndexValue& value : walk_.values()) expected_[value.param].insert(id);
    lines_.emplace_back(resource.raw());
    if (lines_.size() == kBatch) ImportRest();
  }
  void ImportRest() {
    for (const LineOutcome& outcome : Import(lines_, fhir::ValidationLevel::kMinimal)) {
      EXPECT_LT(outcome.status, 300)
          << outcome.type << "/" << outcome.id << ": "
          << (outcome.issues.empty() ? "" : outcome.issues[0].diagnostics);
    }
    lines_.clear();
  }

  static std::string Text(const fhir::SearchParam& param, bool missing) {
    if (param.type == fhir::SearchType::kComposite) return "";
    return std::string(param.code) + (missing ? ":missing=true" : ":missing=false");
  }

  std::set<std::string> Found(const fhir::SearchParam& param, bool missing) {
    fhir::SearchQuery query = Query(fhir::NameOf(param.base), Text(param, missing));
    if (param.type == fhir::SearchType::kComposite) {  // :missing is not for them in a text
      fhir::SearchClause clause;
      clause.param = &param;
      clause.modifier = fhir::SearchModifier::kMissing;
      clause.missing = missing;
      query.types.front().all_of.push_back({std::move(clause), std::string(param.code)});
    }
    query.count = kAllRows;
    std::set<std::string> ids;
    for (;;) {
      const SearchPage page = store_->Search(query, {});
      for (const SearchEntry& entry : page.entries) ids.insert(entry.id);
      if (!page.next) return ids;
      query.page = *page.next;
    }
  }

  json::Document document_;
  fhir::ResourceWalk walk_;
  const fhir::WalkOptions options_ = [] {
    fhir::WalkOptions options;
    options.structure = fhir::StructureCheck::kOff;
    options.datastore_id = kTestDatastore;
    return options;
  }();
  std::vector<std::string> lines_;
  std::map<fhir::ResourceType, std::set<std::string>> ids_of_;
  std::map<fhir::ParamId, std::set<std::string>> expected_;
};

// Parameters that the server sets, and those that are not in the index, aside.
TEST_F(SearchPresence, EveryParameterFindsTheResourcesThatHaveValues) {
  std::size_t params = 0;
  std::size_t resources = 0;
  for (const fhir::SearchParam& param : fhir::AllSearchParams()) {
    if (param.origin != fhir::ParamOrigin::kElements) continue;
    const std::set<std::string>& all = ids_of_[param.base];
    const bool server = param.code == "_id" || param.code == "_lastUpdated";
    const std::set<std::string>& present = server ? all : expected_[param.id];
    EXPECT_EQ(Found(param, false), present) << fhir::NameOf(param.base) << ":" << param.code;
    EXPECT_EQ(Found(param, true).size(), all.size() - present.size())
        << fhir::NameOf(param.base) << ":" << param.code;
    params += present.empty() ? 0U : 1U;
    resources += present.size();
  }
  std::cout << params << " parameters find " << resources << " resources\n";
}

}  // namespace
}  // namespace healthlake::datastore
