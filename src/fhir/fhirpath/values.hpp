// System values of items, and the relations between items.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/fhirpath/item.hpp"

namespace healthlake::fhir::fhirpath {

// The System value that an item is or stands for: a primitive element its value, an element
// Quantity a Quantity. nullopt: it has none.
std::optional<Item> SystemValue(const Item& item);

// What it costs to read or compare the item, in steps.
std::size_t CostOf(const Item& item) noexcept;

// kUnknown: dates of different precision, values that are missing.
Truth Equal(const Item& a, const Item& b);
Truth Equivalent(const Item& a, const Item& b);
// Items that are Equal have the same.
std::uint64_t HashOf(const Item& item);

enum class Order : std::uint8_t { kLess, kEqual, kGreater, kUnknown, kIncomparable };
Order CompareValues(const Item& a, const Item& b);

std::string ToText(const Item& value);  // of a System value, as toString() gives it

}  // namespace healthlake::fhir::fhirpath
