// Any text as a FHIRPath expression, evaluated on resources of several shapes.
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <variant>

#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/fhirpath/item.hpp"
#include "fuzz/expect.hpp"

namespace {

using namespace healthlake;
using namespace healthlake::fhir::fhirpath;

constexpr std::array<std::string_view, 3> kResources = {
    R"({"resourceType":"Patient","id":"p","name":[{"given":["a","b",null],"_given":[null,)"
    R"({"id":"x"},{"extension":[{"url":"urn:x","valueString":"y"}]}],"family":"f"}],)"
    R"("birthDate":"1970-03","active":true,"contained":[{"resourceType":"Organization","id":"o",)"
    R"("name":"n"}],"managingOrganization":{"reference":"#o"},"multipleBirthInteger":2})",
    R"({"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":)"
    R"("http://loinc.org","code":"1"},{"code":"2"}]},"effectiveDateTime":)"
    R"("2020-02-29T10:00:00.5+01:00","valueQuantity":{"value":1.50,"unit":"mg","system":)"
    R"("http://unitsofmeasure.org","code":"mg"},"referenceRange":[{"low":{"value":-1e3}}],)"
    R"("component":[{"code":{"text":"c"},"valueTime":"10:00:00"}]})",
    R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1",)"
    R"("resource":{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1",)"
    R"("type":"group","item":[{"linkId":"1.1","type":"string","maxLength":9}]}]}},)"
    R"({"resource":{"resourceType":"Basic","subject":{"reference":"urn:uuid:1"}}}]})",
};

class Target {
 public:
  Target() {
    for (std::size_t i = 0; i < kResources.size(); ++i) {
      if (documents_.at(i).Parse(kResources.at(i))) throw std::logic_error("not JSON");
    }
  }

  void Run(std::string_view text) {
    const auto compiled = Expression::Compile(text);
    if (const auto* error = std::get_if<SyntaxError>(&compiled)) {
      HEALTHLAKE_EXPECT(!error->message.empty() && error->position <= text.size());
      return;
    }
    const auto& expression = std::get<Expression>(compiled);
    for (const json::Document& document : documents_) {
      const Node node = NodeOfResource(document.root());
      Environment environment;
      environment.resource = environment.root_resource = node;
      environment.now = core::Timestamp();
      const Truth truth = evaluator_.Test(expression, node, environment);
      HEALTHLAKE_EXPECT(evaluator_.Test(expression, node, environment) == truth);
      const std::span<const Item> items = evaluator_.Evaluate(expression, node, environment);
      // FHIRPath 4.5: one item that is no Boolean counts as true.
      if (!evaluator_.error().empty()) HEALTHLAKE_EXPECT(items.empty());
      if (items.size() == 1 && items[0].type() == ItemType::kBoolean) {
        HEALTHLAKE_EXPECT(truth == (items[0].boolean() ? Truth::kTrue : Truth::kFalse));
      }
    }
  }

 private:
  std::array<json::Document, kResources.size()> documents_;
  Evaluator evaluator_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  target.Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
