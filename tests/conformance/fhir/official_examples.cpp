#include "conformance/fhir/official_examples.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace healthlake::fhir {

std::optional<OfficialExamples> OfficialExamples::Open() {
  const char* folder = std::getenv("HEALTHLAKE_R4_EXAMPLES");
  if (folder == nullptr) return std::nullopt;
  OfficialExamples examples;
  examples.folder_ = folder;
  for (const auto& entry : std::filesystem::directory_iterator(examples.folder_)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".json") && name != "package.json" && name != ".index.json") {
      examples.names_.push_back(name);
    }
  }
  std::ranges::sort(examples.names_);
  if (examples.names_.size() <= 5000) throw std::runtime_error("not all examples are there");
  return examples;
}

std::string OfficialExamples::Text(const std::string& name) const {
  std::ifstream file(folder_ / name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::map<std::string, std::string>& UnsoundExamples() {
  static const std::map<std::string, std::string> examples = {
      // A reference to a type that its element does not allow.
      {"DeviceMetric-example.json", "Found DeviceDefinition"},
      {"DeviceUseStatement-example.json", "Found Procedure"},
      {"MedicationRequest-medrx0301.json", "Found Practitioner"},
      {"Observation-clinical-gender.json", "Found Encounter"},
      // A mandatory element is missing.
      {"Questionnaire-qs1.json", "'Questionnaire.item[0].item[0].linkId'"},

      // Not examples, but definitions of the specification, in the same package. Entries with the
      // same fullUrl:
      {"Bundle-dataelements.json", "bdl-7"},
      // A mandatory element is missing.
      {"ImplementationGuide-fhir.json", "'ImplementationGuide.name'"},
      {"ig-r4.json", "'ImplementationGuide.name'"},
      {"SearchParameter-codesystem-extensions-CodeSystem-author.json", "'SearchParameter.base'"},
      {"SearchParameter-codesystem-extensions-CodeSystem-effective.json", "'SearchParameter.base'"},
      {"SearchParameter-codesystem-extensions-CodeSystem-end.json", "'SearchParameter.base'"},
      {"SearchParameter-codesystem-extensions-CodeSystem-keyword.json", "'SearchParameter.base'"},
      {"SearchParameter-codesystem-extensions-CodeSystem-workflow.json", "'SearchParameter.base'"},
      {"SearchParameter-valueset-extensions-ValueSet-author.json", "'SearchParameter.base'"},
      {"SearchParameter-valueset-extensions-ValueSet-effective.json", "'SearchParameter.base'"},
      {"SearchParameter-valueset-extensions-ValueSet-end.json", "'SearchParameter.base'"},
      {"SearchParameter-valueset-extensions-ValueSet-keyword.json", "'SearchParameter.base'"},
      {"SearchParameter-valueset-extensions-ValueSet-workflow.json", "'SearchParameter.base'"},
      // An id of more than 64 characters.
      {"SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json",
       "Not a valid id"},
  };
  return examples;
}

}  // namespace healthlake::fhir
