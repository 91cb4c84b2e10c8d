#include "jobs/line_records.hpp"

#include "healthlake/fhir/outcome.hpp"

namespace healthlake::jobs {

void AppendSuccessRecord(std::string& out, bool first, const datastore::LineOutcome& line) {
  // Types and ids need no escaping: their alphabets hold no character that JSON escapes.
  if (!first) out += '\n';
  out += "{\"lineId\":";
  out += std::to_string(line.line);
  out += ",\"resourceType\":\"";
  out += line.type;
  out += "\",\"resourceId\":\"";
  out += line.id;
  out += "\",\"statusCode\":";
  out += std::to_string(line.status);
  out += '}';
}

void AppendOutcomeRecord(std::string& out, bool first, const datastore::LineOutcome& line) {
  core::Issues issues = line.issues;
  // HealthLake's records know no other code (reference 2.7).
  for (core::Issue& issue : issues) issue.code = "processing";
  if (issues.empty()) {
    issues.push_back({core::Severity::kError, "processing", "The line was refused.", ""});
  }
  if (!first) out += '\n';
  out += "{\"lineId\":";
  out += std::to_string(line.line);
  out += ",\"UpdateResourceResponse\":{\"jsonBlob\":";
  out += fhir::OutcomeJson(issues);
  out += ",\"statusCode\":";
  out += std::to_string(line.status);
  out += "}}";
}

}  // namespace healthlake::jobs
