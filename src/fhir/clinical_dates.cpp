#include "healthlake/fhir/clinical_dates.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

constexpr auto kClinicalDates = std::to_array<ClinicalDate>({
    {"Account", "servicePeriod.start"},
    {"AdverseEvent", "date"},
    {"AllergyIntolerance", "recordedDate"},
    {"Appointment", "start"},
    {"AppointmentResponse", "start"},
    {"AuditEvent", "period.start"},
    {"Basic", "created"},
    {"CarePlan", "period.start"},
    {"CareTeam", "period.start"},
    {"ChargeItem", "occurrenceDateTime"},
    {"ChargeItem", "occurrencePeriod.start"},
    {"ChargeItem", "occurrenceTiming.event"},
    {"Claim", "billablePeriod.start"},
    {"ClaimResponse", "created"},
    {"ClinicalImpression", "date"},
    {"Communication", "sent"},
    {"CommunicationRequest", "occurrenceDateTime"},
    {"CommunicationRequest", "occurrencePeriod.start"},
    {"Composition", "date"},
    {"Condition", "recordedDate"},
    {"Consent", "dateTime"},
    {"Coverage", "period.start"},
    {"CoverageEligibilityRequest", "created"},
    {"CoverageEligibilityResponse", "created"},
    {"DetectedIssue", "identifiedDateTime"},
    {"DetectedIssue", "identifiedPeriod"},
    {"DeviceRequest", "authoredOn"},
    {"DeviceUseStatement", "recordedOn"},
    {"DiagnosticReport", "effectiveDateTime"},
    {"DiagnosticReport", "effectivePeriod"},
    {"DocumentManifest", "created"},
    {"DocumentReference", "context.period.start"},
    {"Encounter", "period.start"},
    {"EnrollmentRequest", "created"},
    {"EpisodeOfCare", "period.start"},
    {"ExplanationOfBenefit", "billablePeriod.start"},
    {"Flag", "period.start"},
    {"Goal", "statusDate"},
    {"ImagingStudy", "started"},
    {"Immunization", "recorded"},
    {"ImmunizationEvaluation", "date"},
    {"ImmunizationRecommendation", "date"},
    {"Invoice", "date"},
    {"List", "date"},
    {"MeasureReport", "period.start"},
    {"Media", "issued"},
    {"MedicationAdministration", "effectiveDateTime"},
    {"MedicationAdministration", "effectivePeriod"},
    {"MedicationDispense", "whenPrepared"},
    {"MedicationRequest", "authoredOn"},
    {"MedicationStatement", "dateAsserted"},
    {"NutritionOrder", "dateTime"},
    {"Observation", "effectiveDateTime"},
    {"Observation", "effectiveInstant"},
    {"Observation", "effectivePeriod"},
    {"Observation", "effectiveTiming.event"},
    {"Observation", "effectiveTiming.repeat.boundsPeriod"},
    {"Procedure", "performedDateTime"},
    {"Procedure", "performedPeriod"},
    {"Provenance", "occurredDateTime"},
    {"Provenance", "occurredPeriod.start"},
    {"QuestionnaireResponse", "authored"},
    {"RequestGroup", "authoredOn"},
    {"ResearchSubject", "period"},
    {"RiskAssessment", "occurrenceDateTime"},
    {"RiskAssessment", "occurrencePeriod.start"},
    {"Schedule", "planningHorizon"},
    {"ServiceRequest", "authoredOn"},
    {"Specimen", "receivedTime"},
    {"SupplyDelivery", "occurrenceDateTime"},
    {"SupplyDelivery", "occurrencePeriod.start"},
    {"SupplyDelivery", "occurrenceTiming.event"},
    {"SupplyRequest", "authoredOn"},
    {"VisionPrescription", "dateWritten"},
});
static_assert(std::is_sorted(kClinicalDates.begin(), kClinicalDates.end(),
                             [](const ClinicalDate& a, const ClinicalDate& b) {
                               return a.type < b.type;
                             }));

std::optional<json::Value> FindPath(json::Value value, std::string_view path) {
  while (true) {
    const std::size_t end = std::min(path.find('.'), path.size());
    const std::optional<json::Value> child = value.Find(path.substr(0, end));
    if (!child || end == path.size()) return child;
    value = *child;
    path.remove_prefix(end + 1);
  }
}

std::optional<DateInterval> ReadDate(const std::optional<json::Value>& value) {
  if (!value || !value->is_string()) return std::nullopt;
  return ParseDateInterval(value->string());
}

// A date, a Period, or several dates.
class DateCheck {
 public:
  explicit DateCheck(const DateInterval& range) : range_(range) {}

  void Read(const json::Value& value) {
    if (value.is_array()) {
      for (const json::Value one : value) Read(one);
    } else if (value.is_object()) {
      ReadPeriod(value);
    } else if (const auto date = ReadDate(value)) {
      Add(*date);
    }
  }

  bool dated() const noexcept { return dated_; }
  bool within() const noexcept { return within_; }

 private:
  void ReadPeriod(const json::Value& period) {
    const auto start = ReadDate(period.Find("start"));
    const auto end = ReadDate(period.Find("end"));
    if (!start && !end) return;
    Add({start ? start->from : kBeginningOfTime, end ? end->until : kEndOfTime});
  }
  void Add(const DateInterval& date) {
    dated_ = true;
    within_ = within_ || (date.from < range_.until && date.until > range_.from);
  }

  DateInterval range_;
  bool dated_ = false;
  bool within_ = false;
};

// By type number.
std::vector<std::span<const ClinicalDate>> RowsByType() {
  std::vector<std::span<const ClinicalDate>> rows(AllResourceTypes().size() + 1);
  for (const ResourceType type : AllResourceTypes()) {
    const auto [first, last] = std::equal_range(
        kClinicalDates.begin(), kClinicalDates.end(), ClinicalDate{NameOf(type), {}},
        [](const ClinicalDate& a, const ClinicalDate& b) { return a.type < b.type; });
    rows[type.number()] = {first, last};
  }
  return rows;
}

}  // namespace

std::span<const ClinicalDate> ClinicalDates() {
  return kClinicalDates;
}

bool MayBeWithin(ResourceType type, const json::Value& resource, const DateInterval& range) {
  static const std::vector<std::span<const ClinicalDate>> rows = RowsByType();
  DateCheck check(range);
  for (const ClinicalDate& row : rows[type.number()]) {
    if (const auto value = FindPath(resource, row.path)) check.Read(*value);
  }
  return check.within() || !check.dated();
}

}  // namespace healthlake::fhir
