#include "search_shapes.hpp"

#include <algorithm>
#include <array>

#include "healthlake/json/document.hpp"
#include "search_store.hpp"

namespace healthlake::benchmark {
namespace {

#define LOINC "http://loinc.org|"
#define CATEGORY "http://terminology.hl7.org/CodeSystem/observation-category|"
#define PROFILE "http://hl7.org/fhir/StructureDefinition/"

constexpr auto kShapes = std::to_array<Shape>({
    {"token-rare", "Patient",
     "identifier=https://github.com/synthetichealth/synthea|{patient}&_count=20"},
    {"token-common", "Observation", "status=final&_count=20"},
    {"token-total", "Observation",
     "status=http://hl7.org/fhir/observation-status|final&_total=accurate&_count=0",
     Promise::kTotal},
    {"token-bare-total", "Observation", "status=final&_total=accurate&_count=0", Promise::kTotal},
    {"token-and-token", "Observation", "status=final&category=laboratory&_count=20"},
    {"and-total", "Observation", "status=final&category=laboratory&_total=accurate&_count=0",
     Promise::kTotalOfBoth},
    {"total-300000", "Observation", "category=" CATEGORY "laboratory&_total=accurate&_count=0",
     Promise::kTotal},
    {"date-total", "Observation", "date=ge2014-01-01&_total=accurate&_count=0",
     Promise::kTotalOfBoth},
    {"token-list", "Observation", "code=8302-2,29463-7,72514-3,8867-4&_count=20"},
    {"patient-code-date", "Observation",
     "patient={patient}&code=" LOINC "8302-2&date=ge2012-01-01&_count=20"},
    {"date-sorted", "Observation", "date=ge2019-01-01&date=lt2020-01-01&_sort=-date&_count=20"},
    {"code-date-sorted", "Observation", "code=" LOINC "72514-3&_sort=-date&_count=20"},
    {"patient-sorted", "Observation", "patient={patient}&_sort=-date&_count=20"},
    {"string-prefix", "Patient", "name={prefix}&_count=20"},
    {"string-contains", "Patient", "name:contains={infix}&_count=20"},
    {"string-exact", "Patient", "family:exact={family}&_count=20"},
    {"quantity-range", "Observation",
     "value-quantity=gt170|http://unitsofmeasure.org|cm&_count=20"},
    {"code-and-quantity", "Observation",
     "code=" LOINC "8302-2&value-quantity=gt170|http://unitsofmeasure.org|cm&_count=20"},
    {"composite", "Observation",
     "code-value-quantity=" LOINC "8302-2$gt170|http://unitsofmeasure.org|cm&_count=20"},
    {"composite-component", "Observation",
     "component-code-value-quantity=" LOINC "8480-6$gt140&_count=20"},
    {"chain", "Observation", "subject:Patient.family={family}&_count=20"},
    {"chain-identifier", "Condition", "patient.identifier={patient}&_count=20"},
    {"chain-broad", "Observation", "subject:Patient.gender=female&status=final&_count=20"},
    {"chain-nested", "Observation",
     "encounter:Encounter.service-provider:Organization.name={organization}&_count=20"},
    {"has", "Patient", "_has:Observation:patient:code=" LOINC "72514-3&_count=20"},
    {"has-nested", "Practitioner",
     "_has:Encounter:participant:_has:Condition:encounter:code=444814009&_count=20"},
    {"include", "Observation",
     "patient={patient}&_include=Observation:encounter&_include=Observation:subject&_count=9"},
    {"revinclude", "Encounter", "patient={patient}&_revinclude=Condition:encounter&_count=9"},
    {"sort-number", "RiskAssessment", "_sort=-probability&_count=20"},
    {"sort-date", "Observation", "_sort=-date&_count=20"},
    {"sort-quantity", "Observation", "code=" LOINC "8302-2&_sort=-value-quantity&_count=20"},
    {"sort-quantity-all", "Observation", "_sort=value-quantity&_count=20"},
    {"sort-string", "Patient", "_sort=family&_count=20"},
    {"sort-updated", "Observation", "_sort=-_lastUpdated&_count=20"},
    {"sort-two-keys", "Encounter", "patient={patient}&_sort=class,-date&_count=20"},
    {"sort-token", "Immunization", "_sort=vaccine-code&_count=20", Promise::kTextSort},
    {"sort-reference", "Immunization", "_sort=patient&_count=20", Promise::kTextSort},
    {"sort-uri", "RiskAssessment", "_sort=_source&_count=20", Promise::kTextSort},
    {"deep-page", "", "_count=20", Promise::kPage, 0.7},
    {"deep-page-type", "Observation", "status=final&_count=20", Promise::kPage, 0.7},
    {"deep-page-sorted", "Observation", "category=vital-signs&_sort=date&_count=20", Promise::kPage,
     0.7},
    {"not", "Observation", "status=final&category:not=laboratory&_count=20"},
    {"missing", "Observation", "value-quantity:missing=true&_count=20"},
    {"id-list", "Patient", "_id={patient},{patient},{patient},{patient},{patient}&_count=20"},
    {"reference-id", "Encounter", "subject={patient}&_count=20"},
    {"reference", "Encounter", "subject=Patient/{patient}&_count=20"},
    {"uri", "Observation", "_profile=" PROFILE "vitalsigns&_count=20"},
    {"last-updated", "Observation", "_lastUpdated=gt2020-01-01&_count=20"},
    {"whole-type", "Claim", "_count=20"},
    {"text", "CarePlan", "patient={patient}&_text=plan&_count=20", Promise::kNone},
});

#undef LOINC
#undef CATEGORY
#undef PROFILE

fhir::SearchLimits Limits() {
  fhir::SearchLimits limits;
  limits.rules = fhir::SearchRules::kR4;
  limits.datastore_id = kDatastoreId;
  return limits;
}

constexpr std::size_t kSampled = 200;

std::vector<datastore::SearchEntry> Found(datastore::View& view, std::string_view type,
                                          std::string_view query) {
  return view.Search(fhir::ParseSearchQuery(*fhir::FindResourceType(type), query, Limits()), {})
      .entries;
}

std::string TextOf(const std::optional<json::Value>& value) {
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

// What {name} stands for in the query of that number.
std::string Sample(std::string_view name, const Samples& samples, std::size_t number) {
  if (name == "organization") {
    if (samples.organizations.empty()) return "none";
    return samples.organizations[number % samples.organizations.size()];
  }
  if (samples.patients.empty()) return "none";
  const Samples::Patient& patient = samples.patients[number % samples.patients.size()];
  if (name == "patient") return patient.id;
  if (name == "prefix") return patient.family.substr(0, 4);
  if (name == "infix") return patient.family.substr(1, 4);
  return patient.family;
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') {
      out += "%20";
    } else if (c == '&') {
      out += "%26";
    } else if (c == ',' || c == '|' || c == '$') {
      out += std::string("%5C") + c;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::span<const Shape> AllShapes() {
  return kShapes;
}

Samples FindSamples(datastore::View& view) {
  Samples samples;
  json::Document document;
  // Whole families of ids come one after the other, so steps are taken over all that there are.
  const auto patients = Found(view, "Patient", "_count=10000");
  const std::size_t step = std::max<std::size_t>(1, patients.size() / kSampled);
  for (std::size_t i = 0; i < patients.size(); i += step) {
    if (document.Parse(patients[i].json)) continue;
    const auto names = document.root().Find("name");
    samples.patients.push_back({patients[i].id, {}});
    if (names && !names->empty()) {
      samples.patients.back().family = TextOf((*names->begin()).Find("family"));
    }
  }
  const auto organizations = Found(view, "Organization", "_count=10000");
  for (std::size_t i = 0; i < organizations.size(); i += 1 + organizations.size() / kSampled) {
    if (document.Parse(organizations[i].json)) continue;
    samples.organizations.push_back(TextOf(document.root().Find("name")));
  }
  return samples;
}

std::vector<fhir::SearchQuery> QueriesOf(const Shape& shape, const Samples& samples,
                                         std::size_t count) {
  std::vector<fhir::SearchQuery> queries;
  // Without samples all queries are the same.
  if (shape.query.find('{') == std::string_view::npos) count = 1;
  std::size_t number = 0;
  while (queries.size() < count) {
    std::string text;
    for (std::size_t at = 0; at < shape.query.size();) {
      const std::size_t open = std::min(shape.query.find('{', at), shape.query.size());
      text += shape.query.substr(at, open - at);
      if (open == shape.query.size()) break;
      const std::size_t close = shape.query.find('}', open);
      text += Escaped(Sample(shape.query.substr(open + 1, close - open - 1), samples, number));
      if (close + 1 < shape.query.size() && shape.query[close + 1] == ',') ++number;
      at = close + 1;
    }
    ++number;
    if (shape.type.empty()) {
      queries.push_back(fhir::ParseSystemQuery(text, Limits()));
    } else {
      queries.push_back(
          fhir::ParseSearchQuery(*fhir::FindResourceType(shape.type), text, Limits()));
    }
  }
  return queries;
}

}  // namespace healthlake::benchmark
