// The records of an import's output files, one for each line of input (reference 2.7, 2.8).
#pragma once

#include <string>

#include "healthlake/datastore/datastore.hpp"

namespace healthlake::jobs {

// {"lineId":1,"resourceType":"Patient","resourceId":"…","statusCode":201}
// Records are separated by line breaks, with none after the last: `first` says that none precedes.
void AppendSuccessRecord(std::string& out, bool first, const datastore::LineOutcome& line);

// {"lineId":3,"UpdateResourceResponse":{"jsonBlob":{OperationOutcome},"statusCode":400}}
// Of a refused line, or, with 200 or 201, of one that was stored although it is not valid.
void AppendOutcomeRecord(std::string& out, bool first, const datastore::LineOutcome& line);

}  // namespace healthlake::jobs
