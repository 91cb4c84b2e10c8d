// One function for each operation of the model; each takes validated input and answers the output.
#pragma once

#include <nlohmann/json.hpp>
#include <variant>

#include "healthlake/control/service.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::control {

// What every operation works with.
struct Rooms {
  const ServiceOptions options;
  store::ControlFile& file;
  datastore::Registry& registry;
  jobs::Queue& queue;
  const core::Clock& clock;
  core::IdGenerator& ids;
  core::Signals& signals;
};

using Output = std::variant<json::Tree, Wait>;

// datastores.cpp
Output CreateFHIRDatastore(Rooms& rooms, const json::Tree& input, const Call& call);
Output DeleteFHIRDatastore(Rooms& rooms, const json::Tree& input, const Call& call);
Output DescribeFHIRDatastore(Rooms& rooms, const json::Tree& input, const Call& call);
Output ListFHIRDatastores(Rooms& rooms, const json::Tree& input, const Call& call);

// import_jobs.cpp
Output StartFHIRImportJob(Rooms& rooms, const json::Tree& input, const Call& call);
Output DescribeFHIRImportJob(Rooms& rooms, const json::Tree& input, const Call& call);
Output ListFHIRImportJobs(Rooms& rooms, const json::Tree& input, const Call& call);

// export_jobs.cpp
Output StartFHIRExportJob(Rooms& rooms, const json::Tree& input, const Call& call);
Output DescribeFHIRExportJob(Rooms& rooms, const json::Tree& input, const Call& call);
Output ListFHIRExportJobs(Rooms& rooms, const json::Tree& input, const Call& call);

// tags.cpp
Output TagResource(Rooms& rooms, const json::Tree& input, const Call& call);
Output UntagResource(Rooms& rooms, const json::Tree& input, const Call& call);
Output ListTagsForResource(Rooms& rooms, const json::Tree& input, const Call& call);

}  // namespace healthlake::control
