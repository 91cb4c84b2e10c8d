// Random resources that refer to each other, from small vocabularies, so that values meet.
#pragma once

#include <array>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

namespace healthlake::fhir::search_property {

inline constexpr std::array<std::string_view, 10> kTypes = {
    "Patient",   "Organization",      "Location",       "Encounter", "Observation",
    "Condition", "MedicationRequest", "RiskAssessment", "ValueSet",  "List"};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t Below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_);
  }
  bool Chance(std::size_t percent) { return Below(100) < percent; }
  std::string Pick(std::initializer_list<std::string_view> all) {
    return std::string(*(all.begin() + Below(all.size())));
  }

 private:
  std::mt19937 engine_;
};

class ResourceGenerator {
 public:
  explicit ResourceGenerator(Random& random) : random_(random) {}

  std::string Id();
  std::string Resource(std::string_view type, const std::string& id);

  std::string Date();
  std::string Number();
  std::string Code();
  std::string System();
  std::string Unit();

 private:
  std::string Patient();
  std::string Organization();
  std::string Location();
  std::string Encounter();
  std::string Observation();
  std::string Condition();
  std::string MedicationRequest();
  std::string RiskAssessment();
  std::string ValueSet();
  std::string List();

  // `"name":value,`, or nothing, by chance.
  std::string Maybe(std::string_view name, const std::string& value, std::size_t percent = 60);
  std::string MaybeText(std::string_view name, const std::string& text, std::size_t percent = 60);
  std::string Meta();
  std::string Coding();
  std::string Concept();
  std::string Identifier();
  std::string Telecom();
  std::string Address();
  std::string Word();
  std::string Period();
  std::string Quantity();
  std::string ReferenceTo(std::initializer_list<std::string_view> types);
  std::string ObservationValue();

  Random& random_;
};

}  // namespace healthlake::fhir::search_property
