// Profiles written in a few words, and what they find in a resource.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/profiles.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "package_maker.hpp"

namespace healthlake::fhir {

inline constexpr std::string_view kTest = "http://test.example/";

// A StructureDefinition of http://test.example/NAME with that snapshot.
std::string Profile(std::string_view name, std::string_view type, std::string_view elements,
                    std::string_view view = "snapshot", std::string_view base = "");

class ProfileTest : public testing::Test {
 protected:
  void Load(const std::vector<std::string>& definitions);
  // What the profiles find in a resource that claims http://test.example/p, as
  // "location: diagnostics", without the profile's name.
  std::vector<std::string> Faults(std::string_view resource, Notices notices = Notices::kOff);
  // The same of a resource of that type, with these members beside the claim.
  std::vector<std::string> FaultsOf(std::string_view type, std::string_view members);

  std::shared_ptr<const ProfileSet> set_;
};

}  // namespace healthlake::fhir
