#include <algorithm>
#include <string>
#include <utility>

#include "fhir/profile/package_reader.hpp"
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
  return rules_->infos;
}

UnknownProfiles ProfileSet::unknown() const noexcept {
  return rules_->unknown;
}

struct ProfileSetBuilder::State {
  std::unique_ptr<ProfileSet::Rules> rules =
      std::make_unique<ProfileSet::Rules>(&ProfileSet::Base().rules());
};

ProfileSetBuilder::ProfileSetBuilder(UnknownProfiles unknown) : state_(std::make_unique<State>()) {
  state_->rules->unknown = unknown;
}

ProfileSetBuilder::~ProfileSetBuilder() = default;

PackageInfo ProfileSetBuilder::AddPackage(std::string_view tgz) {
  Package package = ReadPackage(tgz);
  for (const PackageInfo& loaded : state_->rules->infos) {
    if (loaded.name == package.name && loaded.version == package.version) {
      throw core::Error(core::ErrorKind::kInvalid,
                        "package " + package.name + ' ' + package.version + " is there twice");
    }
  }
  return state_->rules->Add(std::move(package));
}

std::shared_ptr<const ProfileSet> ProfileSetBuilder::Build() {
  state_->rules->CompileAll();
  return std::shared_ptr<const ProfileSet>(new ProfileSet(std::move(state_->rules)));
}

}  // namespace healthlake::fhir
