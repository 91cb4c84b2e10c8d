// One job over memory: a store, an object storage and a spool folder.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "jobs/run.hpp"
#include "support/fake_clock.hpp"
#include "support/temporary_folder.hpp"
#include "unit/jobs/fakes.hpp"

namespace healthlake::jobs::testing {

// Thrown by a stage to stand for the death of the process.
struct Killed {};

class JobFixture : public ::testing::Test {
 protected:
  explicit JobFixture(store::JobKind kind) {
    options.spool = folder.path() / "spool";
    options.threads = 1;
    job.kind = kind;
    job.id = store::JobId("0123456789abcdef0123456789abcdef");
    job.datastore = store::DatastoreId("fedcba9876543210fedcba9876543210");
    job.kms_key_id = "arn:aws:kms:us-east-1:000000000000:key/k";
    job.input_uri = "s3://source/data";
    job.output_uri = "s3://out/results/fedcba9876543210fedcba9876543210-FHIR_" +
                     std::string(store::NameOf(kind)) + "-0123456789abcdef0123456789abcdef/";
  }

  jobs::Run NewRun() {
    return jobs::Run{.job = job,
                     .store = store,
                     .objects = objects,
                     .options = options,
                     .clock = clock,
                     .spool = options.spool / job.id.text(),
                     .cancel = cancel.token(),
                     .report = [this](const store::JobProgress& progress) { reported = progress; },
                     .pace = {}};
  }

  // Dies at the `n`th time (from 1) that any stage is reached; 0: never.
  void DieAt(int n) {
    stages = 0;
    options.at_stage = [this, n](const store::JobId&, Stage) {
      if (++stages == n) throw Killed();
    };
  }

  std::string Output(const std::string& key) const {
    return objects.Get(job.output_uri.substr(5) + key);
  }

  healthlake::support::TemporaryFolder folder;
  healthlake::support::FakeClock clock;
  core::CancelSource cancel;
  FakeDatastore store{3};
  MemoryStorage objects;
  WorkerOptions options;
  store::JobRow job;
  std::optional<store::JobProgress> reported;
  int stages = 0;
};

}  // namespace healthlake::jobs::testing
