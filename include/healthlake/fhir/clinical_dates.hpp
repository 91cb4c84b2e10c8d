// When the care took place that a resource tells of: what `start` and `end` of $everything select
// by (reference 6.1).
#pragma once

#include <span>
#include <string_view>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/search_text.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Where a type says it. A type has as many rows as its element has forms; one that has none is
// never selected by date.
struct ClinicalDate {
  std::string_view type;
  std::string_view path;  // JSON names from the resource down: "effectivePeriod", "period.start"
};
std::span<const ClinicalDate> ClinicalDates();  // rows of one type are neighbours

// Whether a date of `resource` lies in part or whole within `range`. A partial date stands for its
// whole interval, a Period without an end goes on. True for a type without such an element, and
// for a resource without a readable one: what is not known to lie outside is kept.
bool MayBeWithin(ResourceType type, const json::Value& resource, const DateInterval& range);

}  // namespace healthlake::fhir
