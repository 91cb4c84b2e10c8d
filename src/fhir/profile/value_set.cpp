#include "fhir/profile/value_set.hpp"

#include <algorithm>
#include <utility>

namespace healthlake::fhir {
namespace {

using Part = ComposedCodeSet::Part;

Membership Own(const Part& part, std::string_view code) {
  if (part.unknown) return Membership::kUnknown;
  return part.any_system || !part.listed || part.codes.contains(code) ? Membership::kYes
                                                                      : Membership::kNo;
}

template <class Ask>
Membership InAll(const Part& part, Membership own, const Ask& ask) {
  for (const auto& set : part.value_sets) {
    if (own == Membership::kNo) break;
    own = std::min(own, ask(*set));
  }
  return own;
}

Membership Holds(const Part& part, std::string_view system, std::string_view code) {
  if (!part.any_system && system != part.system) return Membership::kNo;
  return InAll(part, Own(part, code), [&](const CodeSet& set) { return set.Holds(system, code); });
}

Membership HoldsCode(const Part& part, std::string_view code) {
  return InAll(part, Own(part, code), [&](const CodeSet& set) { return set.HoldsCode(code); });
}

template <class Ask>
Membership Compose(const std::vector<Part>& included, const std::vector<Part>& excluded,
                   const Ask& ask) {
  Membership held = Membership::kNo;
  for (const Part& part : included) held = std::max(held, ask(part));
  if (held == Membership::kNo) return held;
  for (const Part& part : excluded) {
    if (ask(part) == Membership::kYes) return Membership::kNo;
    if (ask(part) == Membership::kUnknown) held = Membership::kUnknown;
  }
  return held;
}

}  // namespace

Membership BaseCodeSet::Holds(std::string_view system, std::string_view code) const {
  return !system.empty() && HasCoding(id_, system, code) ? Membership::kYes : Membership::kNo;
}

Membership BaseCodeSet::HoldsCode(std::string_view code) const {
  return HasCode(id_, code) ? Membership::kYes : Membership::kNo;
}

ComposedCodeSet::ComposedCodeSet(std::vector<Part> included, std::vector<Part> excluded)
    : included_(std::move(included)), excluded_(std::move(excluded)) {}

Membership ComposedCodeSet::Holds(std::string_view system, std::string_view code) const {
  if (system.empty()) return Membership::kNo;
  return Compose(included_, excluded_,
                 [&](const Part& part) { return fhir::Holds(part, system, code); });
}

Membership ComposedCodeSet::HoldsCode(std::string_view code) const {
  return Compose(included_, excluded_,
                 [&](const Part& part) { return fhir::HoldsCode(part, code); });
}

}  // namespace healthlake::fhir
