// Asynchronous transactions: reference 4.10 and the bodies of its examples.
#include <gmock/gmock.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "healthlake/jobs/transaction_queue.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using http::Method;
using store::TransactionStatus;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kId = "00112233445566778899aabbccddeeff";

class FakeTransactions final : public jobs::TransactionQueue {
 public:
  store::TransactionId Submit(const jobs::TransactionSubmission& submission) override {
    if (full) throw core::Error(core::ErrorKind::kThrottled, "Rate limit exceeded.");
    submissions.push_back(submission);
    return store::TransactionId(std::string(kId));
  }
  std::optional<jobs::TransactionState> Find(const store::DatastoreId& datastore,
                                             const store::TransactionId& id) override {
    const auto found = states.find({datastore, id});
    return found == states.end() ? std::nullopt : std::optional(found->second);
  }

  bool full = false;
  std::vector<jobs::TransactionSubmission> submissions;
  std::map<std::pair<store::DatastoreId, store::TransactionId>, jobs::TransactionState> states;
};

class AsyncTransactionTest : public RestTest {
 protected:
  AsyncTransactionTest() { UseQueue(fhir::SearchRules::kHealthLake); }

  void UseQueue(fhir::SearchRules rules) {
    service_ = std::make_unique<Service>(ServiceOptions{.rules = rules,
                                                        .page_size = 100,
                                                        .version = "1.2.3",
                                                        .profiles = &fhir::ProfileSet::Base(),
                                                        .transactions = &queue_},
                                         *registry_, clock_);
  }

  static std::string Entry(const std::string& method, const std::string& url,
                           const std::string& resource) {
    return R"({"resource":)" + resource + R"(,"request":{"method":")" + method + R"(","url":")" +
           url + R"("}})";
  }
  static std::string Bundle(const std::string& entries, const std::string& type = "transaction") {
    return R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entries + "]}";
  }
  static std::string Creates(int count) {
    std::string entries;
    for (int i = 0; i < count; ++i) {
      if (i > 0) entries += ',';
      entries += Entry("POST", "Patient", R"({"resourceType":"Patient"})");
    }
    return Bundle(entries);
  }
  http::Response Submit(const std::string& body, std::vector<http::Header> headers = {}) {
    headers.push_back({"Prefer", "respond-async"});
    return Post("/r4", body, std::move(headers));
  }
  void SetState(TransactionStatus status, int response_status = 0, std::string response = {}) {
    queue_.states[{store::DatastoreId(std::string(kStore)),
                   store::TransactionId(std::string(kId))}] = {status, response_status,
                                                               std::move(response)};
  }
  http::Response Poll() { return Get("/r4/Transaction/" + std::string(kId)); }

  FakeTransactions queue_;
};

TEST_F(AsyncTransactionTest, AcceptsAndSaysWhereToAsk) {
  const std::string body = Creates(2);
  const http::Response response =
      Submit(body, {{"x-amzn-healthlake-fhir-validation-level", "minimal"},
                    {"Authorization", "AWS4-HMAC-SHA256 secret"}});
  EXPECT_EQ(response.status, 202);
  const std::string url = std::string(kBase) + "/Transaction/" + std::string(kId);
  EXPECT_EQ(HeaderOf(response, "Content-Location"), url);
  EXPECT_EQ(response.body,
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"information",)"
            R"("code":"informational",)"
            R"("diagnostics":"Submitted Asynchronous Bundle Transaction","location":[")" +
                url + R"("]}]})");
  ASSERT_EQ(queue_.submissions.size(), 1U);
  const jobs::TransactionSubmission& submission = queue_.submissions[0];
  EXPECT_EQ(submission.datastore.text(), kStore);
  EXPECT_EQ(submission.base, kBase);
  EXPECT_EQ(submission.bundle, body);
  EXPECT_THAT(submission.headers, AllOf(HasSubstr("minimal"), Not(HasSubstr("secret"))));
}

TEST_F(AsyncTransactionTest, TakesFiveHundredEntriesAndNoMore) {
  EXPECT_EQ(Post("/r4", Creates(101)).status, 422);
  EXPECT_EQ(Submit(Creates(500)).status, 202);
  EXPECT_EQ(Submit(Creates(501)).status, 422);
  EXPECT_EQ(queue_.submissions.size(), 1U);
  UseQueue(fhir::SearchRules::kR4);
  EXPECT_EQ(Submit(Creates(501)).status, 202);
}

TEST_F(AsyncTransactionTest, RefusesAtOnceWhatCanNeverRun) {
  const std::string patient = R"({"resourceType":"Patient"})";
  struct Case {
    const char* what;
    std::string body;
    int status;
  };
  for (const Case& c : {
           Case{"no JSON", "{", 400},
           Case{"no Bundle", patient, 400},
           Case{"a batch", Bundle(Entry("POST", "Patient", patient), "batch"), 400},
           Case{"conditional PUT", Bundle(Entry("PUT", "Patient?_id=1", patient)), 400},
           Case{"PATCH",
                Bundle(
                    Entry("PATCH", "Patient/1", R"({"resourceType":"Parameters","parameter":[]})")),
                400},
       }) {
    const http::Response response = Submit(c.body);
    EXPECT_EQ(response.status, c.status) << c.what;
    EXPECT_THAT(response.body, HasSubstr("\"OperationOutcome\"")) << c.what;
  }
  EXPECT_TRUE(queue_.submissions.empty());
}

TEST_F(AsyncTransactionTest, IsThrottledWhenTooManyWait) {
  queue_.full = true;
  const http::Response response = Submit(Creates(1));
  EXPECT_EQ(response.status, 429);
  EXPECT_THAT(response.body, HasSubstr("\"throttled\""));
}

TEST_F(AsyncTransactionTest, ShowsItsStatusUntilItHasEnded) {
  for (const auto& [status, name] : {std::pair{TransactionStatus::kSubmitted, "SUBMITTED"},
                                     std::pair{TransactionStatus::kInProgress, "IN_PROGRESS"}}) {
    SetState(status);
    const http::Response response = Poll();
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.body, R"({"resourceType":"OperationOutcome","id":")" + std::string(kId) +
                                 R"(","issue":[{"severity":"information",)"
                                 R"("code":"informational","diagnostics":")" +
                                 name + R"("}]})");
  }
}

TEST_F(AsyncTransactionTest, GivesTheAnswerOnceItHasEnded) {
  SetState(TransactionStatus::kCompleted, 200, R"({"resourceType":"Bundle"})");
  EXPECT_EQ(Poll().status, 200);
  EXPECT_EQ(Poll().body, R"({"resourceType":"Bundle"})");
  EXPECT_EQ(HeaderOf(Poll(), "Content-Type"), "application/fhir+json");
  SetState(TransactionStatus::kFailed, 409, R"({"resourceType":"OperationOutcome"})");
  EXPECT_EQ(Poll().status, 409);
  EXPECT_EQ(Poll().body, R"({"resourceType":"OperationOutcome"})");
}

TEST_F(AsyncTransactionTest, IsNotFoundByAnotherStoreOrAnotherId) {
  SetState(TransactionStatus::kSubmitted);
  AddStore("fedcba9876543210fedcba9876543210");
  EXPECT_EQ(Get("/r4/Transaction/x").status, 404);
  EXPECT_EQ(
      Get("/datastore/fedcba9876543210fedcba9876543210/r4/Transaction/" + std::string(kId)).status,
      404);
  EXPECT_EQ(
      Get("/datastore/ffffffffffffffffffffffffffffffff/r4/Transaction/" + std::string(kId)).status,
      404);
}

TEST_F(AsyncTransactionTest, IsNoResourceType) {
  SetState(TransactionStatus::kSubmitted);
  for (const Method method : {Method::kPut, Method::kPost, Method::kDelete, Method::kPatch}) {
    const http::Response response = Send({method, "/r4/Transaction/" + std::string(kId), "{}", {}});
    EXPECT_EQ(response.status, 405) << http::NameOf(method);
    EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD") << http::NameOf(method);
  }
  EXPECT_EQ(Get("/r4/Transaction").status, 400);
  EXPECT_EQ(Get("/r4/Transaction/x/_history/1").status, 400);
  // As an id it is as good as any.
  EXPECT_EQ(Get("/r4/Patient/Transaction").status, 404);
  EXPECT_THAT(Get("/r4/metadata").body, Not(HasSubstr("\"Transaction\"")));
}

TEST_F(AsyncTransactionTest, IsRefusedWhereNobodyWouldCarryItOut) {
  UseRules(fhir::SearchRules::kHealthLake);
  EXPECT_EQ(Submit(Creates(1)).status, 400);
  EXPECT_EQ(Poll().status, 404);
}

TEST_F(AsyncTransactionTest, RunsAsItWasSubmittedAndLeavesItsAnswerInTheStore) {
  const std::string bundle = Bundle(Entry("PUT", "Patient/p1", Patient("p1")));
  ASSERT_EQ(Submit(bundle).status, 202);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 404);
  const jobs::TransactionSubmission& submission = queue_.submissions.at(0);
  const AcceptedTransaction accepted{.id = kId,
                                     .datastore_id = submission.datastore.text(),
                                     .base = submission.base,
                                     .headers = submission.headers,
                                     .body = submission.bundle};
  const http::Response response = service_->RunTransaction(accepted, {});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("Patient/p1/_history/1"));
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
  const auto store = registry_->Load(submission.datastore);
  EXPECT_EQ(store->FindCheckpoint(kId), response.body);
}

TEST_F(AsyncTransactionTest, LeavesNothingBehindWhenItFailsOrIsStopped) {
  const std::string bundle = Bundle(Entry("PUT", "Patient/p1", Patient("p1")) + "," +
                                    Entry("PUT", "Patient/p2",
                                          R"({"resourceType":"Patient",)"
                                          R"("id":"p2","odd":1})"));
  const AcceptedTransaction refused{
      .id = kId, .datastore_id = kStore, .base = kBase, .headers = "", .body = bundle};
  EXPECT_EQ(service_->RunTransaction(refused, {}).status, 400);
  core::CancelSource stopped;
  stopped.Request();
  const std::string fine = Bundle(Entry("PUT", "Patient/p1", Patient("p1")));
  AcceptedTransaction cancelled = refused;
  cancelled.body = fine;
  EXPECT_EQ(service_->RunTransaction(cancelled, stopped.token()).status, 503);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 404);
  EXPECT_FALSE(registry_->Load(store::DatastoreId(std::string(kStore)))->FindCheckpoint(kId));
}

}  // namespace
}  // namespace healthlake::rest
