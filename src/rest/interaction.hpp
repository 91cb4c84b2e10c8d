// What every interaction is given.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/http/message.hpp"
#include "healthlake/rest/service.hpp"

namespace healthlake::rest {

class CapabilityStatements;

// Puts right what a resource says of the other entries of its transaction.
class ReferenceRewriter {
 public:
  virtual ~ReferenceRewriter() = default;
  // As fhir::RewriteReferences, conditional references included. Throws
  // core::Error{kPreconditionFailed} for one that does not mean exactly one resource.
  virtual bool Rewrite(const json::Value& resource, std::string& out) = 0;
};

// What a transaction has settled about an entry before the entry's turn comes, since references to
// it are rewritten with it.
struct Settled {
  std::string id;  // create: the id that the resource gets
  // Conditional interactions: the ids that their criteria found. nullopt: nobody has searched.
  std::optional<std::vector<std::string>> matches;
  // Of a patch: its references are known once it has been applied. Null: nothing to put right.
  ReferenceRewriter* references = nullptr;
};

// The version that an interaction made, or answers with: what Bundle.entry.response says of it.
struct AnsweredVersion {
  std::string location;  // Patient/123/_history/4 (reference 4.9)
  std::uint64_t version = 0;
  core::Timestamp last_updated{};
};

// What an interaction works on: the same for a request and for all entries of its Bundle.
struct Context {
  const ServiceOptions& options;
  const core::Clock& clock;
  CapabilityStatements& capabilities;
  const core::Cancel& cancel;
  datastore::Datastore& store;
  std::string datastore_id;
  std::string base;  // http://host/datastore/<id>/r4, without a '/' at the end
  // The transaction that the interaction is part of, committed by who began it. Null: a write
  // begins and commits one of its own (InWriting).
  datastore::Writing* writing = nullptr;
  bool in_bundle = false;               // the request is an entry of a batch or transaction
  bool explain = false;                 // a search is answered by its plan alone, as JSON
  const Settled* settled = nullptr;     // of such an entry; null: nothing
  AnsweredVersion* answered = nullptr;  // of such an entry: NoteVersion writes there

  // What a read is of.
  datastore::View& view() const {
    return writing != nullptr ? static_cast<datastore::View&>(*writing) : store;
  }
  bool HealthLakeRules() const { return options.rules == fhir::SearchRules::kHealthLake; }
};

// Confined to one request. `type`, `id` and `version` are set where the route's pattern has them,
// and are then of a valid form.
struct Interaction : Context {
  Interaction(const Context& context, const http::Request& asked)
      : Context(context), request(asked) {}

  const http::Request& request;
  fhir::ResourceType type;
  fhir::ResourceType compartment;  // whose id is `id`: Patient/1/Observation
  std::string id;
  std::uint64_t version = 0;
};

// Called by whatever answers with a version, a tombstone included.
inline void NoteVersion(const Interaction& interaction, std::string_view id,
                        const datastore::StoredVersion& stored) {
  if (interaction.answered == nullptr) return;
  std::string location(fhir::NameOf(interaction.type));
  location.append("/").append(id).append("/_history/").append(std::to_string(stored.version));
  *interaction.answered = {std::move(location), stored.version, stored.last_updated};
}

// Runs `work(datastore::Writing&)` in the transaction that the interaction is part of, or in one of
// its own that is committed when `work` returns.
template <typename Work>
auto InWriting(const Interaction& interaction, const Work& work) {
  if (interaction.writing != nullptr) return work(*interaction.writing);
  const std::unique_ptr<datastore::Writing> writing =
      interaction.store.BeginWrite(interaction.cancel);
  auto result = work(*writing);
  writing->Commit();
  return result;
}

// One file each. They throw core::Error.
http::Response Read(const Interaction& interaction);
http::Response ReadVersion(const Interaction& interaction);
http::Response Create(const Interaction& interaction);
http::Response Update(const Interaction& interaction);
http::Response ConditionalUpdate(const Interaction& interaction);
http::Response PatchResource(const Interaction& interaction);
http::Response ConditionalPatch(const Interaction& interaction);
http::Response Delete(const Interaction& interaction);
http::Response ConditionalDelete(const Interaction& interaction);
http::Response History(const Interaction& interaction);
http::Response Search(const Interaction& interaction);
http::Response SystemSearch(const Interaction& interaction);
http::Response CompartmentSearch(const Interaction& interaction);
http::Response WholeCompartmentSearch(const Interaction& interaction);
http::Response Validate(const Interaction& interaction);
http::Response PatientEverything(const Interaction& interaction);
http::Response ProcessBundle(const Interaction& interaction);
http::Response TransactionStatus(const Interaction& interaction);
http::Response SmartConfiguration(const Interaction& interaction);
http::Response Capabilities(const Interaction& interaction);

}  // namespace healthlake::rest
