// Codes against the value set of a required binding (terminologies.html, binding strength).
#pragma once

#include <string_view>

#include "fhir/issue_log.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

void CheckCode(std::string_view code, CodeSetId set, IssueLog& log);

// One coding must be of the set; others may stand beside it. Text alone is not enough.
void CheckConcept(const json::Value& concept_value, CodeSetId set, IssueLog& log);

}  // namespace healthlake::fhir
