#include "healthlake/fhir/param_cardinality.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "fhir/r4/tables.hpp"

namespace healthlake::fhir {
namespace {

using r4::Extractor;

// Those that make one value of one element.
constexpr auto kOfOneValue = std::to_array<Extractor>(
    {Extractor::kDatePeriod, Extractor::kDateText, Extractor::kDateTiming, Extractor::kNumber,
     Extractor::kNumberRange, Extractor::kQuantity, Extractor::kQuantityMoney,
     Extractor::kQuantityRange, Extractor::kQuantitySampled, Extractor::kServerLastUpdated});

// By parameter: at most so many values, where more than one is "several".
using Counts = std::map<std::uint16_t, int>;
constexpr int kSeveral = 2;

void AddActions(const r4::NodeRow& node, Counts& counts) {
  for (std::size_t i = 0; i < node.action_count; ++i) {
    const r4::ActionRow& action = r4::kActions[node.first_action + i];
    const bool one = action.step_count == 0 &&
                     std::ranges::find(kOfOneValue, action.extractor) != kOfOneValue.end();
    for (std::size_t s = 0; s < action.sink_count; ++s) {
      const r4::SinkRow& sink = r4::kSinks[action.first_sink + s];
      if ((sink.to & r4::kSlotSink) == 0) counts[sink.to] += one ? 1 : kSeveral;
    }
  }
}

// The tries have no circles.
Counts CountValues(const r4::NodeRow& node, std::uint16_t structure) {
  Counts counts;
  AddActions(node, counts);
  if (!node.has_edges || structure == 0) return counts;
  const r4::StructureRow& row = r4::kStructures[structure];
  // Of an element's types a resource has one.
  std::map<std::uint8_t, Counts> by_element;
  for (std::size_t i = 0; i < row.member_count; ++i) {
    const std::uint16_t next = r4::kEdges[node.first_edge + i];
    if (next == 0) continue;
    const r4::MemberRow& member = r4::kMembers[row.first_member + i];
    const int times = (member.flags & r4::kArray) != 0 ? kSeveral : 1;
    for (const auto& [param, count] : CountValues(r4::kNodes[next], member.structure)) {
      int& most = by_element[member.element][param];
      most = std::max(most, times * count);
    }
  }
  for (const auto& [element, of_element] : by_element) {
    for (const auto& [param, count] : of_element) counts[param] += count;
  }
  return counts;
}

std::vector<bool> FindSingle() {
  std::vector<bool> single(r4::kParamCount + std::size_t{1});
  for (const ResourceType type : AllResourceTypes()) {
    const r4::TypeRow& row = r4::kTypes[type.number()];
    for (const auto& [param, count] : CountValues(r4::kNodes[row.node], row.structure)) {
      single[param] = count == 1;
    }
    single[row.created_param] = true;
  }
  return single;
}

}  // namespace

bool HasOneValue(ParamId id) {
  static const std::vector<bool> single = FindSingle();
  return id.number() < single.size() && single[id.number()];
}

}  // namespace healthlake::fhir
