#include "rest/entry_error.hpp"

#include <string_view>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/error_outcome.hpp"

namespace healthlake::rest {
namespace {

using core::ErrorKind;

bool ConcernsEntry(ErrorKind kind) {
  return kind != ErrorKind::kInternal && kind != ErrorKind::kUnavailable &&
         kind != ErrorKind::kThrottled;
}

// "name[0]" of "Patient.name[0]"; empty when that is no place in a resource.
std::string_view InsideResource(std::string_view location) {
  const std::size_t dot = location.find('.');
  if (dot == std::string_view::npos) return {};
  return fhir::FindResourceType(location.substr(0, dot)) ? location.substr(dot + 1)
                                                         : std::string_view();
}

}  // namespace

core::Error AtEntry(const core::Error& error, std::size_t index) {
  if (!ConcernsEntry(error.kind())) return error;
  const std::string entry = "Bundle.entry[" + std::to_string(index) + "]";
  core::Issues issues = error.issues();
  if (issues.empty()) {
    issues.push_back({core::Severity::kError, std::string(fhir::OutcomeOf(error.kind()).code),
                      error.message(), ""});
  }
  for (core::Issue& issue : issues) {
    const bool about_resource = !issue.location.empty();
    const std::string place = about_resource ? entry + ".resource" : entry;
    issue.diagnostics += " (at " + place + ")";
    const std::string_view inside = InsideResource(issue.location);
    issue.location = inside.empty() ? place : place + "." + std::string(inside);
  }
  return {error.kind(), error.message() + " (at " + entry + ")", std::move(issues)};
}

core::Error FailureOf(int status) {
  for (const fhir::ErrorOutcome& row : fhir::kErrorOutcomes) {
    if (row.status == status) return {row.kind, "The interaction failed."};
  }
  return {ErrorKind::kUnprocessable, "The interaction failed."};
}

}  // namespace healthlake::rest
