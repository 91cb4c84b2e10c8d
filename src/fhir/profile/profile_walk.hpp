// The profiles that a resource claims, and the extensions that it holds.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/issue_log.hpp"
#include "fhir/profile/rule_checker.hpp"
#include "fhir/profile/rules.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Confined to one thread; its memory stays: a warm run over a sound resource allocates nothing.
class ProfileWalk {
 public:
  explicit ProfileWalk(IssueLog& log) : log_(log), checker_(log) {}

  // Checks the resource, those inside it, and all extensions, against options.profiles. The log is
  // at the resource. Time is linear in its size; it may be unsound in any way.
  void Run(const json::Value& resource, const WalkOptions& options);

 private:
  void Resource(const json::Value& resource, std::span<const std::string_view> claimed);
  void MetaProfiles(const json::Value& resource, const fhirpath::Node& node);
  void Claim(std::string_view canonical, const fhirpath::Node& node);
  void WrongType(std::string_view canonical, std::string_view type, const fhirpath::Node& node);
  void Unknown(std::string_view canonical);
  void Inside(const json::Value& value);
  void InsideArray(const json::Value& array);
  void Nested(const json::Value& value, bool contained);
  void Extensions(const json::Value& extensions);

  IssueLog& log_;
  RuleChecker checker_;
  const ProfileSet::Rules* set_ = nullptr;
  bool notices_ = false;
  // Those of each resource around, from the outermost on, and where those of this one begin.
  std::vector<const Definition*> checked_;
  std::size_t first_checked_ = 0;
  std::size_t package_ = PackageGraph::kNone;  // of the profile claimed
};

}  // namespace healthlake::fhir
