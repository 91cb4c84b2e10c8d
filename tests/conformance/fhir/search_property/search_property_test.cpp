// Random resources, random writes of all kinds, random searches: the store must answer as plain
// code does that looks at every resource by FHIRPath.
//
// HEALTHLAKE_SEARCH_QUERIES: how many searches, over all histories (3,000).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "conformance/fhir/search_property/question_generator.hpp"
#include "conformance/fhir/search_property/store_under_test.hpp"

namespace healthlake::fhir::search_property {
namespace {

constexpr unsigned kHistories = 6;

unsigned QueriesOfOneHistory() {
  const char* all = std::getenv("HEALTHLAKE_SEARCH_QUERIES");
  return (all != nullptr ? static_cast<unsigned>(std::atoi(all)) : 3000U) / kHistories;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

class SearchProperty : public testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    const auto examples = OfficialExamples::Open();
    if (!examples) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
    model_.emplace(Oracle(oracle::LoadDefinitions(*examples)));
  }

  void Put(const std::string& type, const std::string& id) {
    const ResourceType of = FindResourceType(type).value();
    model_->Put(of, id, store_.Put(of, id, generator_.Resource(type, id)));
  }

  void Import(std::size_t count) {
    std::vector<std::string> lines;
    std::vector<std::pair<ResourceType, std::string>> names;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string type = AnyType();
      const std::string id = generator_.Id();
      lines.push_back(generator_.Resource(type, id));
      names.emplace_back(FindResourceType(type).value(), id);
    }
    store_.Import(lines);
    for (const auto& [type, id] : names) model_->Put(type, id, store_->Find(type, id)->json);
  }

  void WriteSomething() {
    store_.clock().Advance(std::chrono::milliseconds(random_.Below(100'000'000)));
    const std::size_t what = random_.Below(100);
    if (what < 50) {
      Put(AnyType(), generator_.Id());
    } else if (what < 65) {
      const ResourceType type = FindResourceType(AnyType()).value();
      const std::string id = generator_.Id();
      store_->Delete(type, id, {}, {});
      model_->Delete(type, id);
    } else if (what < 75) {
      WriteTransaction();
    } else if (what < 90) {
      Import(1 + random_.Below(30));
    } else if (what < 97) {
      store_->Maintain({});
    } else {
      store_.Reopen();
    }
  }

  std::string AnyType() { return std::string(kTypes[random_.Below(kTypes.size())]); }

  // Searches within see what was written before them.
  void WriteTransaction() {
    const auto writing = store_->BeginWrite({});
    for (std::size_t i = 0, n = 1 + random_.Below(4); i < n; ++i) {
      const std::string name = AnyType();
      const ResourceType type = FindResourceType(name).value();
      const std::string id = generator_.Id();
      if (random_.Chance(25)) {
        writing->Delete(type, id, {});
        model_->Delete(type, id);
      } else {
        json::Document document;
        if (document.Parse(generator_.Resource(name, id))) throw std::runtime_error("no JSON");
        const auto draft =
            store_->Prepare({type, datastore::WriteMethod::kPut, id}, document.root());
        model_->Put(type, id, writing->Put(*draft, {}).stored.json);
      }
      if (random_.Chance(50)) AskSomething(*writing);
    }
    writing->Commit();
  }

  static SearchQuery Read(const Question& question, SearchRules rules) {
    const SearchLimits limits = StoreUnderTest::Limits(rules);
    SearchQuery query = question.types.size() > 1
                            ? ParseSystemQuery(question.Text(), limits)
                            : ParseSearchQuery(question.types.front(), question.Text(), limits);
    if (!question.compartment.IsNone()) {
      RestrictToCompartment(query, question.compartment, question.compartment_id);
    }
    return query;
  }

  // Follows all pages; checks totals, sizes, includes and the way back on the way.
  std::vector<std::string> Search(datastore::View& view, const Question& question,
                                  Answerer& answerer) {
    SearchQuery query = Read(question, SearchRules::kR4);
    query.count = 1 + random_.Below(random_.Chance(30) ? 3 : 40);
    if (random_.Chance(50)) query.total = SearchTotal::kAccurate;
    std::vector<std::string> names;
    datastore::SearchPage page;
    for (bool more = true; more; more = page.next.has_value()) {
      if (page.next) query.page = *page.next;
      page = view.Search(query, {});
      const std::vector<std::string> matches = Matches(question, answerer, page);
      if (page.next) {
        EXPECT_EQ(matches.size(), query.count);
      }
      names.insert(names.end(), matches.begin(), matches.end());
      last_total_ = page.total;
    }
    if (query.total == SearchTotal::kAccurate) {
      EXPECT_EQ(last_total_, names.size());
    }
    std::vector<std::string> back = Matches(question, answerer, page);
    while (page.previous) {
      query.page = *page.previous;
      page = view.Search(query, {});
      const std::vector<std::string> matches = Matches(question, answerer, page);
      back.insert(back.begin(), matches.begin(), matches.end());
    }
    EXPECT_EQ(Joined(back), Joined(names)) << "going back";
    if (page.last) {
      query.page = *page.last;
      const std::vector<std::string> end = Matches(question, answerer, view.Search(query, {}));
      EXPECT_EQ(end.size(), query.count);
      EXPECT_TRUE(end.size() <= names.size() &&
                  std::equal(end.rbegin(), end.rend(), names.rbegin()))
          << "the last page";
    }
    return names;
  }

  // The same question under HealthLake's rules, when they allow it.
  void AskHealthLake(datastore::View& view, const Question& question) {
    if (question.types.size() > 1 || !question.includes.empty()) return;
    SearchQuery query;
    try {
      query = Read(question, SearchRules::kHealthLake);
    } catch (const core::Error& error) {
      EXPECT_NE(StoreUnderTest::Reason(error).find("--compat r4"), std::string::npos)
          << StoreUnderTest::Reason(error);
      return;
    }
    Answerer answerer(*model_, {store_.clock().Now(), true, false});
    query.count = 100;
    const std::vector<std::string> got = Matches(question, answerer, view.Search(query, {}));
    EXPECT_EQ(Joined(got), Joined(Expected(question, answerer))) << "under HealthLake's rules";
  }

  // The matches of a page; checks what comes with them.
  std::vector<std::string> Matches(const Question& question, Answerer& answerer,
                                   const datastore::SearchPage& page) {
    std::vector<std::string> names;
    std::vector<Stored*> matches;
    std::vector<std::string> included;
    for (const datastore::SearchEntry& entry : page.entries) {
      const std::string name = std::string(NameOf(entry.type)) + "/" + entry.id;
      Stored* stored = model_->Find(name);
      EXPECT_TRUE(stored != nullptr && stored->document.text() == entry.json) << name;
      if (entry.mode == datastore::SearchMode::kInclude) {
        included.push_back(name);
        continue;
      }
      EXPECT_TRUE(included.empty()) << "a match behind what is included";
      names.push_back(name);
      if (stored != nullptr) matches.push_back(stored);
    }
    std::ranges::sort(included);
    EXPECT_EQ(Joined(included), Joined(answerer.Included(question, matches))) << "included";
    return names;
  }

  static std::vector<std::string> Expected(const Question& question, Answerer& answerer) {
    std::vector<std::string> names;
    for (const Stored* stored : answerer.Answer(question)) names.push_back(stored->Name());
    return names;
  }

  void AskSomething(datastore::View& view) {
    const Question question = QuestionGenerator(random_, *model_).Make();
    Answerer answerer(*model_, {store_.clock().Now()});
    const std::vector<std::string> expected = Expected(question, answerer);
    found_ += expected.empty() ? 0U : 1U;
    std::vector<std::string> got;
    try {
      got = Search(view, question, answerer);
      if (random_.Chance(20)) AskHealthLake(view, question);
    } catch (const core::Error& error) {
      ADD_FAILURE() << StoreUnderTest::Reason(error);
    }
    EXPECT_EQ(Joined(got), Joined(expected));
    if (HasFailure()) Show(question, got, expected);
  }

  // The question, and the resources that only one of the two has found; all of them when it is the
  // order that differs.
  void Show(const Question& question, const std::vector<std::string>& got,
            const std::vector<std::string>& expected) {
    if (!question.compartment.IsNone()) {
      std::cout << NameOf(question.compartment) << "/" << question.compartment_id << "/";
    }
    if (question.types.size() == 1) std::cout << NameOf(question.types.front());
    std::cout << "?" << question.Text() << "\n";
    const bool same = std::ranges::is_permutation(got, expected);
    for (const Stored* stored : model_->live()) {
      const bool a = std::ranges::count(got, stored->Name()) > 0;
      const bool b = std::ranges::count(expected, stored->Name()) > 0;
      if (a == b && !(a && same)) continue;
      std::cout << "  " << (a ? "got " : "expected ") << stored->document.text() << "\n";
    }
  }

  Random random_{GetParam()};
  ResourceGenerator generator_{random_};
  std::optional<Model> model_;
  std::size_t found_ = 0;
  std::optional<std::uint64_t> last_total_;

  // With few bits the keys of resources collide.
  StoreUnderTest store_{GetParam() % 2 == 0 ? 8 : 0};
};

TEST_P(SearchProperty, AnswersAsFhirPathDoes) {
  constexpr unsigned kRounds = 10;
  const unsigned queries = QueriesOfOneHistory() / kRounds;
  for (unsigned round = 0; round < kRounds; ++round) {
    for (int i = 0; i < 10; ++i) WriteSomething();
    if (round == 0) Import(60);
    for (unsigned i = 0; i < queries; ++i) {
      AskSomething(store_.datastore());
      ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", round " << round << ", search "
                                 << i;
    }
  }
  EXPECT_GT(found_, queries * kRounds / 4) << "the searches hardly ever find anything";
}

INSTANTIATE_TEST_SUITE_P(Seeds, SearchProperty, testing::Range(1U, kHistories + 1));

}  // namespace
}  // namespace healthlake::fhir::search_property
