// The value sets and code systems of packages, and those of the base specification.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/profile/canonical_index.hpp"
#include "fhir/profile/code_system.hpp"
#include "fhir/profile/package_reader.hpp"
#include "fhir/profile/value_set.hpp"

namespace healthlake::fhir {

// Confined to one thread; the sets that it gives are not.
class Terminology {
 public:
  explicit Terminology(const PackageGraph& graph) : graph_(graph) {}

  void AddValueSet(PackageFile file, std::size_t package);
  void AddCodeSystem(PackageFile file, std::size_t package);

  // Null when no definition of that value set is at hand, or it says nothing of its codes.
  // `package` is where the reference stands. Throws core::Error{kInvalid} that names a value set
  // which cannot be understood.
  std::shared_ptr<const CodeSet> Find(std::string_view canonical, std::size_t package);

 private:
  struct ValueSetSource {
    std::string name;
    std::string text;
    std::size_t package = PackageGraph::kNone;
    std::shared_ptr<const CodeSet> compiled;
    enum class State : std::uint8_t { kNew, kCompiling, kDone } state = State::kNew;
  };
  struct CodeSystemSource {
    std::string name;
    std::string text;
    std::unique_ptr<const CodeSystem> read;
  };

  std::shared_ptr<const CodeSet> Compile(const ValueSetSource& source);
  const CodeSystem* FindCodeSystem(std::string_view canonical, std::size_t package);
  std::vector<ComposedCodeSet::Part> ReadParts(const json::Value& parts, std::size_t package);
  ComposedCodeSet::Part ReadPart(const json::Value& part, std::size_t package);

  const PackageGraph& graph_;
  CanonicalIndex<std::shared_ptr<ValueSetSource>> value_sets_;
  CanonicalIndex<std::shared_ptr<CodeSystemSource>> code_systems_;
};

}  // namespace healthlake::fhir
