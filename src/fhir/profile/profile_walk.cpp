#include "fhir/profile/profile_walk.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "fhir/profile/guides.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using fhirpath::Node;

constexpr std::size_t kMinBudget = 1000;

std::string_view TypeName(const Node& node) {
  return PathOf(StructureId::FromNumber(node.structure));
}

}  // namespace

void ProfileWalk::Run(const json::Value& resource, const WalkOptions& options) {
  set_ = &options.profiles->rules();
  notices_ = options.notices == Notices::kOn;
  checked_.clear();
  first_checked_ = 0;
  checker_.Reset(kMinBudget + resource.raw().size(), options.notices);
  Resource(resource, options.claimed_profiles);
}

void ProfileWalk::Resource(const json::Value& resource, std::span<const std::string_view> claimed) {
  const Node node = fhirpath::NodeOfResource(resource);
  if (node.structure == 0) return;
  fhirpath::Environment& around = checker_.around();
  const std::size_t outer_package = package_;
  const std::size_t outer_checked = std::exchange(first_checked_, checked_.size());
  package_ = PackageGraph::kNone;
  around.resource = node;
  if (!around.root_resource.value.exists()) around.root_resource = node;
  if (!claimed.empty()) {
    for (const std::string_view canonical : claimed) Claim(canonical, node);
  } else {
    MetaProfiles(resource, node);
  }
  static const std::uint16_t bundle = FindStructure("Bundle").number();
  const Node outer_bundle = around.bundle;
  if (node.structure == bundle) around.bundle = node;
  Inside(resource);
  around.bundle = outer_bundle;
  package_ = outer_package;
  checked_.resize(first_checked_);
  first_checked_ = outer_checked;
}

void ProfileWalk::MetaProfiles(const json::Value& resource, const Node& node) {
  const auto meta = resource.Find("meta");
  const auto profiles = meta ? meta->Find("profile") : std::nullopt;
  if (!profiles || !profiles->is_array()) return;
  for (const json::Value profile : *profiles) {
    if (profile.is_string()) Claim(profile.string(), node);
  }
}

void ProfileWalk::Claim(std::string_view canonical, const Node& node) {
  const auto structure = StructureId::FromNumber(node.structure);
  if (const Definition* definition = set_->Find(canonical, PackageGraph::kNone)) {
    if (package_ == PackageGraph::kNone) package_ = definition->package;
    // Claimed once more: thousands of claims must not mean thousands of checks.
    const auto first = checked_.begin() + static_cast<std::ptrdiff_t>(first_checked_);
    if (std::find(first, checked_.end(), definition) != checked_.end()) return;
    checked_.push_back(definition);
    if (DerivesFrom(structure, StructureId::FromNumber(definition->type_ref.structure))) {
      checker_.Check(*definition, node);
    } else {
      WrongType(canonical, definition->type, node);
    }
    return;
  }
  if (const auto base = FindBaseType(canonical)) {
    if (!DerivesFrom(structure, StructureId::FromNumber(base->structure))) {
      WrongType(canonical, canonical.substr(canonical.rfind('/') + 1), node);
    }
    return;
  }
  Unknown(canonical);
}

void ProfileWalk::WrongType(std::string_view canonical, std::string_view type, const Node& node) {
  log_.Add("Profile " + std::string(canonical) + " is for " + std::string(type) + ", not for " +
           std::string(TypeName(node)));
}

void ProfileWalk::Unknown(std::string_view canonical) {
  const Guide* guide = FindGuide(canonical);
  const bool passes = guide || set_->unknown == UnknownProfiles::kAllow;
  if (passes && !notices_) return;
  const std::string name(canonical);
  if (guide) {
    log_.Add(core::Severity::kInformation,
             "Profile " + name + " of " + std::string(guide->title) +
                 " is not checked: no package that is loaded defines it (--profiles DIR)");
  } else if (passes) {
    log_.Add(core::Severity::kInformation, "Profile " + name + " is not known and not checked");
  } else {
    log_.Add("Profile " + name +
             " is not known: load its package with --profiles DIR, or let unknown profiles pass "
             "with --unknown-profiles allow");
  }
}

void ProfileWalk::Inside(const json::Value& object) {
  for (const json::Value child : object) {
    if (!child.is_array() && !child.is_object()) continue;
    const std::string_view key = child.key();
    log_.Enter(key);
    if (child.is_array()) {
      if (key == "extension" || key == "modifierExtension") Extensions(child);
      InsideArray(child);
    } else if (key == "resource" && child.Find("resourceType")) {
      Nested(child, false);
    } else {
      Inside(child);
    }
    log_.Leave();
  }
}

void ProfileWalk::InsideArray(const json::Value& array) {
  const bool contained = array.key() == "contained";
  std::size_t index = 0;
  for (const json::Value item : array) {
    log_.SetIndex(index++);
    if (!item.is_object()) continue;
    if (contained && item.Find("resourceType")) {
      Nested(item, true);
    } else {
      Inside(item);
    }
  }
}

void ProfileWalk::Nested(const json::Value& value, bool contained) {
  const fhirpath::Environment outer = checker_.around();
  if (!contained) checker_.around().root_resource = {};
  Resource(value, {});
  checker_.around() = outer;
}

void ProfileWalk::Extensions(const json::Value& extensions) {
  static const std::uint16_t extension_structure = FindStructure("Extension").number();
  std::size_t index = 0;
  for (const json::Value extension : extensions) {
    log_.SetIndex(index++);
    const auto url = extension.Find("url");
    // A relative url is that of a part, which the whole extension's definition speaks of.
    if (!url || !url->is_string() || url->string().find(':') == std::string_view::npos) continue;
    const Definition* definition = set_->Find(url->string(), package_);
    if (definition && definition->type_ref.structure == extension_structure) {
      checker_.Check(*definition, {extension, {}, r4::Kind::kComplex, extension_structure});
    } else if (notices_) {
      log_.Add(core::Severity::kInformation, "Unknown extension " + std::string(url->string()));
    }
  }
}

}  // namespace healthlake::fhir
