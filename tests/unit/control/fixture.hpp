// A control plane over a new control file, with the rooms around it faked.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "healthlake/control/service.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/signals.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/jobs/queue.hpp"
#include "healthlake/json/tree.hpp"
#include "healthlake/store/control_file.hpp"
#include "support/fake_clock.hpp"
#include "support/sequential_ids.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::control {

using aws::OperationId;
using json::Tree;

class FakeRegistry final : public datastore::Registry {
 public:
  std::shared_ptr<datastore::Datastore> Load(const store::DatastoreId&) override { return nullptr; }
  void Create(const store::DatastoreId& id) override {
    if (fail) throw core::Error(core::ErrorKind::kUnavailable, "the disk is full");
    if (at_create) at_create();
    made.insert(id.text());
  }
  void Delete(const store::DatastoreId& id) override {
    if (fail) throw core::Error(core::ErrorKind::kUnavailable, "the disk is on fire");
    if (at_delete) at_delete();
    made.erase(id.text());
  }

  std::set<std::string> made;
  bool fail = false;
  std::function<void()> at_create;
  std::function<void()> at_delete;
};

class FakeQueue final : public jobs::Queue {
 public:
  void Notify(const store::JobId& job) override { notified.push_back(job.text()); }
  std::optional<std::chrono::nanoseconds> RemainingEstimate(const store::JobId&) override {
    return estimate;
  }
  void StopJobsOf(const store::DatastoreId& id) override { stopped.push_back(id.text()); }

  std::vector<std::string> notified;
  std::vector<std::string> stopped;
  std::optional<std::chrono::nanoseconds> estimate = std::chrono::nanoseconds::max();
};

class ControlTest : public ::testing::Test {
 protected:
  ControlTest() : file_(dir_ / "control.sqlite") { Restart(); }

  void Restart(const ServiceOptions& options = {}) {
    service_ = std::make_unique<Service>(options, file_, registry_, queue_, clock_, ids_, signals_);
  }

  Answer Ask(OperationId operation, const Tree& input, const Call& call) {
    return service_->Handle(operation, json::Write(input), call);
  }
  Tree Do(OperationId operation, const Tree& input, const Call& call) {
    return *json::ParseTree(std::get<std::string>(Ask(operation, input, call)));
  }
  Tree Do(OperationId operation, const Tree& input) { return Do(operation, input, call_); }

  // The kind and message of the error that the request gives; fails the test when it gives none.
  std::pair<core::ErrorKind, std::string> Refused(OperationId operation, const Tree& input,
                                                  const Call& call) {
    try {
      Do(operation, input, call);
    } catch (const core::Error& error) {
      return {error.kind(), error.what()};
    }
    ADD_FAILURE() << "not refused: " << input.dump();
    return {};
  }
  std::pair<core::ErrorKind, std::string> Refused(OperationId operation, const Tree& input) {
    return Refused(operation, input, call_);
  }

  std::string Create(Tree members = Tree::object()) {
    members["DatastoreTypeVersion"] = "R4";
    return Do(OperationId::kCreateFHIRDatastore, members)["DatastoreId"].get<std::string>();
  }
  Tree Describe(const std::string& id) {
    return Do(OperationId::kDescribeFHIRDatastore, {{"DatastoreId", id}})["DatastoreProperties"];
  }
  std::string StatusOf(const std::string& id) {
    return Describe(id)["DatastoreStatus"].get<std::string>();
  }
  std::string StepsOf(const std::string& id) {
    std::string text;
    for (const auto& step : file_.Read()->datastores.Transitions(store::DatastoreId(id))) {
      if (!text.empty()) text += ' ';
      text += NameOf(step.status);
    }
    return text;
  }

  static Tree ImportInput(const std::string& datastore) {
    return {{"DatastoreId", datastore},
            {"InputDataConfig", {{"S3Uri", "s3://bucket/in/"}}},
            {"JobOutputDataConfig",
             {{"S3Configuration", {{"S3Uri", "s3://bucket/out"}, {"KmsKeyId", "alias/k"}}}}},
            {"DataAccessRoleArn", "arn:aws:iam::123456789012:role/importer"}};
  }
  static Tree ExportInput(const std::string& datastore) {
    return {{"DatastoreId", datastore},
            {"OutputDataConfig",
             {{"S3Configuration", {{"S3Uri", "s3://bucket/out/"}, {"KmsKeyId", "alias/k"}}}}},
            {"DataAccessRoleArn", "arn:aws:iam::123456789012:role/exporter"}};
  }
  std::string Import(const std::string& datastore, const Tree& more = Tree::object()) {
    Tree input = ImportInput(datastore);
    input.update(more);
    return Do(OperationId::kStartFHIRImportJob, input)["JobId"].get<std::string>();
  }

  support::TemporaryFolder dir_;
  healthlake::support::FakeClock clock_;
  healthlake::support::SequentialIds ids_;
  core::Signals signals_;
  store::ControlFile file_;
  FakeRegistry registry_;
  FakeQueue queue_;
  std::unique_ptr<Service> service_;
  const Call call_{{}, "http://127.0.0.1:3447", 0};
};

}  // namespace healthlake::control
