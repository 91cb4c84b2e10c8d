// Names of the things that the control plane keeps.
#pragma once

#include "healthlake/core/strong_text.hpp"

namespace healthlake::store {

// 32 lower-case hex digits (reference 1.6, 4.10).
using DatastoreId = core::StrongText<struct DatastoreIdTag>;
using JobId = core::StrongText<struct JobIdTag>;
using TransactionId = core::StrongText<struct TransactionIdTag>;

}  // namespace healthlake::store
