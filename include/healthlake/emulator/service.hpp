// The emulator's own routes: what HealthLake has not and a test wants.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "healthlake/core/clock.hpp"
#include "healthlake/http/message.hpp"

namespace healthlake::datastore {
class Registry;
}
namespace healthlake::jobs {
class Queue;
}
namespace healthlake::store {
class ControlFile;
}

namespace healthlake::emulator {

// An implementation guide that resources are validated by.
struct Package {
  std::string name;
  std::string version;
};

// What health tells besides being well.
struct Facts {
  std::string version;
  std::string data_dir;
  std::string s3_root;
  std::string compat;
  std::vector<Package> packages;
};

// GET  /health, /_localstack/health, /_emulator/health
// GET  /_emulator/jobs/{id}           a job with every transition and its time
// GET  /_emulator/datastores/{id}     likewise a data store
// POST /_emulator/reset[?datastore=ID] forgets everything, or one data store with all that is its
// own Thread-safe. What it is given must outlive it.
class Service {
 public:
  Service(Facts facts, store::ControlFile& file, datastore::Registry& registry, jobs::Queue& queue,
          const core::Clock& clock);

  // Whether `path` is one of the emulator's own.
  static bool Serves(const std::string& path) noexcept;
  // Health touches no file; all else is pooled.
  static http::Place PlaceOf(const std::string& path) noexcept;

  // Answers in JSON. Throws core::Error: kInvalid, kNotFound, kUnknownOperation.
  http::Response Handle(const http::Request& request);

 private:
  http::Response Health(const http::Request& request, const std::string& argument);
  http::Response LocalstackHealth(const http::Request& request, const std::string& argument);
  http::Response DescribeJob(const http::Request& request, const std::string& argument);
  http::Response DescribeDatastore(const http::Request& request, const std::string& argument);
  http::Response Reset(const http::Request& request, const std::string& argument);

  struct Route;
  static const Route kRoutes[];

  Facts facts_;
  store::ControlFile& file_;
  datastore::Registry& registry_;
  jobs::Queue& queue_;
  const core::Clock& clock_;
  std::chrono::nanoseconds started_;
};

}  // namespace healthlake::emulator
