#include "fhir/binding_check.hpp"

#include <string>

#include "fhir/primitive_format.hpp"

namespace healthlake::fhir {
namespace {

std::string_view StringOf(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

std::string FromSet(CodeSetId set) {
  return " value set '" + std::string(UrlOf(set)) + "' (required binding)";
}

}  // namespace

void CheckCode(std::string_view code, CodeSetId set, IssueLog& log) {
  if (HasCode(set, code)) return;
  log.Add("The value provided ('" + Shown(code) + "') is not in the" + FromSet(set));
}

void CheckConcept(const json::Value& concept_value, CodeSetId set, IssueLog& log) {
  const auto codings = concept_value.Find("coding");
  if (!codings || !codings->is_array() || codings->empty()) {
    log.Add("No code provided, and a code is required from the" + FromSet(set));
    return;
  }
  for (const json::Value coding : *codings) {
    if (HasCoding(set, StringOf(coding, "system"), StringOf(coding, "code"))) return;
  }
  const json::Value first = *codings->begin();
  log.Add("None of the codings provided are in the" + FromSet(set) + ", found '" +
          Shown(StringOf(first, "system")) + "#" + Shown(StringOf(first, "code")) + "'");
}

}  // namespace healthlake::fhir
