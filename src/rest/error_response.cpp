#include "healthlake/rest/error_response.hpp"

#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {

http::Response ErrorResponse(const core::Error& error) {
  const fhir::ErrorOutcome& row = fhir::OutcomeOf(error.kind());
  http::Response response;
  response.status = row.status;
  response.headers.Set("Content-Type", kFhirJson);
  response.body = error.issues().empty()
                      ? fhir::OutcomeJson(core::Severity::kError, row.code, error.message())
                      : fhir::OutcomeJson(error.issues());
  return response;
}

}  // namespace healthlake::rest
