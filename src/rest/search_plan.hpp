// How a search was answered, for people (_explain).
#pragma once

#include <string>

#include "healthlake/datastore/view.hpp"

namespace healthlake::rest {

// An OperationOutcome of informational issues: one for each step, then one for the whole.
std::string PlanOutcome(const datastore::SearchPlan& plan);

// The same as a JSON object (/_emulator/explain).
std::string PlanJson(const datastore::SearchPlan& plan);

}  // namespace healthlake::rest
