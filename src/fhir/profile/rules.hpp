// What a ProfileSet holds: definitions by canonical URL.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/profile/canonical_index.hpp"
#include "fhir/profile/definition.hpp"
#include "fhir/profile/package_reader.hpp"
#include "healthlake/fhir/profiles.hpp"

namespace healthlake::fhir {

class ProfileSet::Rules {
 public:
  // Those of the base specification.
  Rules();
  // Those of the base specification and of packages.
  explicit Rules(const Rules* base_rules) : base(base_rules) {}

  // Null when there is none of that URL and version. `package` is where the reference stands.
  const Definition* Find(std::string_view canonical, std::size_t package) const;

  PackageInfo Add(Package package);
  // Compiles the definitions of all packages, whose sources are then forgotten.
  void CompileAll();

  std::vector<PackageInfo> infos;
  UnknownProfiles unknown = UnknownProfiles::kRefuse;
  PackageGraph graph;
  const Rules* base = nullptr;

 private:
  // One of the base specification, read when it is first asked for.
  struct BaseDefinition {
    std::once_flag once;
    std::unique_ptr<Definition> definition;
  };

  void AddDefinition(PackageFile file, std::size_t package, PackageInfo& info);
  const Definition* FindInBase(const Canonical& canonical) const;

  std::unordered_map<std::string_view, std::size_t> base_index_;
  std::unique_ptr<BaseDefinition[]> base_definitions_;
  CanonicalIndex<std::shared_ptr<Definition>> index_;
  std::vector<std::shared_ptr<Definition>> definitions_;
  std::unique_ptr<Terminology> terminology_;
};

// The type that a canonical of the base specification stands for
// ("http://hl7.org/fhir/StructureDefinition/Patient"); nullopt when it is none.
std::optional<TypeRef> FindBaseType(std::string_view canonical);
// By name: "Patient", "Quantity", "string"; nullopt when there is none.
std::optional<TypeRef> FindType(std::string_view name);

}  // namespace healthlake::fhir
