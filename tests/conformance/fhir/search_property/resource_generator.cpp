#include "conformance/fhir/search_property/resource_generator.hpp"

#include "conformance/fhir/search_property/store_under_test.hpp"

namespace healthlake::fhir::search_property {
namespace {

std::string Two(std::size_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}
std::string Quoted(const std::string& text) {
  return "\"" + text + "\"";
}
std::string Array(const std::string& value) {
  return "[" + value + "]";
}

}  // namespace

std::string ResourceGenerator::Id() {
  return random_.Chance(6) ? random_.Pick({"a", "A", "a-1"}) : std::to_string(random_.Below(22));
}

std::string ResourceGenerator::Date() {
  const std::string year = std::to_string(2017 + random_.Below(4));
  const std::string month = Two(1 + random_.Below(12));
  const std::string day = Two(1 + random_.Below(28));
  const std::string hour = "T" + Two(random_.Below(24));
  switch (random_.Below(6)) {
    case 0:
      return year;
    case 1:
      return year + "-" + month;
    case 2:
    case 3:
      return year + "-" + month + "-" + day;
    case 4:
      return year + "-" + month + "-" + day + hour + ":30:00Z";
    default:
      return year + "-" + month + "-" + day + hour + ":30:00.5+05:00";
  }
}

std::string ResourceGenerator::Number() {
  return random_.Pick({"", "", "-"}) +
         random_.Pick({"0", "1", "1.0", "5.35", "5.4", "5.40", "5.44", "5.45", "99", "100", "100.4",
                       "99.5", "1e2", "1E+2", "150", "0.001", "5400", "0.0054", "123456789.123"});
}
std::string ResourceGenerator::Code() {
  return random_.Pick({"a", "A", "b", "8302-2", "x y", "c,d", "e|f", "g$h"});
}
std::string ResourceGenerator::System() {
  return random_.Pick({"urn:s1", "urn:s2", "http://loinc.org", "http://unitsofmeasure.org"});
}
std::string ResourceGenerator::Unit() {
  return random_.Pick({"mg", "g", "kg", "mm[Hg]", "cm"});
}
std::string ResourceGenerator::Word() {
  return random_.Pick(
      {"Smith", "smythe", "Ångström", "Éve", "eve", "S", "van  Dam", "Ann, B", "x"});
}

std::string ResourceGenerator::Maybe(std::string_view name, const std::string& value,
                                     std::size_t percent) {
  if (!random_.Chance(percent)) return {};
  return "\"" + std::string(name) + "\":" + value + ",";
}
std::string ResourceGenerator::MaybeText(std::string_view name, const std::string& text,
                                         std::size_t percent) {
  return Maybe(name, Quoted(text), percent);
}

std::string ResourceGenerator::Coding() {
  std::string text = "{" + MaybeText("system", System(), 70) + MaybeText("display", Word(), 50);
  return text + R"("code":")" + Code() + "\"}";
}
std::string ResourceGenerator::Concept() {
  if (random_.Chance(10)) return R"({"text":")" + Word() + "\"}";
  std::string codings = Coding();
  if (random_.Chance(40)) codings += "," + Coding();
  return "{" + MaybeText("text", Word(), 40) + R"("coding":[)" + codings + "]}";
}
std::string ResourceGenerator::Identifier() {
  return "{" + Maybe("type", Concept(), 40) + MaybeText("system", System(), 70) + R"("value":")" +
         Code() + "\"}";
}
std::string ResourceGenerator::Telecom() {
  return R"({"system":")" + random_.Pick({"phone", "email"}) + R"(","value":")" +
         random_.Pick({"555", "556", "a@b.c"}) + "\"}";
}
std::string ResourceGenerator::Address() {
  return R"({"use":"work",)" + MaybeText("city", Word()) + Maybe("line", Array(Quoted(Word()))) +
         R"("country":")" + random_.Pick({"NL", "US"}) + "\"}";
}
std::string ResourceGenerator::Period() {
  const bool start = random_.Chance(70);
  std::string text = "{";
  if (start)
    text += R"("start":"201)" + std::to_string(random_.Below(9)) + "-0" +
            std::to_string(1 + random_.Below(9)) + "\"";
  if (!start || random_.Chance(60)) {
    text +=
        std::string(start ? "," : "") + R"("end":"202)" + std::to_string(random_.Below(4)) + "\"";
  }
  return text + "}";
}
std::string ResourceGenerator::Quantity() {
  std::string text = R"({"value":)" + Number();
  if (random_.Chance(60)) {
    text += R"(,"system":")" +
            (random_.Chance(70) ? std::string("http://unitsofmeasure.org") : System()) +
            R"(","code":")" + Unit() + "\"";
  }
  if (random_.Chance(40)) text += R"(,"unit":")" + Unit() + "\"";
  return text + "}";
}
std::string ResourceGenerator::ReferenceTo(std::initializer_list<std::string_view> types) {
  if (random_.Chance(8)) return R"({"identifier":)" + Identifier() + "}";
  const std::string target = random_.Pick(types) + "/" + Id();
  std::string before;
  if (random_.Chance(5)) before = "http://other.org/fhir/";
  if (random_.Chance(5)) before = "https://h/datastore/" + std::string(kDatastoreId) + "/r4/";
  const std::string after = random_.Chance(5) ? "/_history/1" : "";
  return R"({"reference":")" + before + target + after + "\"}";
}
std::string ResourceGenerator::Meta() {
  std::string text =
      Maybe("tag", Array(Coding()), 50) + Maybe("security", Array(Coding()), 30) +
      MaybeText("source", random_.Pick({"urn:x", "http://x/y", "http://x/y/z"}), 40) +
      Maybe("profile", Array(Quoted("http://p/" + Id())), 20);
  if (text.empty()) return {};
  text.pop_back();
  return R"("meta":{)" + text + "},";
}

std::string ResourceGenerator::Patient() {
  std::string name = "{" + MaybeText("family", Word(), 80) + R"("given":[")" + Word() + "\"]}";
  if (random_.Chance(30)) name += R"(,{"text":")" + Word() + "\"}";
  return MaybeText("gender", random_.Pick({"male", "female"}), 70) +
         MaybeText("birthDate", Date().substr(0, 4), 60) + Maybe("name", Array(name), 80) +
         Maybe("identifier", Array(Identifier() + "," + Identifier()), 50) +
         Maybe("telecom", Array(Telecom()), 50) + Maybe("address", Array(Address()), 50) +
         Maybe("active", random_.Pick({"true", "false"}), 50) +
         MaybeText("deceasedDateTime", Date(), 30) +
         Maybe("generalPractitioner", Array(ReferenceTo({"Organization"})), 50) +
         Maybe("managingOrganization", ReferenceTo({"Organization"}), 50);
}
std::string ResourceGenerator::Organization() {
  return R"("name":")" + Word() + "\"," + Maybe("alias", Array(Quoted(Word())), 40) +
         Maybe("type", Array(Concept()), 50) + Maybe("partOf", ReferenceTo({"Organization"}), 50) +
         Maybe("address", Array(Address()), 40);
}
std::string ResourceGenerator::Location() {
  return MaybeText("status", random_.Pick({"active", "suspended"}), 60) +
         MaybeText("name", Word(), 70) + Maybe("type", Array(Concept()), 40) +
         Maybe("address", Address(), 50) + Maybe("partOf", ReferenceTo({"Location"}), 50) +
         Maybe("managingOrganization", ReferenceTo({"Organization"}), 60);
}
std::string ResourceGenerator::Encounter() {
  std::string locations = R"({"location":)" + ReferenceTo({"Location"}) + "}";
  if (random_.Chance(30)) locations += R"(,{"location":)" + ReferenceTo({"Location"}) + "}";
  return R"("status":")" + random_.Pick({"planned", "finished", "cancelled"}) + R"(","class":)" +
         Coding() + "," + Maybe("type", Array(Concept()), 50) +
         Maybe("subject", ReferenceTo({"Patient", "Patient", "Group"}), 80) +
         Maybe("period", Period(), 60) + Maybe("location", Array(locations), 50) +
         Maybe("serviceProvider", ReferenceTo({"Organization"}), 60) +
         Maybe("partOf", ReferenceTo({"Encounter"}), 30) +
         Maybe("diagnosis", Array(R"({"condition":)" + ReferenceTo({"Condition"}) + "}"), 30) +
         Maybe("length",
               R"({"value":1)" + std::to_string(random_.Below(5)) +
                   R"(,"unit":"min","system":"http://unitsofmeasure.org","code":"min"})",
               30);
}

std::string ResourceGenerator::ObservationValue() {
  switch (random_.Below(7)) {
    case 0:
    case 1:
    case 2:
      return R"("valueQuantity":)" + Quantity() + ",";
    case 3:
      return R"("valueString":")" + Word() + " " + Code() + "\",";
    case 4:
      return R"("valueDateTime":")" + Date() + "\",";
    case 5:
      return R"("valueCodeableConcept":)" + Concept() + ",";
    default:
      return {};
  }
}

std::string ResourceGenerator::Observation() {
  std::string effective = Maybe("effectiveDateTime", Quoted(Date()), 50);
  if (effective.empty()) effective = Maybe("effectivePeriod", Period(), 60);
  if (effective.empty()) {
    effective =
        Maybe("effectiveTiming", R"({"event":[")" + Date() + R"(",")" + Date() + "\"]}", 50);
  }
  std::string components;
  for (std::size_t i = 0, n = random_.Below(3); i < n; ++i) {
    components += std::string(i > 0 ? "," : "") + R"({"code":{"coding":[{"system":)" +
                  Quoted(System()) + R"(,"code":")" + random_.Pick({"p", "P", "q", "r-1"}) +
                  "\"}]}";
    const std::string value = ObservationValue();
    if (!value.empty()) components += "," + value.substr(0, value.size() - 1);
    components += "}";
  }
  return R"("status":")" + random_.Pick({"final", "amended"}) + R"(","code":)" + Concept() + "," +
         Maybe("category", Array(Concept()), 60) +
         Maybe("subject", ReferenceTo({"Patient", "Patient", "Group", "Location"}), 80) +
         Maybe("encounter", ReferenceTo({"Encounter"}), 50) + effective + ObservationValue() +
         (components.empty() ? "" : R"("component":[)" + components + "],") +
         Maybe("hasMember", Array(ReferenceTo({"Observation"})), 25) +
         Maybe("performer", Array(ReferenceTo({"Organization", "Patient"})), 30);
}
std::string ResourceGenerator::Condition() {
  std::string onset = MaybeText("onsetDateTime", Date(), 40);
  if (onset.empty()) onset = MaybeText("onsetString", Word(), 30);
  if (onset.empty()) {
    onset = Maybe("onsetAge",
                  R"({"value":5)" + std::to_string(random_.Below(5)) +
                      R"(,"system":"http://unitsofmeasure.org","code":"a"})",
                  40);
  }
  if (onset.empty()) onset = Maybe("onsetPeriod", Period(), 40);
  return R"("subject":)" + ReferenceTo({"Patient", "Group"}) + "," +
         Maybe("encounter", ReferenceTo({"Encounter"}), 50) + Maybe("code", Concept(), 80) +
         Maybe("category", Array(Concept()), 40) + Maybe("severity", Concept(), 30) + onset +
         MaybeText("recordedDate", Date(), 50);
}
std::string ResourceGenerator::MedicationRequest() {
  return R"("status":"active","intent":")" + random_.Pick({"order", "plan"}) +
         R"(","medicationCodeableConcept":)" + Concept() + R"(,"subject":)" +
         ReferenceTo({"Patient", "Group"}) + "," +
         Maybe("encounter", ReferenceTo({"Encounter"}), 60) + MaybeText("authoredOn", Date(), 60) +
         Maybe("identifier", Array(Identifier()), 50) +
         Maybe("dosageInstruction",
               Array(R"({"timing":{"event":[")" + Date() + R"(",")" + Date() + "\"]}}"), 40);
}
std::string ResourceGenerator::RiskAssessment() {
  std::string predictions;
  for (std::size_t i = 0, n = random_.Below(3); i < n; ++i) {
    predictions += std::string(i > 0 ? "," : "") + R"({"outcome":)" + Concept();
    if (random_.Chance(85)) {
      predictions += R"(,"probabilityDecimal":)" +
                     random_.Pick({"0.1", "0.10", "0.15", "5.4", "5.40", "99", "100", "1e1", "0"});
    }
    predictions += "}";
  }
  return R"("status":"final","subject":)" + ReferenceTo({"Patient", "Group"}) + "," +
         Maybe("encounter", ReferenceTo({"Encounter"}), 50) +
         Maybe("condition", ReferenceTo({"Condition"}), 50) +
         MaybeText("occurrenceDateTime", Date(), 60) + Maybe("method", Concept(), 40) +
         (predictions.empty() ? "" : R"("prediction":[)" + predictions + "],");
}
std::string ResourceGenerator::ValueSet() {
  const std::string url = "http://example.org/ValueSet/" + random_.Pick({"a", "a/b", "A", "c"});
  return R"("status":")" + random_.Pick({"draft", "active"}) + "\"," + MaybeText("url", url, 80) +
         MaybeText("version", random_.Pick({"1", "2.0"}), 50) +
         MaybeText("name", random_.Pick({"Smith", "Eve", "X"}), 60) +
         MaybeText("title", Word(), 50) + MaybeText("date", Date(), 60) +
         Maybe("jurisdiction", Array(Concept()), 40) +
         Maybe("useContext",
               Array(R"({"code":)" + Coding() + R"(,"valueQuantity":)" + Quantity() + "}," +
                     R"({"code":)" + Coding() + R"(,"valueCodeableConcept":)" + Concept() + "}"),
               50) +
         Maybe("compose", R"({"include":[{"system":")" + System() + "\"}]}", 60);
}

std::string ResourceGenerator::List() {
  std::string entries;
  for (std::size_t i = 0, n = random_.Below(7); i < n; ++i) {
    entries += std::string(i > 0 ? "," : "") + "{" + Maybe("deleted", "true", 20) + R"("item":)" +
               ReferenceTo({"Patient", "Observation", "Encounter", "ValueSet"}) + "}";
  }
  return R"("status":"current","mode":"changes",)" + Maybe("code", Concept(), 50) +
         MaybeText("date", Date(), 50) + MaybeText("title", Word(), 50) +
         Maybe("subject", ReferenceTo({"Patient"}), 40) +
         (entries.empty() ? "" : R"("entry":[)" + entries + "],");
}

std::string ResourceGenerator::Resource(std::string_view type, const std::string& id) {
  std::string body = Meta();
  if (type == "Patient") body += Patient();
  if (type == "Organization") body += Organization();
  if (type == "Location") body += Location();
  if (type == "Encounter") body += Encounter();
  if (type == "Observation") body += Observation();
  if (type == "Condition") body += Condition();
  if (type == "MedicationRequest") body += MedicationRequest();
  if (type == "RiskAssessment") body += RiskAssessment();
  if (type == "ValueSet") body += ValueSet();
  if (type == "List") body += List();
  return R"({"resourceType":")" + std::string(type) + R"(",)" + body + R"("id":")" + id + "\"}";
}

}  // namespace healthlake::fhir::search_property
