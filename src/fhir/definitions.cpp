#include "healthlake/fhir/definitions.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "fhir/r4/tables.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::array<std::string_view, 9> kSearchTypeNames = {
    "number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"};

// The public form of the rows, made at first use: the rows themselves stay plain data that costs
// nothing to compile or to load.
struct Params {
  std::vector<ResourceType> types;
  std::vector<ResourceType> targets;
  std::vector<ParamId> components;
  std::vector<ParamId> compartment_params;
  std::vector<SearchParam> params;  // [id - 1]

  Params() {
    for (std::uint16_t number = 1; number <= r4::kTypeCount; ++number) {
      types.push_back(ResourceType::FromNumber(static_cast<std::uint8_t>(number)));
    }
    CollectLists();
    params.reserve(r4::kParamCount);
    for (std::uint16_t number = 1; number <= r4::kParamCount; ++number) {
      const r4::ParamRow& row = r4::kParams[number];
      SearchParam param;
      param.id = ParamId::FromNumber(number);
      param.base = ResourceType::FromNumber(row.base);
      param.type = static_cast<SearchType>(row.type);
      param.origin = static_cast<ParamOrigin>(row.origin);
      param.code = r4::View(row.code);
      param.definition = r4::View(row.definition);
      param.targets = std::span(targets).subspan(row.first_target, row.target_count);
      param.components = std::span(components).subspan(row.first_component, row.component_count);
      params.push_back(param);
    }
  }

 private:
  void CollectLists() {
    std::size_t component_count = 0;
    std::size_t target_count = 0;
    for (std::uint16_t number = 1; number <= r4::kParamCount; ++number) {
      const r4::ParamRow& row = r4::kParams[number];
      component_count = std::max<std::size_t>(
          component_count, row.first_component + std::size_t{row.component_count});
      target_count =
          std::max<std::size_t>(target_count, row.first_target + std::size_t{row.target_count});
    }
    for (std::size_t i = 0; i < target_count; ++i) {
      targets.push_back(ResourceType::FromNumber(r4::kTargets[i]));
    }
    for (std::size_t i = 0; i < component_count; ++i) {
      components.push_back(ParamId::FromNumber(r4::kComponents[i]));
    }
    std::size_t compartment_count = 0;
    for (std::uint16_t i = 0; i < r4::kCompartmentCount; ++i) {
      const r4::CompartmentRow& row = r4::kCompartments[i];
      compartment_count =
          std::max<std::size_t>(compartment_count, row.first + std::size_t{row.count});
    }
    for (std::size_t i = 0; i < compartment_count; ++i) {
      compartment_params.push_back(ParamId::FromNumber(r4::kCompartmentParams[i]));
    }
  }
};

const Params& Loaded() {
  static const Params params;
  return params;
}

bool IsType(ResourceType type) {
  return type.number() > 0 && type.number() <= r4::kTypeCount;
}

}  // namespace

std::string_view NameOf(ResourceType type) {
  return IsType(type) ? r4::View(r4::kTypes[type.number()].name) : std::string_view();
}

std::optional<ResourceType> FindResourceType(std::string_view name) {
  const std::uint8_t number =
      r4::kTypeSlots[r4::SlotOf(r4::NameHash(name), r4::kTypeSeed, r4::kTypeSlotBits)];
  if (number == 0 || !r4::SameName(r4::View(r4::kTypes[number].name), name)) return std::nullopt;
  return ResourceType::FromNumber(number);
}

std::span<const ResourceType> AllResourceTypes() {
  return Loaded().types;
}

bool SupportedByHealthLake(ResourceType type) {
  return IsType(type) && r4::kTypes[type.number()].supported != 0;
}

std::string_view NameOf(SearchType type) {
  return kSearchTypeNames[static_cast<std::size_t>(type)];
}

std::span<const SearchParam> AllSearchParams() {
  return Loaded().params;
}

std::span<const SearchParam> SearchParamsOf(ResourceType type) {
  if (!IsType(type)) return {};
  const r4::TypeRow& row = r4::kTypes[type.number()];
  return AllSearchParams().subspan(row.first_param - 1U, row.param_count);
}

const SearchParam* FindSearchParam(ResourceType type, std::string_view code) {
  const std::span<const SearchParam> params = SearchParamsOf(type);
  const auto found = std::ranges::lower_bound(params, code, {}, &SearchParam::code);
  return found != params.end() && found->code == code ? &*found : nullptr;
}

const SearchParam* FindSearchParam(ParamId id) {
  const std::span<const SearchParam> params = AllSearchParams();
  return id.number() > 0 && id.number() <= params.size() ? &params[id.number() - 1U] : nullptr;
}

std::uint64_t DefinitionsHash() {
  return r4::kDefinitionsHash;
}

std::span<const ParamId> CompartmentParams(ResourceType compartment, ResourceType type) {
  const std::span<const r4::CompartmentRow> rows(r4::kCompartments, r4::kCompartmentCount);
  const auto key = [](const r4::CompartmentRow& row) {
    return std::pair(row.compartment, row.type);
  };
  const auto found =
      std::ranges::lower_bound(rows, std::pair(compartment.number(), type.number()), {}, key);
  if (found == rows.end() || key(*found) != std::pair(compartment.number(), type.number())) {
    return {};
  }
  return std::span(Loaded().compartment_params).subspan(found->first, found->count);
}

}  // namespace healthlake::fhir
