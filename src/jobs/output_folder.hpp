// The folder that a job writes to.
#pragma once

#include <string_view>

#include "healthlake/objects/object_storage.hpp"
#include "jobs/run.hpp"

namespace healthlake::jobs {

// `key` below the job's own folder.
objects::ObjectUri OutputObject(const Run& run, std::string_view key);

// Writes the empty object that the real service leaves beside the job's folder (reference 2.1): an
// output that cannot be written must not come to light after an hour of reading.
void ProbeOutput(const Run& run);

}  // namespace healthlake::jobs
