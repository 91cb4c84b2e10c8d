// The FHIR plane: /datastore/{id}/r4/… of every data store, dispatched from a route table.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/http/message.hpp"

namespace healthlake::datastore {
class Registry;
}
namespace healthlake::fhir {
class ProfileSet;
}

namespace healthlake::rest {

struct ServiceOptions {
  // --compat: what HealthLake refuses is refused (resource types, interactions, search), or not.
  fhir::SearchRules rules = fhir::SearchRules::kHealthLake;
  std::size_t page_size = 100;  // of a search without _count
  std::string version;          // of this software, for the CapabilityStatement
  // What $validate checks beside the base; outlives the service. Null: nothing.
  const fhir::ProfileSet* profiles = nullptr;
};

// Thread-safe. What it is given must outlive it.
class Service {
 public:
  Service(ServiceOptions options, datastore::Registry& registry, const core::Clock& clock);
  ~Service();

  // Read, vread: inline; all else, what is unknown too: pooled (DESIGN 3.1).
  http::Place PlaceOf(const http::Request& request) const noexcept;

  // `base_url` is scheme and authority, without a '/' at the end: links are made with it. Throws
  // core::Error for whatever fhir/error_outcome.hpp can spell; answers that need a header of their
  // own (405 with Allow) are returned. HEAD is answered like GET, body included: the session leaves
  // it out.
  http::Outcome Handle(http::Request& request, std::string_view base_url,
                       const core::Cancel& cancel);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::rest
