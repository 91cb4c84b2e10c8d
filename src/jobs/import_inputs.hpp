// Which objects an import reads: found once, kept in the job's spool, so that every run of the job
// sees the same list.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "healthlake/objects/object_storage.hpp"
#include "jobs/run.hpp"

namespace healthlake::jobs {

struct Input {
  objects::ObjectUri uri;
  std::string relative;  // below the folder that the job names; the object's own name where it
                         // names one object
  std::uint64_t size = 0;
};

struct InputTotals {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};

// Finds the inputs and keeps them. The job's URI names one object (of any name), or else a folder,
// whether it ends in '/' or not: then all objects below it, in S3's order of keys, that end in
// ".ndjson" and are not the output of an import. Throws core::Error with a message that names the
// URI: kNotFound when there is nothing to import.
InputTotals FindInputs(const Run& run);

// Reads the list back, one input at a time. Confined to one thread.
class InputList {
 public:
  explicit InputList(const Run& run);
  std::optional<Input> Next();

 private:
  std::ifstream lines_;
  std::string bucket_;
  std::string line_;
};

}  // namespace healthlake::jobs
