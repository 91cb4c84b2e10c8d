// FHIR search as a table: each row a query to a dataset and the ids that the standard says it
// finds, sent through the FHIR plane as a client would.
#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "conformance/fhir/search/search_case.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/json/tree.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using Ids = std::vector<std::string>;

const http::Header kAnyProfile = {"x-amzn-healthlake-fhir-validation-level", "structure-only"};

std::string Replace(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// How resources come into a store: one by one into the delta of the index, or as an import, which
// makes runs of it.
enum class Way : std::uint8_t { kWritten, kImported };

// A data store that holds one dataset, behind both kinds of rules.
class Dataset : public RestTest {
 public:
  Dataset(const std::string& name, Way way) : way_(way) {
    UseRules(fhir::SearchRules::kR4);
    std::ifstream file(HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/search/datasets/" + name +
                       ".ndjson");
    EXPECT_TRUE(file.is_open()) << "no dataset " << name;
    for (std::string line; std::getline(file, line);) {
      if (!line.empty()) Take(Replace(line, "[base]", kBase));
    }
    Import();
    r4_ = std::move(service_);
    UseRules(fhir::SearchRules::kHealthLake);
    healthlake_ = std::move(service_);
  }
  void TestBody() override {}

  http::Response Send(fhir::SearchRules rules, const Exchange& exchange) {
    std::unique_ptr<Service>& service = rules == fhir::SearchRules::kR4 ? r4_ : healthlake_;
    std::swap(service_, service);
    http::Response response = RestTest::Send(exchange);
    std::swap(service_, service);
    return response;
  }

 private:
  void Take(const std::string& line) {
    const json::Tree tree = json::ParseTree(line).value_or(json::Tree());
    if (tree.contains("resourceType")) {
      if (way_ == Way::kWritten) return Write(tree, line);
      lines_.push_back(line);
      return;
    }
    Import();
    if (tree.contains("after_seconds")) {
      clock_.Advance(std::chrono::seconds(tree.at("after_seconds").get<int>()));
    } else {
      EXPECT_EQ(Remove("/r4/" + tree.at("delete").get<std::string>()).status, 204) << line;
    }
  }

  void Write(const json::Tree& tree, const std::string& line) {
    const std::string path =
        tree.at("resourceType").get<std::string>() + '/' + tree.at("id").get<std::string>();
    const http::Response response = Put("/r4/" + path, line, {kAnyProfile});
    EXPECT_LE(response.status, 201) << line << "\n" << response.body;
  }

  void Import() {
    if (lines_.empty()) return;
    const std::shared_ptr<datastore::Datastore> store =
        registry_->Load(store::DatastoreId(std::string(kStore)));
    const auto batch = store->NewImportBatch(fhir::ValidationLevel::kStructureOnly);
    for (std::size_t i = 0; i < lines_.size(); ++i) batch->Add(i + 1, lines_[i]);
    const auto check = [](std::span<const datastore::LineOutcome> outcomes) {
      for (const datastore::LineOutcome& outcome : outcomes) {
        EXPECT_LE(outcome.status, 201) << outcome.type << '/' << outcome.id;
      }
      return std::string();
    };
    store->CommitImport(*batch, "job", check, {});
    lines_.clear();
  }

  Way way_;
  std::vector<std::string> lines_;  // that wait for their import
  std::unique_ptr<Service> r4_;
  std::unique_ptr<Service> healthlake_;
};

Dataset& DatasetOf(const std::string& name, Way way) {
  static std::map<std::pair<std::string, Way>, std::unique_ptr<Dataset>> open;
  std::unique_ptr<Dataset>& dataset = open[{name, way}];
  if (!dataset) dataset = std::make_unique<Dataset>(name, way);
  return *dataset;
}

// As clients do: what a URL may not hold is percent-encoded.
std::string Encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && std::string_view("|\"<>\\^`{}").find(c) == text.npos) {
      result.push_back(c);
    } else {
      result += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return result;
}

Exchange ExchangeOf(const SearchCase& row) {
  Exchange exchange;
  for (const auto& [name, value] : row.headers) exchange.headers.push_back({name, value});
  const std::string query = Encode(Replace(row.query, "[base]", kBase));
  const std::string between = query.starts_with('?') ? "" : "/";
  exchange.target = "/r4" + between + query;
  if (!row.post) return exchange;
  const std::size_t mark = std::min(query.find('?'), query.size());
  exchange.method = http::Method::kPost;
  exchange.target = "/r4" + between + query.substr(0, mark) + "/_search";
  exchange.body = mark < query.size() ? query.substr(mark + 1) : "";
  exchange.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  return exchange;
}

std::string Link(const json::Tree& bundle, const std::string& relation) {
  for (const json::Tree& link : bundle.at("link")) {
    if (link.at("relation") == relation) return link.at("url").get<std::string>();
  }
  return {};
}

Ids EntriesOf(const json::Tree& bundle, const std::string& mode) {
  Ids ids;
  if (bundle.is_null() || !bundle.contains("entry")) return ids;
  for (const json::Tree& entry : bundle.at("entry")) {
    if (entry.at("search").at("mode") != mode) continue;
    const json::Tree& resource = entry.at("resource");
    ids.push_back(resource.at("resourceType").get<std::string>() + '/' +
                  resource.at("id").get<std::string>());
    EXPECT_EQ(entry.at("fullUrl"), std::string(kBase) + '/' + ids.back());
  }
  return ids;
}

void ExpectFirstResource(const SearchCase& row, const json::Tree& bundle) {
  if (!row.members && !row.subsetted) return;
  ASSERT_TRUE(bundle.contains("entry"));
  const json::Tree& resource = bundle.at("entry")[0].at("resource");
  if (row.members) {
    Ids names;
    for (const auto& [name, value] : resource.items()) names.push_back(name);
    EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(*row.members));
  }
  if (row.subsetted) {
    const std::string meta = resource.contains("meta") ? json::Write(resource.at("meta")) : "";
    EXPECT_EQ(meta.find("\"SUBSETTED\"") != std::string::npos, *row.subsetted) << meta;
  }
}

void ExpectRefusal(const SearchCase& row, const http::Response& response) {
  EXPECT_NE(response.body.find("\"OperationOutcome\""), std::string::npos);
  for (const std::string& part : row.diagnostics) {
    EXPECT_NE(response.body.find(part), std::string::npos)
        << "says " << response.body << "\nnot " << part;
  }
}

void ExpectBundle(const SearchCase& row, const json::Tree& bundle) {
  EXPECT_EQ(bundle.at("type"), "searchset");
  if (row.ids) {
    EXPECT_EQ(EntriesOf(bundle, "match"), *row.ids);
    EXPECT_EQ(Link(bundle, "next"), "");
  }
  Ids included = EntriesOf(bundle, "include");
  EXPECT_THAT(included, ::testing::UnorderedElementsAreArray(row.included.value_or(Ids())));
  if (row.total) {
    EXPECT_EQ(bundle.value("total", json::Tree()), *row.total);
  } else if (row.no_total) {
    EXPECT_FALSE(bundle.contains("total")) << json::Write(bundle);
  }
  if (row.self) {
    const std::string self = Link(bundle, "self");
    EXPECT_TRUE(self.ends_with(Encode(*row.self))) << self << "\ndoes not end in " << *row.self;
  }
  ExpectFirstResource(row, bundle);
}

// Sends a request to the row's dataset.
using Ask = std::function<http::Response(const Exchange&)>;

// The Bundle that a link leads to; null where there is no such link.
json::Tree Follow(const Ask& ask, const json::Tree& bundle, const std::string& relation) {
  const std::string url = Link(bundle, relation);
  if (url.empty()) return {};
  const http::Response response =
      ask({http::Method::kGet, url.substr(url.find("/datastore/")), "", {}});
  EXPECT_EQ(response.status, 200) << url << "\n" << response.body;
  return json::ParseTree(response.body).value_or(json::Tree());
}

// A last page is filled up from the end: it may begin before the one that link.next leads to.
bool EndsWith(const Ids& page, const Ids& end) {
  return page.size() >= end.size() && std::equal(end.rbegin(), end.rend(), page.rbegin());
}

// Forward by link.next; and from each page first, last, previous and self lead where they should.
void ExpectPages(const SearchCase& row, const Ask& ask, json::Tree bundle) {
  std::vector<Ids> pages;
  for (; !bundle.is_null() && pages.size() <= row.pages.size();
       bundle = Follow(ask, bundle, "next")) {
    const auto leads_to = [&](const std::string& relation) {
      return EntriesOf(Follow(ask, bundle, relation), "match");
    };
    pages.push_back(EntriesOf(bundle, "match"));
    EXPECT_EQ(leads_to("self"), pages.back());
    EXPECT_EQ(leads_to("first"), row.pages.front());
    if (!Link(bundle, "last").empty()) {
      EXPECT_TRUE(EndsWith(leads_to("last"), row.pages.back()));
    }
    EXPECT_EQ(leads_to("previous"), pages.size() < 2 ? Ids() : pages[pages.size() - 2]);
  }
  EXPECT_EQ(pages, row.pages);
}

void Expect(const SearchCase& row, const Ask& ask) {
  const http::Response response = ask(ExchangeOf(row));
  ASSERT_EQ(response.status, row.status) << response.body;
  if (row.status != 200) return ExpectRefusal(row, response);
  const std::optional<json::Tree> bundle = json::ParseTree(response.body);
  ASSERT_TRUE(bundle) << response.body;
  ExpectBundle(row, *bundle);
  if (!row.pages.empty()) ExpectPages(row, ask, *bundle);
}

class SearchCases : public ::testing::TestWithParam<std::size_t> {};

TEST_P(SearchCases, AnswerAsTheStandardSays) {
  const SearchCase& row = AllSearchCases()[GetParam()];
  if (row.pending) return;
  for (const Way way : {Way::kWritten, Way::kImported}) {
    for (const fhir::SearchRules rules : {fhir::SearchRules::kR4, fhir::SearchRules::kHealthLake}) {
      const bool r4 = rules == fhir::SearchRules::kR4;
      if (r4 ? !row.r4 : !row.healthlake) continue;
      SCOPED_TRACE(row.file + ".json, case " + std::to_string(row.row) + " (" +
                   (r4 ? "r4" : "healthlake") + (way == Way::kImported ? ", imported" : "") +
                   "): " + row.section + ": " + row.rule + "\n  " + row.query);
      Dataset& dataset = DatasetOf(row.dataset, way);
      Expect(row, [&](const Exchange& exchange) { return dataset.Send(rules, exchange); });
    }
  }
}

std::vector<std::size_t> EveryRow() {
  std::vector<std::size_t> rows(AllSearchCases().size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  return rows;
}

// "number_012_gt_is_strict"
std::string RowName(const ::testing::TestParamInfo<std::size_t>& info) {
  const SearchCase& row = AllSearchCases()[info.param];
  std::string number = std::to_string(row.row);
  number.insert(0, 3 - std::min<std::size_t>(3, number.size()), '0');
  std::string name = row.file + '_' + number + '_' + row.rule.substr(0, 60);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Table, SearchCases, ::testing::ValuesIn(EveryRow()), RowName);

TEST(SearchCaseTable, HasSixHundredCasesThatNameTheirRules) {
  std::size_t run = 0;
  std::set<std::string> seen;
  for (const SearchCase& row : AllSearchCases()) {
    const std::string name = row.file + ".json, case " + std::to_string(row.row);
    EXPECT_FALSE(row.section.empty()) << name << " names no section";
    EXPECT_FALSE(row.rule.empty()) << name << " names no rule";
    std::string key = row.dataset + ' ' + (row.r4 ? "r4" : "") + ' ' + row.query;
    for (const auto& [header, value] : row.headers) key += ' ' + header + '=' + value;
    EXPECT_TRUE(seen.insert(key + (row.post ? " post" : "")).second)
        << name << " has been there before: " << row.query;
    if (row.pending) {
      std::cout << "pending: " << name << ": " << row.query << ": " << *row.pending << "\n";
    } else {
      ++run;
    }
  }
  std::cout << run << " cases run, " << AllSearchCases().size() - run << " pending\n";
  EXPECT_GE(run, 600U);
}

TEST(SearchCaseTable, HasACaseForEveryFeature) {
  const std::map<std::string, std::size_t> covered = FeaturesOf(AllSearchCases());
  std::ifstream list(HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/search/features.txt");
  std::size_t features = 0;
  for (std::string feature; std::getline(list, feature); ++features) {
    EXPECT_TRUE(covered.contains(feature)) << "no case for " << feature;
  }
  EXPECT_GE(features, 100U);
}

}  // namespace
}  // namespace healthlake::rest
