#include "conformance/fhir/registry_expressions.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir::oracle {
namespace {

// The registry names the components of this one the wrong way round; their expressions are right.
constexpr std::string_view kSwappedComponents = "DocumentReference-relationship";

// canonical is derived from uri, so `as uri` takes it too; what these two mean is the type written.
const std::map<std::string, std::string> kExactTypes = {
    {"ConceptMap-source-uri", "(ConceptMap.source as uri).where(is(canonical).not())"},
    {"ConceptMap-target-uri", "(ConceptMap.target as uri).where(is(canonical).not())"},
};

fhirpath::Expression Compiled(std::string_view text) {
  auto compiled = fhirpath::Expression::Compile(text);
  if (const auto* error = std::get_if<fhirpath::SyntaxError>(&compiled)) {
    throw std::runtime_error(error->message + ": " + std::string(text));
  }
  return std::get<fhirpath::Expression>(compiled);
}

// The sides of the unions outside of any bracket.
std::vector<fhirpath::Expression> Alternatives(std::string_view text) {
  std::vector<fhirpath::Expression> out;
  std::size_t start = 0;
  int open = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++open;
    if (i < text.size() && text[i] == ')') --open;
    if (i < text.size() && (text[i] != '|' || open > 0)) continue;
    out.push_back(Compiled(text.substr(start, i - start)));
    start = i + 1;
  }
  return out;
}

}  // namespace

std::map<std::string, Definition> LoadDefinitions(const OfficialExamples& examples) {
  std::map<std::string, Definition> definitions;
  std::map<std::string, SearchType> types;
  for (const SearchParam& param : AllSearchParams()) {
    types.emplace(param.definition, param.type);
  }
  json::Document document;
  if (document.Parse(examples.Text("Bundle-searchParams.json"))) {
    throw std::runtime_error("Bundle-searchParams.json is no JSON");
  }
  const auto entries = document.root().Find("entry");
  for (const json::Value entry : *entries) {
    const json::Value source = *entry.Find("resource");
    const auto expression = source.Find("expression");
    if (!expression) continue;
    const std::string id(source.Find("id")->string());
    const auto exact = kExactTypes.find(id);
    const std::string_view text =
        exact == kExactTypes.end() ? expression->string() : std::string_view(exact->second);
    Definition& definition =
        definitions.emplace(id, Definition{Alternatives(text), {}}).first->second;
    const auto components = source.Find("component");
    if (!components) continue;
    for (const json::Value component : *components) {
      const std::string url(component.Find("definition")->string());
      const std::string part = url.substr(url.rfind('/') + 1);
      definition.components.push_back(
          {types.at(part), Compiled(component.Find("expression")->string())});
    }
    if (id == kSwappedComponents) {
      std::swap(definition.components[0].type, definition.components[1].type);
    }
  }
  return definitions;
}

}  // namespace healthlake::fhir::oracle
