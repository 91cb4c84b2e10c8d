// The implementation guides in the folder of --profiles.
#pragma once

#include <memory>

#include "healthlake/config/config.hpp"
#include "healthlake/fhir/profiles.hpp"

namespace healthlake::app {

// What is checked at the level strict and by $validate: the base specification and every *.tgz of
// the folder, taken in the order of their names. Without the option nothing is read. Logs a line
// for each package. Throws core::Error with a message that names the folder or file and says what
// is wrong with it.
std::shared_ptr<const fhir::ProfileSet> LoadProfiles(const config::Config& config);

}  // namespace healthlake::app
