// What every interaction is given.
#pragma once

#include <string>
#include <string_view>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/http/message.hpp"
#include "healthlake/rest/service.hpp"

namespace healthlake::rest {

class CapabilityStatements;

// Confined to one request. `type`, `id` and `version` are set where the route's pattern has them,
// and are then of a valid form.
struct Interaction {
  const ServiceOptions& options;
  const http::Request& request;
  const core::Cancel& cancel;
  datastore::Datastore& store;
  CapabilityStatements& capabilities;
  std::string datastore_id;
  std::string base;  // http://host/datastore/<id>/r4, without a '/' at the end
  fhir::ResourceType type;
  std::string id;
  std::uint64_t version = 0;

  bool HealthLakeRules() const { return options.rules == fhir::SearchRules::kHealthLake; }
};

// One file each. They throw core::Error.
http::Response Read(const Interaction& interaction);
http::Response ReadVersion(const Interaction& interaction);
http::Response Create(const Interaction& interaction);
http::Response Update(const Interaction& interaction);
http::Response Delete(const Interaction& interaction);
http::Response Search(const Interaction& interaction);
http::Response Validate(const Interaction& interaction);
http::Response Capabilities(const Interaction& interaction);

}  // namespace healthlake::rest
