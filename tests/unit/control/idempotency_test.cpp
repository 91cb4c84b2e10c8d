#include <thread>

#include "unit/control/fixture.hpp"

namespace healthlake::control {
namespace {

TEST_F(ControlTest, TheSameTokenAndRequestGiveTheFirstAnswerAgain) {
  const Tree input = {{"DatastoreTypeVersion", "R4"}, {"DatastoreName", "a"}, {"ClientToken", "t"}};
  const Tree first = Do(OperationId::kCreateFHIRDatastore, input);
  EXPECT_EQ(Do(OperationId::kCreateFHIRDatastore, input), first);
  const std::string id = first["DatastoreId"].get<std::string>();
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_EQ(Do(OperationId::kCreateFHIRDatastore, input), first);
  EXPECT_EQ(StatusOf(id), "DELETED");
}

TEST_F(ControlTest, OrderAndUnknownMembersMakeNoOtherRequest) {
  const std::string first = std::get<std::string>(service_->Handle(
      OperationId::kCreateFHIRDatastore,
      R"({"DatastoreTypeVersion":"R4","DatastoreName":"a","ClientToken":"t"})", call_));
  EXPECT_EQ(
      std::get<std::string>(service_->Handle(
          OperationId::kCreateFHIRDatastore,
          R"({"ClientToken":"t", "Tags":null, "x":1, "DatastoreName":"a", "DatastoreTypeVersion":"R4"})",
          call_)),
      first);
}

TEST_F(ControlTest, TheSameTokenWithAnotherRequestIsRefused) {
  Create({{"DatastoreName", "a"}, {"ClientToken", "t"}});
  const auto [kind, message] =
      Refused(OperationId::kCreateFHIRDatastore,
              {{"DatastoreTypeVersion", "R4"}, {"DatastoreName", "b"}, {"ClientToken", "t"}});
  EXPECT_EQ(kind, core::ErrorKind::kInvalid);
  EXPECT_EQ(message, "ClientToken t was used before with another request");
  EXPECT_EQ(registry_.made.size(), 1U);
}

TEST_F(ControlTest, ATokenCountsForOneOwnerAndOneOperation) {
  const std::string id = Create({{"ClientToken", "t"}});
  const Call other{{"111122223333", "us-east-1"}, "http://h", 0};
  EXPECT_NE(Do(OperationId::kCreateFHIRDatastore,
               {{"DatastoreTypeVersion", "R4"}, {"ClientToken", "t"}}, other)["DatastoreId"],
            id);
  Tree import = ImportInput(id);
  import["ClientToken"] = "t";
  Tree exported = ExportInput(id);
  exported["ClientToken"] = "t";
  const Tree first = Do(OperationId::kStartFHIRImportJob, import);
  EXPECT_NE(Do(OperationId::kStartFHIRExportJob, exported)["JobId"], first["JobId"]);
}

TEST_F(ControlTest, AJobIsStartedOnceForItsTokenEvenAfterItsStoreIsDeleted) {
  const std::string id = Create();
  Tree input = ImportInput(id);
  input["ClientToken"] = "t";
  const Tree first = Do(OperationId::kStartFHIRImportJob, input);
  EXPECT_EQ(Do(OperationId::kStartFHIRImportJob, input), first);
  EXPECT_EQ(queue_.notified.size(), 1U);
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_EQ(Do(OperationId::kStartFHIRImportJob, input), first);
  input["ValidationLevel"] = "minimal";
  EXPECT_EQ(Refused(OperationId::kStartFHIRImportJob, input).first, core::ErrorKind::kInvalid);
}

TEST_F(ControlTest, WithoutATokenEveryRequestMakesOne) {
  EXPECT_NE(Create({{"DatastoreName", "a"}}), Create({{"DatastoreName", "a"}}));
}

TEST_F(ControlTest, ManyThreadsWithOneTokenMakeOneStore) {
  std::vector<std::string> seen(8);
  std::vector<std::thread> threads;
  for (std::string& mine : seen) {
    threads.emplace_back([this, &mine] {
      mine = std::get<std::string>(
          service_->Handle(OperationId::kCreateFHIRDatastore,
                           R"({"DatastoreTypeVersion":"R4","ClientToken":"t"})", call_));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : seen) EXPECT_EQ(answer, seen[0]);
  EXPECT_EQ(registry_.made.size(), 1U);
}

}  // namespace
}  // namespace healthlake::control
