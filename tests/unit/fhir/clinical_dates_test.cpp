#include "healthlake/fhir/clinical_dates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "healthlake/core/time_text.hpp"

namespace healthlake::fhir {
namespace {

ResourceType Type(std::string_view name) {
  return FindResourceType(name).value();
}

// The table of reference 6.1, element by element; "none" are its types without a date.
const std::map<std::string, std::set<std::string>>& Reference() {
  static const std::map<std::string, std::set<std::string>> rows = {
      {"Account", {"servicePeriod.start"}},
      {"AdverseEvent", {"date"}},
      {"AllergyIntolerance", {"recordedDate"}},
      {"Appointment", {"start"}},
      {"AppointmentResponse", {"start"}},
      {"AuditEvent", {"period.start"}},
      {"Basic", {"created"}},
      {"CarePlan", {"period.start"}},
      {"CareTeam", {"period.start"}},
      {"ChargeItem", {"occurrenceDateTime", "occurrencePeriod.start", "occurrenceTiming.event"}},
      {"Claim", {"billablePeriod.start"}},
      {"ExplanationOfBenefit", {"billablePeriod.start"}},
      {"ClaimResponse", {"created"}},
      {"ClinicalImpression", {"date"}},
      {"Composition", {"date"}},
      {"Communication", {"sent"}},
      {"CommunicationRequest", {"occurrenceDateTime", "occurrencePeriod.start"}},
      {"Condition", {"recordedDate"}},
      {"Consent", {"dateTime"}},
      {"Coverage", {"period.start"}},
      {"CoverageEligibilityRequest", {"created"}},
      {"CoverageEligibilityResponse", {"created"}},
      {"DetectedIssue", {"identified"}},
      {"DeviceUseStatement", {"recordedOn"}},
      {"DiagnosticReport", {"effective"}},
      {"DocumentManifest", {"created"}},
      {"DocumentReference", {"context.period.start"}},
      {"Encounter", {"period.start"}},
      {"EpisodeOfCare", {"period.start"}},
      {"Flag", {"period.start"}},
      {"EnrollmentRequest", {"created"}},
      {"Goal", {"statusDate"}},
      {"ImagingStudy", {"started"}},
      {"Immunization", {"recorded"}},
      {"ImmunizationEvaluation", {"date"}},
      {"ImmunizationRecommendation", {"date"}},
      {"Invoice", {"date"}},
      {"List", {"date"}},
      {"MeasureReport", {"period.start"}},
      {"Media", {"issued"}},
      {"MedicationAdministration", {"effective"}},
      {"MedicationDispense", {"whenPrepared"}},
      {"MedicationRequest", {"authoredOn"}},
      {"MedicationStatement", {"dateAsserted"}},
      {"NutritionOrder", {"dateTime"}},
      {"Observation", {"effective"}},
      {"Procedure", {"performed"}},
      {"Provenance", {"occurredPeriod.start", "occurredDateTime"}},
      {"QuestionnaireResponse", {"authored"}},
      {"RequestGroup", {"authoredOn"}},
      {"ServiceRequest", {"authoredOn"}},
      {"SupplyRequest", {"authoredOn"}},
      {"DeviceRequest", {"authoredOn"}},
      {"ResearchSubject", {"period"}},
      {"RiskAssessment", {"occurrenceDateTime", "occurrencePeriod.start"}},
      {"Schedule", {"planningHorizon"}},
      {"Specimen", {"receivedTime"}},
      {"SupplyDelivery",
       {"occurrenceDateTime", "occurrencePeriod.start", "occurrenceTiming.event"}},
      {"VisionPrescription", {"dateWritten"}},
      {"BodyStructure", {}},
      {"FamilyMemberHistory", {}},
      {"Group", {}},
      {"MolecularSequence", {}},
      {"Patient", {}},
      {"Person", {}},
      {"RelatedPerson", {}},
  };
  return rows;
}

// The row's path in the words of the reference: a choice goes by its element's name when the
// reference names the element, and then any of its forms may hold the date.
std::string ElementOf(const ClinicalDate& row, const std::set<std::string>& named) {
  const std::string path(row.path);
  if (named.contains(path)) return path;
  const Element* element = FindElement(StructureOf(Type(row.type)), path.substr(0, path.find('.')));
  return element == nullptr ? path : std::string(element->name);
}

// The type of the element that a path leads to; empty when it leads nowhere.
std::string LeafTypeOf(const ClinicalDate& row) {
  StructureId structure = StructureOf(Type(row.type));
  std::string_view path = row.path;
  while (true) {
    const std::string_view name = path.substr(0, path.find('.'));
    const Element* element = FindElement(structure, name);
    if (element == nullptr) return {};
    const auto form = std::find_if(element->types.begin(), element->types.end(),
                                   [&](const ElementType& type) { return type.json_name == name; });
    if (form == element->types.end()) return {};
    if (name.size() == path.size()) return std::string(form->code);
    structure = form->structure;
    path.remove_prefix(name.size() + 1);
  }
}

TEST(ClinicalDatesTest, AreThoseOfTheReference) {
  std::map<std::string, std::set<std::string>> found;
  for (const ClinicalDate& row : ClinicalDates()) {
    const auto reference = Reference().find(std::string(row.type));
    ASSERT_NE(reference, Reference().end()) << row.type;
    found[std::string(row.type)].insert(ElementOf(row, reference->second));
  }
  for (const auto& [type, elements] : Reference()) EXPECT_EQ(found[type], elements) << type;
}

TEST(ClinicalDatesTest, LieInElementsThatHoldDates) {
  for (const ClinicalDate& row : ClinicalDates()) {
    EXPECT_THAT((std::set<std::string>{"date", "dateTime", "instant", "Period"}),
                ::testing::Contains(LeafTypeOf(row)))
        << row.type << '.' << row.path;
  }
}

TEST(ClinicalDatesTest, CoverThePatientCompartment) {
  for (const ResourceType type : AllResourceTypes()) {
    if (CompartmentParams(Type("Patient"), type).empty()) continue;
    EXPECT_TRUE(Reference().contains(std::string(NameOf(type)))) << NameOf(type);
  }
}

struct DateCase {
  const char* resource;
  const char* from;
  const char* until;
  bool kept;
};

TEST(ClinicalDatesTest, SelectByOverlap) {
  json::Document document;
  for (
      const DateCase& c : {
          // A day, and ranges that begin or end with it.
          DateCase{R"({"resourceType":"Condition","recordedDate":"2020-05-10"})", "2020-05-10",
                   "2020-05-10", true},
          DateCase{R"({"resourceType":"Condition","recordedDate":"2020-05-10"})", "2020-05-11",
                   "2020-06", false},
          DateCase{R"({"resourceType":"Condition","recordedDate":"2020-05-10"})", "2019",
                   "2020-05-09", false},
          // A partial date is all of its days.
          DateCase{R"({"resourceType":"Condition","recordedDate":"2020-05"})", "2020-05-31",
                   "2020-12", true},
          DateCase{R"({"resourceType":"Condition","recordedDate":"2020"})", "2021", "2021", false},
          // Zones count.
          DateCase{R"({"resourceType":"Goal","statusDate":"2020-01-01T00:30:00+01:00"})",
                   "2020-01-01", "2020-12-31", false},
          // Only the start counts where the table says so.
          DateCase{
              R"({"resourceType":"Encounter","period":{"start":"2020-01-01","end":"2020-03-01"}})",
              "2020-02-01", "2020-02-28", false},
          DateCase{
              R"({"resourceType":"Encounter","period":{"start":"2020-01-01","end":"2020-03-01"}})",
              "2020-01-01", "2020-01-02", true},
          // Elsewhere the whole period, an absent end being open.
          DateCase{
              R"({"resourceType":"Procedure","performedPeriod":{"start":"2020-01-01","end":"2020-03-01"}})",
              "2020-02-01", "2020-02-28", true},
          DateCase{R"({"resourceType":"Procedure","performedPeriod":{"start":"2020-01-01"}})",
                   "2025", "2025", true},
          DateCase{R"({"resourceType":"Procedure","performedPeriod":{"end":"2020-03-01"}})", "2019",
                   "2019", true},
          DateCase{R"({"resourceType":"Procedure","performedPeriod":{"end":"2020-03-01"}})",
                   "2020-04", "2021", false},
          // Any moment of a Timing.
          DateCase{
              R"({"resourceType":"ChargeItem","occurrenceTiming":{"event":["2019-01-01","2020-01-01"]}})",
              "2020", "2020", true},
          DateCase{
              R"({"resourceType":"ChargeItem","occurrenceTiming":{"event":["2019-01-01","2020-01-01"]}})",
              "2021", "2022", false},
          DateCase{
              R"({"resourceType":"Observation","effectiveTiming":{"repeat":{"boundsPeriod":{"start":"2020-01-01"}}}})",
              "2019", "2019", false},
          DateCase{
              R"({"resourceType":"DocumentReference","context":{"period":{"start":"2020-01-01"}}})",
              "2020", "2020", true},
          DateCase{
              R"({"resourceType":"DocumentReference","context":{"period":{"start":"2020-01-01"}}})",
              "2021", "2021", false},
          // No such element, nothing readable in it, none in the type: kept.
          DateCase{R"({"resourceType":"Condition"})", "2020", "2020", true},
          DateCase{R"({"resourceType":"Condition","recordedDate":"soon"})", "2020", "2020", true},
          DateCase{R"({"resourceType":"Encounter","period":{}})", "2020", "2020", true},
          DateCase{R"({"resourceType":"Procedure","performedPeriod":{}})", "2020", "2020", true},
          DateCase{R"({"resourceType":"Procedure","performedString":"in May"})", "2020", "2020",
                   true},
          DateCase{R"({"resourceType":"Patient","birthDate":"1970-01-01"})", "2020", "2020", true},
          DateCase{R"({"resourceType":"Organization"})", "2020", "2020", true},
      }) {
    ASSERT_FALSE(document.Parse(c.resource)) << c.resource;
    const DateInterval range{ParseDateInterval(c.from)->from, ParseDateInterval(c.until)->until};
    const ResourceType type = Type(document.root().Find("resourceType")->string());
    EXPECT_EQ(MayBeWithin(type, document.root(), range), c.kept)
        << c.resource << ' ' << c.from << ' ' << c.until;
  }
}

}  // namespace
}  // namespace healthlake::fhir
