#include <fstream>

#include "unit/control/fixture.hpp"

namespace healthlake::control {
namespace {

using namespace std::chrono_literals;
constexpr const char* kFirstId = "01000000000000000200000000000000";

TEST_F(ControlTest, CreateAnswersCreatingAndTheStoreIsActiveAtTheFirstDescribe) {
  const Tree created = Do(OperationId::kCreateFHIRDatastore, {{"DatastoreTypeVersion", "R4"}});
  const std::string id = created["DatastoreId"].get<std::string>();
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(created["DatastoreStatus"], "CREATING");
  EXPECT_EQ(created["DatastoreArn"],
            "arn:aws:healthlake:us-east-1:000000000000:datastore/fhir/" + id);
  EXPECT_EQ(created["DatastoreEndpoint"], "http://127.0.0.1:3447/datastore/" + id + "/r4/");
  EXPECT_EQ(created.size(), 4U);
  EXPECT_EQ(StatusOf(id), "ACTIVE");
  EXPECT_EQ(StepsOf(id), "CREATING ACTIVE");
  EXPECT_TRUE(registry_.made.count(id));
}

TEST_F(ControlTest, DescribeShowsTheDefaultsOfReference17) {
  const std::string id = Create();
  EXPECT_EQ(
      Describe(id).dump(),
      Tree({{"DatastoreId", id},
            {"DatastoreArn", "arn:aws:healthlake:us-east-1:000000000000:datastore/fhir/" + id},
            {"DatastoreName", "datastore-" + id},
            {"DatastoreStatus", "ACTIVE"},
            {"CreatedAt", 1767323045.678},
            {"DatastoreTypeVersion", "R4"},
            {"DatastoreEndpoint", "http://127.0.0.1:3447/datastore/" + id + "/r4/"},
            {"SseConfiguration", {{"KmsEncryptionConfig", {{"CmkType", "AWS_OWNED_KMS_KEY"}}}}},
            {"IdentityProviderConfiguration",
             {{"AuthorizationStrategy", "AWS_AUTH"}, {"FineGrainedAuthorizationEnabled", false}}}})
          .dump());
}

TEST_F(ControlTest, WhatWasConfiguredIsKeptAndShown) {
  const Tree sse = {{"KmsEncryptionConfig",
                     {{"CmkType", "CUSTOMER_MANAGED_KMS_KEY"}, {"KmsKeyId", "alias/mine"}}}};
  const Tree identity = {
      {"AuthorizationStrategy", "SMART_ON_FHIR_V1"},
      {"FineGrainedAuthorizationEnabled", true},
      {"Metadata",
       R"({"authorization_endpoint":"a","token_endpoint":"t","grant_types_supported":["client_credential","foo"],)"
       R"("capabilities":[],"code_challenge_methods_supported":["S256"]})"},
      {"IdpLambdaArn", "arn:aws:lambda:us-east-1:123456789012:function:auth"}};
  const std::string id = Create({{"DatastoreName", "Köln 1"},
                                 {"SseConfiguration", sse},
                                 {"PreloadDataConfig", {{"PreloadDataType", "SYNTHEA"}}},
                                 {"IdentityProviderConfiguration", identity}});
  const Tree shown = Describe(id);
  EXPECT_EQ(shown["DatastoreName"], "Köln 1");
  EXPECT_EQ(shown["SseConfiguration"], sse);
  EXPECT_EQ(shown["PreloadDataConfig"]["PreloadDataType"], "SYNTHEA");
  EXPECT_EQ(shown["IdentityProviderConfiguration"], identity);
}

TEST_F(ControlTest, SmartStrategiesNeedTheirMembersAndAllFaultsAreToldAtOnce) {
  const auto refused = [this](const Tree& identity) {
    const auto [kind, message] =
        Refused(OperationId::kCreateFHIRDatastore,
                {{"DatastoreTypeVersion", "R4"}, {"IdentityProviderConfiguration", identity}});
    EXPECT_EQ(kind, core::ErrorKind::kInvalid);
    return message;
  };
  EXPECT_EQ(refused({{"AuthorizationStrategy", "SMART_ON_FHIR"}}),
            "IdentityProviderConfiguration is not valid: IdpLambdaArn is required for "
            "SMART_ON_FHIR; Metadata is required for SMART_ON_FHIR");
  EXPECT_EQ(refused({{"AuthorizationStrategy", "SMART_ON_FHIR"}, {"Metadata", "[]"}}),
            "IdentityProviderConfiguration is not valid: IdpLambdaArn is required for "
            "SMART_ON_FHIR; Metadata must be a string that holds a JSON object");
  const std::string message = refused(
      {{"AuthorizationStrategy", "SMART_ON_FHIR"},
       {"IdpLambdaArn", "arn:aws:lambda:us-east-1:123456789012:function:auth"},
       {"Metadata",
        R"({"token_endpoint":1,"grant_types_supported":[],"capabilities":[1],"code_challenge_methods_supported":["plain"]})"}});
  for (const char* key : {"authorization_endpoint", "token_endpoint", "grant_types_supported",
                          "capabilities", "code_challenge_methods_supported"}) {
    EXPECT_NE(message.find("Metadata." + std::string(key) + " must"), std::string::npos) << key;
  }
  EXPECT_TRUE(registry_.made.empty());
}

TEST_F(ControlTest, AStoreThatCannotBeMadeIsCreateFailedWithItsCause) {
  registry_.fail = true;
  const std::string id = Create();
  EXPECT_EQ(StatusOf(id), "CREATE_FAILED");
  EXPECT_EQ(Describe(id)["ErrorCause"],
            Tree({{"ErrorMessage", "the disk is full"}, {"ErrorCategory", "RETRYABLE_ERROR"}}));
  registry_.fail = false;
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_EQ(StepsOf(id), "CREATING CREATE_FAILED DELETING DELETED");
}

TEST_F(ControlTest, ADeletedStoreStaysVisible) {
  const std::string id = Create();
  clock_.Advance(1s);
  const Tree deleted = Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_EQ(deleted["DatastoreStatus"], "DELETING");
  EXPECT_EQ(deleted["DatastoreEndpoint"], "http://127.0.0.1:3447/datastore/" + id + "/r4/");
  EXPECT_EQ(StatusOf(id), "DELETED");
  EXPECT_EQ(StepsOf(id), "CREATING ACTIVE DELETING DELETED");
  EXPECT_FALSE(registry_.made.count(id));
  EXPECT_EQ(Do(OperationId::kListFHIRDatastores, Tree::object())["DatastorePropertiesList"].size(),
            1U);
  const auto [kind, message] = Refused(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_EQ(kind, core::ErrorKind::kGone);
  EXPECT_EQ(message, "Data store " + id + " has been deleted");
}

TEST_F(ControlTest, AStoreInTransitionCannotBeDeleted) {
  registry_.at_create = [this] {
    EXPECT_EQ(StatusOf(kFirstId), "CREATING");
    const auto [kind, message] =
        Refused(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", kFirstId}});
    EXPECT_EQ(kind, core::ErrorKind::kConflict);
    EXPECT_EQ(message,
              "Data store " + std::string(kFirstId) + " cannot be deleted while it is CREATING");
  };
  const std::string id = Create();
  EXPECT_EQ(id, kFirstId);
  registry_.at_delete = [this] {
    EXPECT_EQ(StatusOf(kFirstId), "DELETING");
    EXPECT_EQ(Refused(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", kFirstId}}).first,
              core::ErrorKind::kConflict);
    EXPECT_EQ(Refused(OperationId::kStartFHIRImportJob, ImportInput(kFirstId)).second,
              "Data store " + std::string(kFirstId) + " is not ACTIVE but DELETING");
  };
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
}

TEST_F(ControlTest, JobsOfADeletedStoreEndAndWhoeverWaitsIsWoken) {
  const std::string id = Create();
  const std::string job = Import(id);
  int woken = 0;
  signals_.Subscribe(jobs::EndTopic(store::JobId(job)), [&woken] { ++woken; });
  registry_.at_delete = [&] { EXPECT_EQ(queue_.stopped, std::vector<std::string>{id}); };
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_EQ(woken, 1);
  const Tree shown = Do(OperationId::kDescribeFHIRImportJob, {{"DatastoreId", id}, {"JobId", job}});
  EXPECT_EQ(shown["ImportJobProperties"]["JobStatus"], "FAILED");
  EXPECT_EQ(shown["ImportJobProperties"]["Message"], "The data store was deleted");
  EXPECT_TRUE(shown["ImportJobProperties"].contains("EndTime"));
}

TEST_F(ControlTest, ADeletedStoreForgetsItsTransactions) {
  const std::string id = Create();
  store::TransactionRow row;
  row.id = store::TransactionId("t");
  row.datastore = store::DatastoreId(id);
  {
    auto write = file_.Write();
    write->transactions.Insert(row, "packed");
    write.Commit();
  }
  registry_.at_delete = [&] {
    // By now nobody may begin it any more.
    EXPECT_FALSE(file_.Read()->transactions.Find(row.datastore, row.id));
  };
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_FALSE(file_.Read()->transactions.Find(row.datastore, row.id));
}

TEST_F(ControlTest, UnknownStoresAreNotFoundByTheirId) {
  const std::pair<core::ErrorKind, std::string> unknown = {core::ErrorKind::kNotFound,
                                                           "Data store nope was not found"};
  const Tree input = {{"DatastoreId", "nope"}};
  EXPECT_EQ(Refused(OperationId::kDescribeFHIRDatastore, input), unknown);
  EXPECT_EQ(Refused(OperationId::kDeleteFHIRDatastore, input), unknown);
  EXPECT_EQ(Refused(OperationId::kListFHIRImportJobs, input), unknown);
  EXPECT_EQ(Refused(OperationId::kStartFHIRExportJob, ExportInput("nope")), unknown);
}

TEST_F(ControlTest, OwnersDoNotSeeEachOthersStores) {
  const std::string id = Create();
  for (const Call& other : {Call{{"111122223333", "us-east-1"}, "http://h", 0},
                            Call{{"000000000000", "eu-west-1"}, "http://h", 0}}) {
    EXPECT_EQ(Refused(OperationId::kDescribeFHIRDatastore, {{"DatastoreId", id}}, other).first,
              core::ErrorKind::kNotFound);
    EXPECT_EQ(Refused(OperationId::kStartFHIRImportJob, ImportInput(id), other).first,
              core::ErrorKind::kNotFound);
    EXPECT_TRUE(
        Do(OperationId::kListFHIRDatastores, Tree::object(), other)["DatastorePropertiesList"]
            .empty());
  }
}

TEST_F(ControlTest, TheEndpointFollowsTheHostOfEachRequest) {
  const std::string id = Create();
  const Call other{{}, "https://health.example:8443", 0};
  EXPECT_EQ(Do(OperationId::kDescribeFHIRDatastore, {{"DatastoreId", id}},
               other)["DatastoreProperties"]["DatastoreEndpoint"],
            "https://health.example:8443/datastore/" + id + "/r4/");
}

TEST_F(ControlTest, RecoveryEndsWhatACrashInterrupted) {
  store::DatastoreRow row;
  row.created_at = clock_.Now();
  {
    auto write = file_.Write();
    for (const char* id : {"creating", "deleting"}) {
      row.id = store::DatastoreId(id);
      write->datastores.Insert(row);
    }
    write->datastores.Transition(row.id, store::DatastoreStatus::kActive, clock_.Now());
    write->datastores.Transition(row.id, store::DatastoreStatus::kDeleting, clock_.Now());
    write.Commit();
  }
  registry_.made = {"deleting"};
  service_->Recover();
  service_->Recover();
  EXPECT_EQ(StepsOf("creating"), "CREATING ACTIVE");
  EXPECT_EQ(StepsOf("deleting"), "CREATING ACTIVE DELETING DELETED");
  EXPECT_EQ(registry_.made, std::set<std::string>{"creating"});
}

TEST_F(ControlTest, AStoreThatCannotBeRemovedStaysDeletingUntilTheNextStart) {
  const std::string id = Create();
  registry_.fail = true;
  EXPECT_EQ(Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}})["DatastoreStatus"],
            "DELETING");
  EXPECT_EQ(StatusOf(id), "DELETING");
  registry_.fail = false;
  Restart();
  service_->Recover();
  EXPECT_EQ(StatusOf(id), "DELETED");
}

TEST(ControlRoutesTest, OnlyDescribeRunsInline) {
  for (std::size_t i = 0; i < aws::kOperationCount; ++i) {
    EXPECT_EQ(PlaceOf(static_cast<OperationId>(i)) == Place::kInline,
              aws::kOperationNames[i].starts_with("Describe"));
  }
}

}  // namespace
}  // namespace healthlake::control
