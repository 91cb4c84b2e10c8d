#include "profile_fixture.hpp"

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

std::string Profile(std::string_view name, std::string_view type, std::string_view elements,
                    std::string_view view, std::string_view base) {
  const std::string above = base.empty()
                                ? "http://hl7.org/fhir/StructureDefinition/" + std::string(type)
                                : std::string(base);
  return R"({"resourceType":"StructureDefinition","url":")" + std::string(kTest) +
         std::string(name) + R"(","derivation":"constraint","kind":"resource","type":")" +
         std::string(type) + R"(","baseDefinition":")" + above + R"(",")" + std::string(view) +
         R"(":{"element":[{"id":")" + std::string(type) + R"(","path":")" + std::string(type) +
         R"("},)" + std::string(elements) + "]}}";
}

void ProfileTest::Load(const std::vector<std::string>& definitions) {
  ProfileSetBuilder builder(UnknownProfiles::kRefuse);
  builder.AddPackage(MakePackage(definitions));
  set_ = builder.Build();
}

std::vector<std::string> ProfileTest::Faults(std::string_view resource, Notices notices) {
  json::Document document;
  const auto error = document.Parse(resource);
  EXPECT_FALSE(error) << (error ? error->message : "") << resource;
  if (error) return {};
  ResourceWalk walk;
  WalkOptions options;
  options.profiles = set_.get();
  options.notices = notices;
  walk.Run(document.root(), options);
  std::vector<std::string> faults;
  for (const core::Issue& issue : walk.issues()) {
    std::string text = issue.diagnostics;
    if (const auto name = text.find(kTest); name == 8 && text.find(", Element") != text.npos) {
      text.erase(0, text.find(", Element") + 2);
    }
    faults.push_back(issue.location + ": " + text);
  }
  return faults;
}

std::vector<std::string> ProfileTest::FaultsOf(std::string_view type, std::string_view members) {
  return Faults(R"({"resourceType":")" + std::string(type) + R"(","meta":{"profile":[")" +
                std::string(kTest) + R"(p"]})" + (members.empty() ? "" : ",") +
                std::string(members) + "}");
}

}  // namespace healthlake::fhir
