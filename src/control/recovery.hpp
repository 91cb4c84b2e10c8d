// What a crash leaves between rows and files is put right at start.
#pragma once

#include "control/operations.hpp"

namespace healthlake::control {

// See Service::Recover.
void PutRight(Rooms& rooms);

}  // namespace healthlake::control
