// One walk over a parsed resource: its structural faults, and every value that search can ask for.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "healthlake/core/clock.hpp"
#include "healthlake/core/issue.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// What an IndexValue holds. The kind follows the parameter's search type, but for logical
// references and for the parts of a composite.
enum class ValueKind : std::uint8_t {
  kToken,       // system (may be empty), text = code
  kReference,   // text
  kIdentifier,  // a reference's identifier: system, text = value; answers the :identifier modifier
  kUri,         // text
  kDate,        // from, until
  kNumber,      // text = decimal as written, low = high
  kQuantity,    // text = decimal as written (empty for a Range or SampledData), low, high, system,
                // code, unit
  kString,      // text as written; compare by NormalizeString
  kPosition,    // low = latitude, high = longitude, in degrees; for Location's `near`
  kTokenText,   // text = a name that people give the token: a coding's display, a text (:text)
  kTypedIdentifier,  // system, code = a coding of Identifier.type, text = value (:of-type)
  kComposite,  // the next `parts` values are its parts, in the order of SearchParam::components
};

// Open ends of dates.
inline constexpr std::int64_t kBeginningOfTime = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kEndOfTime = std::numeric_limits<std::int64_t>::max();

// One value of one search parameter. The views point into the Document walked, the options or the
// walk; they are valid until any of them changes.
struct IndexValue {
  ParamId param;  // for a part of a composite: the component's parameter
  ValueKind kind = ValueKind::kToken;
  std::uint8_t parts = 0;  // kComposite: how many values follow that belong to it
  // kToken: the system does not stand in the resource. It is that of a code's required binding, or
  // a ContactPoint's `system` ("phone"), so that `|code` matches as well as `system|code`.
  bool system_implied = false;
  // kReference: the type referred to, none when the text does not tell.
  ResourceType target;

  // kReference: "Type/id", without version, for relative references and for absolute ones into this
  // store (WalkOptions::datastore_id); other URLs, urn: and canonicals whole. A canonical with a
  // version ("url|1.0") gives two values, whole and without the version; so does a kUri of the
  // element type canonical. References to contained resources ("#x") are not indexed.
  std::string_view text;
  std::string_view system;
  std::string_view code;
  std::string_view unit;

  // Milliseconds since 1970 UTC, from inclusive, until exclusive: the whole interval that a partial
  // date stands for. A text without zone is UTC. Period: from its start's beginning to its end's
  // end. Timing: the outer limits of its events and bounds.
  std::int64_t from = kBeginningOfTime;
  std::int64_t until = kEndOfTime;

  // The number as a double; a Range or SampledData has two ends, an open one is infinite.
  double low = 0;
  double high = 0;
};

enum class StructureCheck : std::uint8_t { kOff, kOn };
enum class ValueCollection : std::uint8_t { kOff, kOn };

// Whether tokens yield kTokenText and kTypedIdentifier too, which are not indexed.
enum class TokenTexts : std::uint8_t { kOff, kOn };

// Whether issues of severity warning and information are reported too (best practice invariants,
// unknown extensions, profiles not checked). They cost time and no write asks for them.
enum class Notices : std::uint8_t { kOff, kOn };

class ProfileSet;

struct WalkOptions {
  StructureCheck structure = StructureCheck::kOn;
  ValueCollection values = ValueCollection::kOn;
  TokenTexts texts = TokenTexts::kOff;
  Notices notices = Notices::kOff;
  // Whose profiles are checked beside the base. Null: profiles are ignored (structure-only).
  const ProfileSet* profiles = nullptr;
  // Canonical URLs ("url" or "url|version") to check instead of those in meta.profile, unless
  // empty.
  std::span<const std::string_view> claimed_profiles;
  // Absolute references that end in /datastore/<datastore_id>/r4/Type/id are into this store.
  // Empty: none are.
  std::string_view datastore_id;
  // What the server sets itself: indexed instead of what the resource says. Empty or absent: as in
  // the resource (created_at: not at all).
  std::string_view id;
  std::optional<core::Timestamp> last_updated;
  std::optional<core::Timestamp> created_at;
};

// How many issues one walk reports before the last one that counts the rest.
inline constexpr std::size_t kMaxIssues = 100;

// Confined to one thread; meant to be kept, as its buffers stay: a warm walk of a sound resource
// allocates nothing. Time is linear in the size of the resource.
class ResourceWalk {
 public:
  ResourceWalk();
  ~ResourceWalk();
  ResourceWalk(ResourceWalk&&) noexcept;
  ResourceWalk& operator=(ResourceWalk&&) noexcept;

  // Walks `resource`, forgetting the walk before. The Document behind it must not change while
  // results are in use.
  void Run(const json::Value& resource, const WalkOptions& options = {});

  // What is wrong with the resource: its structure (json.html of R4, and the type's definition:
  // names, JSON types, arrays, cardinality, null, empty values, resourceType of nested resources),
  // formats of primitives, required bindings, references, contained resources, extensions,
  // narrative, invariants of severity error, and profiles when asked. Code "processing", location
  // as "Patient.contact[1].name". At most kMaxIssues, then one that says how many more. An unknown
  // or missing resourceType is an issue whatever the options, and then there are no values.
  const core::Issues& issues() const noexcept;
  bool Sound() const noexcept;  // no issue of severity error or fatal

  // Every value of every parameter of the resource's type, in the order met. Values that are equal
  // may come more than once: whoever stores them removes duplicates.
  std::span<const IndexValue> values() const noexcept;

  ResourceType type() const noexcept;    // none when unknown
  std::string_view id() const noexcept;  // of the resource itself; empty when it has none

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace healthlake::fhir
