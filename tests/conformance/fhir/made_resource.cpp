#include "conformance/fhir/made_resource.hpp"

#include <array>
#include <map>
#include <string_view>
#include <vector>

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxDepth = 5;
constexpr std::array<std::string_view, 6> kAnyTarget = {"Patient",       "Location", "Practitioner",
                                                        "RelatedPerson", "Device",   "Medication"};
// The codes that the registry's filters look for, of sets that `variant` alone might not reach.
constexpr std::array<std::string_view, 8> kRelatedArtifacts = {
    "documentation", "justification", "citation",   "predecessor",
    "successor",     "derived-from",  "depends-on", "composed-of"};
constexpr std::array<std::string_view, 5> kContactSystems = {"phone", "fax", "email", "url", "sms"};

class Maker {
 public:
  explicit Maker(std::size_t variant) : variant_(variant) {}

  std::string Resource(ResourceType type) {
    std::string out = R"({"resourceType":")" + std::string(NameOf(type)) + '"';
    Members(StructureOf(type), 0, out);
    return out + "}";
  }

 private:
  void Members(StructureId structure, std::size_t depth, std::string& out) {
    for (const Element& element : ElementsOf(structure)) {
      if (element.name == "extension" || element.name == "modifierExtension" ||
          element.name == "contained" || element.types.empty()) {
        continue;
      }
      const ElementType& type = element.types[variant_ % element.types.size()];
      if (depth >= kMaxDepth && !element.Mandatory() && !type.primitive) continue;
      const std::string one = ValueOf(structure, element, type, depth);
      if (one == "{}") continue;  // too deep to have content
      if (out.back() != '{') out += ',';
      out += '"' + std::string(type.json_name) + "\":";
      if (!element.array) {
        out += one;
      } else {
        ++variant_;
        out += '[' + one + (depth < 2 ? "," + ValueOf(structure, element, type, depth) : "") + ']';
        --variant_;
      }
    }
  }

  std::string ValueOf(StructureId structure, const Element& element, const ElementType& type,
                      std::size_t depth) {
    if (type.code == "Resource") {
      return variant_ % 2 ? R"({"resourceType":"MessageHeader","id":"m","eventUri":"urn:x",)"
                            R"("source":{"endpoint":"urn:y"}})"
                          : R"({"resourceType":"Patient","id":"p"})";
    }
    if (type.primitive) return Primitive(structure, element, type.code);
    if (type.code == "Reference") return Reference(element);
    std::string out = "{";
    Members(type.structure, depth + 1, out);
    return out + "}";
  }

  std::string Reference(const Element& element) {
    const std::string type(element.targets.empty()
                               ? kAnyTarget[variant_ % kAnyTarget.size()]
                               : NameOf(element.targets[variant_ % element.targets.size()]));
    const std::string id = type + "/" + std::to_string(++serial_);
    switch (variant_ % 4) {
      case 0:
        return R"({"reference":"http://example.org/fhir/)" + id + R"(/_history/2"})";
      case 1:
        return R"({"type":")" + type + R"(","identifier":{"system":"urn:s","value":"v"}})";
      default:
        return R"({"reference":")" + id + R"("})";
    }
  }

  std::string Code(StructureId structure, const Element& element) {
    const std::string_view path = PathOf(structure);
    if (path == "RelatedArtifact" && element.name == "type") {
      return std::string(kRelatedArtifacts[variant_ % kRelatedArtifacts.size()]);
    }
    if (path == "ContactPoint" && element.name == "system") {
      return std::string(kContactSystems[variant_ % kContactSystems.size()]);
    }
    return "code-" + std::to_string(variant_);
  }

  std::string Primitive(StructureId structure, const Element& element, std::string_view code) {
    const std::string number = std::to_string(variant_ + 1);
    if (PathOf(structure) == "SampledData" && element.name == "data") return R"("3 -1.5 L E U 2")";
    if (code == "boolean") return variant_ % 2 ? "true" : "false";
    if (code == "integer" || code == "positiveInt" || code == "unsignedInt") return number;
    if (code == "decimal") return number + ".50";
    if (code == "code") return '"' + Code(structure, element) + '"';
    static const std::map<std::string_view, std::string_view> kFixed = {
        {"date", "2020-02"},
        {"dateTime", "2020-02-03T04:05:06+01:00"},
        {"instant", "2020-02-03T04:05:06.789Z"},
        {"time", "04:05:06"},
        {"canonical", "http://example.org/q|1.0"},
        {"xhtml", "<div>x</div>"},
    };
    if (const auto fixed = kFixed.find(code); fixed != kFixed.end()) {
      return '"' + std::string(fixed->second) + '"';
    }
    return '"' + std::string(code) + '-' + std::to_string(++serial_) + '"';
  }

  std::size_t variant_;
  std::size_t serial_ = 0;
};

}  // namespace

std::string MakeResource(ResourceType type, std::size_t variant) {
  return Maker(variant).Resource(type);
}

}  // namespace healthlake::fhir
