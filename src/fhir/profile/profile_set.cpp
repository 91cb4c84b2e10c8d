#include <utility>

#include "fhir/profile/rules.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/profiles.hpp"

namespace healthlake::fhir {

ProfileSet::ProfileSet(std::unique_ptr<const Rules> rules) : rules_(std::move(rules)) {}
ProfileSet::~ProfileSet() = default;

const ProfileSet& ProfileSet::Base() {
  static const ProfileSet base{std::make_unique<const Rules>()};
  return base;
}

std::span<const PackageInfo> ProfileSet::packages() const noexcept {
  return rules_->packages;
}

UnknownProfiles ProfileSet::unknown() const noexcept {
  return rules_->unknown;
}

struct ProfileSetBuilder::State {
  std::unique_ptr<ProfileSet::Rules> rules = std::make_unique<ProfileSet::Rules>();
};

ProfileSetBuilder::ProfileSetBuilder(UnknownProfiles unknown) : state_(std::make_unique<State>()) {
  state_->rules->unknown = unknown;
}

ProfileSetBuilder::~ProfileSetBuilder() = default;

PackageInfo ProfileSetBuilder::AddPackage(std::string_view tgz) {
  if (!tgz.starts_with("\x1f\x8b")) {
    throw core::Error(core::ErrorKind::kInvalid, "the package is not compressed with gzip");
  }
  return {};
}

std::shared_ptr<const ProfileSet> ProfileSetBuilder::Build() {
  return std::shared_ptr<const ProfileSet>(new ProfileSet(std::move(state_->rules)));
}

}  // namespace healthlake::fhir
