// The FHIR plane: /datastore/{id}/r4/… of every data store, dispatched from a route table.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
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
namespace healthlake::jobs {
class TransactionQueue;
}

namespace healthlake::rest {

struct ServiceOptions {
  // --compat: what HealthLake refuses is refused (resource types, interactions, search), or not.
  fhir::SearchRules rules = fhir::SearchRules::kHealthLake;
  std::size_t page_size = 100;  // of a search without _count
  // A search that takes longer is stopped; zero: none is.
  std::chrono::nanoseconds search_timeout = std::chrono::seconds{30};
  std::string version;  // of this software, for the CapabilityStatement
  // What $validate checks beside the base; outlives the service. Null: nothing.
  const fhir::ProfileSet* profiles = nullptr;
  // Takes asynchronous transactions; outlives the service. Null: they are refused.
  jobs::TransactionQueue* transactions = nullptr;
  // The SMART configuration that a store was created with, by its bare id; nullopt: none. Called
  // from any thread. Empty: no store has one.
  std::function<std::optional<std::string>(std::string_view datastore_id)>
      find_smart_configuration = {};
};

// A transaction that was accepted to be carried out later (reference 4.10).
struct AcceptedTransaction {
  std::string_view id;            // names the checkpoint that holds its answer (datastore.hpp)
  std::string_view datastore_id;  // bare
  std::string_view base;          // http://host/datastore/<id>/r4, as the request had it
  std::string_view headers;       // what it asked for beside the Bundle, as the submission kept it
  std::string_view body;          // the Bundle
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

  // How the search that `path`, "/datastore/{id}/r4/Patient", and the request's query or form ask
  // for is answered, as JSON: the plan of _explain, and nothing of what is found. The request's own
  // path is not looked at. Throws as Handle does, core::Error{kUnsupported} for what is no search.
  http::Response Explain(const http::Request& request, std::string_view path,
                         const core::Cancel& cancel);

  // Carries it out as Handle would have done. Commits with it, as its checkpoint, the text of the
  // Bundle that it returns with status 200; so a checkpoint that is there says that the transaction
  // is done, and what it answered. Any other status is a failure that left nothing behind, with the
  // OperationOutcome for polling. 503: not now, for want of disk or because of `cancel`. Never
  // throws but for want of memory.
  http::Response RunTransaction(const AcceptedTransaction& transaction, const core::Cancel& cancel);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::rest
