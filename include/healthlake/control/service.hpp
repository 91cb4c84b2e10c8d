// The control plane: the 13 operations of the AWS model, dispatched from a table.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "healthlake/aws/operation_id.hpp"
#include "healthlake/core/arn.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/core/id_generator.hpp"
#include "healthlake/core/seal.hpp"
#include "healthlake/core/signals.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::datastore {
class Registry;
}
namespace healthlake::jobs {
class Queue;
}
namespace healthlake::store {
class ControlFile;
}

namespace healthlake::control {

// Who calls and how the server was reached.
struct Call {
  core::Owner owner;
  std::string base_url;  // "http://127.0.0.1:3447", without a '/' at its end: for DatastoreEndpoint
  int attempt = 0;       // how often this request has been answered by a Wait
};

// "Not yet": ask again when `topic` is notified on core::Signals or when Clock::Elapsed reaches
// `deadline` (DESIGN 3.9).
struct Wait {
  std::string topic;
  std::chrono::nanoseconds deadline;
};

// The body of the answer, JSON text, for status 200.
using Answer = std::variant<std::string, Wait>;

struct ServiceOptions {
  // Describe of a job waits for its end when it is no farther than this; zero: never.
  std::chrono::nanoseconds describe_wait = std::chrono::seconds{20};
  // Page tokens (NextToken) are sealed with it.
  core::Seal seal = {};
};

// Whether an operation takes microseconds and never waits for a write lock (DESIGN 3.1).
enum class Place { kInline, kPooled };
Place PlaceOf(aws::OperationId operation) noexcept;

// Thread-safe. What it is given must outlive it.
class Service {
 public:
  Service(const ServiceOptions& options, store::ControlFile& file, datastore::Registry& registry,
          jobs::Queue& queue, const core::Clock& clock, core::IdGenerator& ids,
          core::Signals& signals);
  ~Service();

  // Decodes and validates `body`, carries the operation out, encodes the answer. Throws core::Error
  // with the kinds of aws/error_codec.hpp: kSerialization, kInvalid, kNotFound, kConflict, …
  Answer Handle(aws::OperationId operation, std::string_view body, const Call& call);

  // Puts right what a crash left between rows and files: stores in CREATING become ACTIVE, stores
  // in DELETING become DELETED, and the jobs of deleted stores end. Call once, before the first
  // request and before the job workers start.
  void Recover();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::control
