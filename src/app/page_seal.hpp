// The key of page tokens, made once for each data directory.
#pragma once

#include "healthlake/core/id_generator.hpp"
#include "healthlake/core/seal.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::app {

// The key is kept in the control file, so that tokens outlive a restart.
core::Seal LoadPageSeal(store::ControlFile& file, core::IdGenerator& ids);

}  // namespace healthlake::app
