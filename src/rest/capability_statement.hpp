// The CapabilityStatement: made from the route table and the FHIR tables, so that it cannot lie.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "healthlake/core/clock.hpp"
#include "healthlake/rest/service.hpp"

namespace healthlake::rest {

// Thread-safe. The statement is made when it is first asked for; only its URL changes from call to
// call.
class CapabilityStatements {
 public:
  CapabilityStatements(const ServiceOptions& options, core::Timestamp date)
      : options_(options), date_(date) {}

  // `base`: http://host/datastore/<id>/r4.
  std::string For(std::string_view base);

 private:
  const ServiceOptions& options_;
  const core::Timestamp date_;
  std::once_flag made_;
  std::string before_url_;
  std::string after_url_;
};

}  // namespace healthlake::rest
