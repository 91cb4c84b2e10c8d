// A StructureDefinition of derivation "constraint".
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "fhir/profile/canonical_index.hpp"
#include "fhir/profile/element_rules.hpp"
#include "fhir/profile/terminology.hpp"
#include "healthlake/fhir/profiles.hpp"

namespace healthlake::fhir {

class Definition {
 public:
  std::string url;
  std::string name;  // of the file, for messages
  std::string type;  // what it constrains: "Patient", "Extension", "Quantity"
  TypeRef type_ref;
  std::size_t package = PackageGraph::kNone;
  std::string_view source;   // the JSON
  std::string owned_source;  // of a package, until all is compiled

  // Compiles it at the first call; thread-safe. A definition of the base specification that cannot
  // be compiled demands nothing.
  const ElementRules& rules() const;

  // The same, for definitions of packages. Throws core::Error{kInvalid} that names it.
  void Compile(const ProfileSet::Rules& set, Terminology& terminology) const;

 private:
  mutable std::once_flag once_;
  mutable std::unique_ptr<const ElementRules> rules_;
};

// What is said of its elements: its snapshot, or its differential applied to its base's. Throws
// core::Error{kInvalid} when neither can be had.
std::unique_ptr<ElementNode> TreeOf(const Definition& definition, const ProfileSet::Rules& set);
// The second, even when there is a snapshot.
std::unique_ptr<ElementNode> TreeOfDifferential(const Definition& definition,
                                                const ProfileSet::Rules& set);

}  // namespace healthlake::fhir
