// Profiles: StructureDefinitions of derivation "constraint", compiled for checking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace healthlake::fhir {

// A package that was read, for the log and for /_emulator/health.
struct PackageInfo {
  std::string name;     // "hl7.fhir.us.core"
  std::string version;  // "3.1.1"
  std::size_t profiles = 0;
  std::size_t extensions = 0;
  std::size_t value_sets = 0;
};

// What is done with a resource whose meta.profile names a profile that neither the base
// specification nor a package defines, and that belongs to no guide which HealthLake knows
// (reference 8.1).
enum class UnknownProfiles : std::uint8_t {
  kRefuse,  // as HealthLake does
  kAllow,   // the base is checked, and an information issue says so
};

// Immutable; shared by threads. Definitions of the base specification (vital signs, the extensions
// of R4, …) are always in it.
class ProfileSet {
 public:
  // The definitions of the base specification alone, unknown profiles refused. Each definition is
  // compiled when it is first asked for.
  static const ProfileSet& Base();

  ~ProfileSet();
  ProfileSet(const ProfileSet&) = delete;
  ProfileSet& operator=(const ProfileSet&) = delete;

  std::span<const PackageInfo> packages() const noexcept;
  UnknownProfiles unknown() const noexcept;

  class Rules;  // private to the room
  const Rules& rules() const noexcept { return *rules_; }

 private:
  friend class ProfileSetBuilder;
  explicit ProfileSet(std::unique_ptr<const Rules> rules);
  std::unique_ptr<const Rules> rules_;
};

// Confined to one thread.
class ProfileSetBuilder {
 public:
  explicit ProfileSetBuilder(UnknownProfiles unknown);
  ~ProfileSetBuilder();

  // Adds the StructureDefinitions, ValueSets and CodeSystems of a package as published: a gzipped
  // tar with package/package.json. Throws core::Error{kInvalid} that says what is wrong with it.
  // Reads no file: `tgz` is the package's bytes.
  PackageInfo AddPackage(std::string_view tgz);

  // Compiles everything; the builder is used up. Throws core::Error{kInvalid} that names the
  // definition which cannot be understood.
  std::shared_ptr<const ProfileSet> Build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace healthlake::fhir
