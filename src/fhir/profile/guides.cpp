#include "fhir/profile/guides.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace healthlake::fhir {
namespace {

// A guide stands more than once where its canonical has changed.
constexpr Guide kGuides[] = {
    {"US Core", "http://hl7.org/fhir/us/core/", "hl7.fhir.us.core", "3.1.1"},
    {"UK Core", "https://fhir.hl7.org.uk/", "fhir.r4.ukcore.stu2", "2.0.1"},
    {"CARIN Blue Button", "http://hl7.org/fhir/us/carin-bb/", "hl7.fhir.us.carin-bb", "1.1.0"},
    {"Da Vinci PDex", "http://hl7.org/fhir/us/davinci-pdex/", "hl7.fhir.us.davinci-pdex", "1.0.0"},
    {"HRex", "http://hl7.org/fhir/us/davinci-hrex/", "hl7.fhir.us.davinci-hrex", "0.2.0"},
    {"PDex Plan Net", "http://hl7.org/fhir/us/davinci-pdex-plan-net/",
     "hl7.fhir.us.davinci-pdex-plan-net", "1.1.0"},
    {"PDex Drug Formulary", "http://hl7.org/fhir/us/davinci-drug-formulary/",
     "hl7.fhir.us.davinci-drug-formulary", "1.1.0"},
    {"PDex Drug Formulary", "http://hl7.org/fhir/us/Davinci-drug-formulary/", "", ""},
    {"CDex", "http://hl7.org/fhir/us/davinci-cdex/", "hl7.fhir.us.davinci-cdex", "2.1.0"},
    {"PAS", "http://hl7.org/fhir/us/davinci-pas/", "hl7.fhir.us.davinci-pas", "2.1.0"},
    {"NCQA HEDIS", "http://ncqa.org/fhir/", "", ""},
    {"NCQA HEDIS", "https://ncqa.org/fhir/", "", ""},
    {"NCQA HEDIS", "https://www.ncqa.org/fhir/", "", ""},
    {"IPS", "http://hl7.org/fhir/uv/ips/", "hl7.fhir.uv.ips", "2.0.0-ballot"},
    {"Quality Measures", "http://hl7.org/fhir/us/cqfmeasures/", "hl7.fhir.us.cqfmeasures", "5.0.0"},
    {"Genomics Reporting", "http://hl7.org/fhir/uv/genomics-reporting/",
     "hl7.fhir.uv.genomics-reporting", "3.0.0"},
    {"ABDM", "https://nrces.in/ndhm/fhir/r4/", "ndhm.in", "2.0.0"},
    {"CA Core+, CA:eReC, PS-CA", "http://fhir.infoway-inforoute.ca/io/", "", ""},
    {"Ontario DHDR", "http://ehealthontario.ca/", "", ""},
    {"AU Core", "http://hl7.org.au/fhir/core/", "hl7.fhir.au.core", "1.0.0"},
    {"Magentus", "http://fhir.geniesolutions.io/", "", ""},
};

struct Version {
  std::array<std::uint32_t, 3> numbers{};
  std::string_view label;  // of a draft

  explicit Version(std::string_view text) {
    for (std::uint32_t& number : numbers) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
      if (error != std::errc() || !text.starts_with('.')) break;
      text.remove_prefix(1);
    }
    label = text;
  }
};

}  // namespace

const Guide* FindGuide(std::string_view url) {
  const auto* found = std::ranges::find_if(
      kGuides, [&](const Guide& guide) { return url.starts_with(guide.prefix); });
  return found == std::end(kGuides) ? nullptr : found;
}

const Guide* FindGuideOfPackage(std::string_view name) {
  const auto* found = std::ranges::find(kGuides, name, &Guide::package);
  return name.empty() || found == std::end(kGuides) ? nullptr : found;
}

bool IsNewer(std::string_view a, std::string_view b) {
  const Version first(a);
  const Version second(b);
  if (first.numbers != second.numbers) return first.numbers > second.numbers;
  if (first.label.empty() != second.label.empty()) return first.label.empty();
  return first.label > second.label;
}

}  // namespace healthlake::fhir
