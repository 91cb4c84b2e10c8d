// OperationOutcome as text.
#pragma once

#include <string>
#include <string_view>

#include "healthlake/core/issue.hpp"

namespace healthlake::fhir {

std::string_view NameOf(core::Severity severity);  // "fatal", "error", "warning", "information"

// {"resourceType":"OperationOutcome","id":…,"issue":[{"severity","code","diagnostics","location":
// [path],"expression":[path]}]} on one line (reference 4.5; operationoutcome.html). `id` is left
// out when empty, location and expression for an issue without one. No issues: one of severity
// information, "informational", that says all is well, as the resource must have at least one.
std::string OutcomeJson(const core::Issues& issues, std::string_view id = {});

// What is said about a resource that the level minimal stores although it is not valid: the value
// of its extension, and an entry's outcome in a bundle's answer (reference 2.9, 4.9). HealthLake's
// own text, the same for every fault.
inline constexpr std::string_view kValidationIssueUrl =
    "http://healthlake.amazonaws.com/fhir/StructureDefinition/validation-issue";
inline constexpr std::string_view kValidationIssueOutcome =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing",)"
    R"("details":{"text":"FHIR resource in payload failed FHIR validation rules."},)"
    R"("diagnostics":"FHIR resource in payload failed FHIR validation rules."}]})";

// One issue.
std::string OutcomeJson(core::Severity severity, std::string_view code,
                        std::string_view diagnostics);

}  // namespace healthlake::fhir
