// Index values as text, so that two ways to get them can be compared and shown.
#pragma once

#include <cstdio>
#include <string>

#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {

// One value, not a composite. The system that an element's binding implies is left out: it does not
// stand in the resource.
inline std::string TextOf(const IndexValue& value) {
  const auto number = [](double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.15g", x);
    return std::string(text);
  };
  const std::string text(value.text);
  const std::string system(value.system);
  switch (value.kind) {
    case ValueKind::kToken: {
      // A ContactPoint's "phone" stands in the resource; the URI of a code's system does not.
      const bool absent = value.system_implied && system.find(':') != std::string::npos;
      return "token " + (absent ? "" : system) + "|" + text;
    }
    case ValueKind::kIdentifier:
      return "identifier of token " + system + "|" + text;
    case ValueKind::kReference:
      return "reference " + text + " to " + std::string(NameOf(value.target));
    case ValueKind::kUri:
      return "uri " + text;
    case ValueKind::kDate:
      return "date " + std::to_string(value.from) + " " + std::to_string(value.until);
    case ValueKind::kNumber:
      return "number " + text + " " + number(value.low) + " " + number(value.high);
    case ValueKind::kQuantity:
      return "quantity " + text + " " + number(value.low) + " " + number(value.high) + " " +
             system + "|" + std::string(value.code) + "|" + std::string(value.unit);
    case ValueKind::kString:
      return "string " + text;
    case ValueKind::kPosition:
      return "position " + number(value.low) + " " + number(value.high);
    case ValueKind::kTokenText:
      return "text " + text;
    case ValueKind::kTypedIdentifier:
      return "typed identifier " + system + "|" + std::string(value.code) + "|" + text;
    case ValueKind::kComposite:
      break;
  }
  return "composite";
}

}  // namespace healthlake::fhir
