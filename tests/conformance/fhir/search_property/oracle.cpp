#include "conformance/fhir/search_property/oracle.hpp"

#include <cmath>
#include <deque>
#include <stdexcept>

#include "conformance/fhir/oracle_values.hpp"
#include "conformance/fhir/search_property/question.hpp"
#include "fhir/fhirpath/item.hpp"
#include "fhir/fhirpath/types.hpp"

namespace healthlake::fhir::search_property {
namespace {

// The code systems behind elements of type code (their required bindings, as the pages of the
// resource types give them). Other codes have no system here, and none is asked for.
const std::map<std::string, std::string> kImpliedSystems = {
    {"Patient.gender", "http://hl7.org/fhir/administrative-gender"},
    {"Observation.status", "http://hl7.org/fhir/observation-status"},
    {"Encounter.status", "http://hl7.org/fhir/encounter-status"},
    {"MedicationRequest.intent", "http://hl7.org/fhir/CodeSystem/medicationrequest-intent"},
    {"ValueSet.status", "http://hl7.org/fhir/publication-status"},
    {"Location.status", "http://hl7.org/fhir/location-status"},
};

std::optional<Decimal> End(double number) {
  if (std::isinf(number)) return std::nullopt;
  return Decimal::FromDouble(number);
}

Value Owned(const IndexValue& from) {
  Value value;
  value.kind = from.kind;
  value.system_implied = from.system_implied;
  value.text = from.text;
  value.system = from.system;
  value.code = from.code;
  value.unit = from.unit;
  value.from = from.from;
  value.until = from.until;
  if (from.kind == ValueKind::kReference) value.text = LocalName(value.text);
  if (from.kind == ValueKind::kNumber || from.kind == ValueKind::kQuantity) {
    value.low = from.text.empty() ? End(from.low) : Decimal::Parse(from.text);
    value.high = from.text.empty() ? End(from.high) : Decimal::Parse(from.text);
  }
  return value;
}

std::string TextIn(const json::Value& object, std::string_view name) {
  const auto member = object.Find(name);
  return member && member->is_string() ? std::string(member->string()) : std::string();
}

void AddName(const json::Value& object, std::string_view member, Values& out) {
  Value value;
  value.kind = ValueKind::kTokenText;
  value.text = TextIn(object, member);
  if (!value.text.empty()) out.push_back(value);
}

// What people call a token (search.html, :text): CodeableConcept.text, Coding.display, and those of
// Identifier.type; and the codings of Identifier.type (:of-type).
void AddNames(const fhirpath::Item& item, Values& out) {
  if (!item.IsElement() || !item.node().value.exists() || !item.node().value.is_object()) return;
  const json::Value& value = item.node().value;
  const std::string_view type = r4::View(r4::kStructures[item.node().structure].path);
  if (type == "Coding") {
    AddName(value, "display", out);
  } else if (type == "CodeableConcept") {
    AddName(value, "text", out);
    if (const auto codings = value.Find("coding")) {
      for (const json::Value coding : *codings) AddName(coding, "display", out);
    }
  } else if (type == "Identifier") {
    const auto kind = value.Find("type");
    if (!kind) return;
    AddName(*kind, "text", out);
    const auto codings = kind->Find("coding");
    if (!codings) return;
    for (const json::Value coding : *codings) {
      Value typed;
      typed.kind = ValueKind::kTypedIdentifier;
      typed.system = TextIn(coding, "system");
      typed.code = TextIn(coding, "code");
      typed.text = TextIn(value, "value");
      out.push_back(typed);
      AddName(coding, "display", out);
    }
  }
}

}  // namespace

Values Oracle::Find(const json::Value& resource, const SearchParam& param) {
  environment_ = {};
  environment_.resource = fhirpath::NodeOfResource(resource);
  environment_.root_resource = environment_.resource;
  const auto found = definitions_.find(std::string(param.definition));
  if (found == definitions_.end()) return {};
  if (param.type == SearchType::kComposite) return Composites(found->second);
  return Simple(param, found->second);
}

std::vector<fhirpath::Item> Oracle::Evaluate(const fhirpath::Expression& expression,
                                             const fhirpath::Node& focus) {
  const auto items = evaluator_.Evaluate(expression, focus, environment_);
  if (!evaluator_.error().empty()) throw std::runtime_error(std::string(evaluator_.error()));
  return {items.begin(), items.end()};
}

Values Oracle::Simple(const SearchParam& param, const oracle::Definition& definition) {
  Values out;
  const auto implied =
      kImpliedSystems.find(std::string(NameOf(param.base)) + "." + std::string(param.code));
  std::deque<std::string> texts;
  for (const fhirpath::Expression& expression : definition.alternatives) {
    const auto items = Evaluate(expression, environment_.resource);
    for (const IndexValue& value : oracle::IndexValuesOf(items, param.type, texts)) {
      out.push_back(Owned(value));
      if (value.kind != ValueKind::kToken || implied == kImpliedSystems.end()) continue;
      out.back().system = implied->second;
      out.back().system_implied = true;
    }
    if (param.type != SearchType::kToken) continue;
    for (const fhirpath::Item& item : items) AddNames(item, out);
  }
  return out;
}

Values Oracle::Composites(const oracle::Definition& definition) {
  Values out;
  std::deque<std::string> texts;
  for (const fhirpath::Expression& alternative : definition.alternatives) {
    for (const fhirpath::Item& base : Evaluate(alternative, environment_.resource)) {
      Value whole;
      whole.kind = ValueKind::kComposite;
      Values combined = {whole};
      for (const oracle::Component& component : definition.components) {
        Values longer;
        const auto items = Evaluate(component.expression, base.node());
        for (const IndexValue& value : oracle::IndexValuesOf(items, component.type, texts)) {
          if (value.kind == ValueKind::kIdentifier) continue;
          for (const Value& start : combined) {
            longer.push_back(start);
            longer.back().parts.push_back(Owned(value));
          }
        }
        combined = std::move(longer);
      }
      out.insert(out.end(), combined.begin(), combined.end());
    }
  }
  return out;
}

}  // namespace healthlake::fhir::search_property
