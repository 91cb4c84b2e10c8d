// Any bytes as a resource: parsed, validated, extracted. What must hold of each input stands in
// HEALTHLAKE_EXPECT.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/expect.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/fhir/profiles.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace {

using namespace healthlake;

// What stays of a value when the walk that gave it is gone.
struct Kept {
  std::uint16_t param;
  fhir::ValueKind kind;
  std::string text;
  std::int64_t from;
  std::int64_t until;
  bool operator==(const Kept&) const = default;
};

std::vector<Kept> Keep(const fhir::ResourceWalk& walk) {
  std::vector<Kept> kept;
  for (const fhir::IndexValue& value : walk.values()) {
    std::string text(value.text);
    for (const std::string_view part : {value.system, value.code, value.unit}) {
      text += '|';
      text += part;
    }
    kept.push_back({value.param.number(), value.kind, std::move(text), value.from, value.until});
  }
  return kept;
}

class Target {
 public:
  void Run(std::string_view bytes) {
    if (const auto error = document_.Parse(bytes)) {
      HEALTHLAKE_EXPECT(!error->message.empty());
      HEALTHLAKE_EXPECT(error->line >= 1 && error->column >= 1);
      HEALTHLAKE_EXPECT(error->line + error->column <= bytes.size() + 3);
      ExpectOutcome({{core::Severity::kError, "invalid", error->message, {}}});
      return;
    }
    HEALTHLAKE_EXPECT(document_.text().size() <= bytes.size());
    fhir::WalkOptions strict;
    strict.profiles = &fhir::ProfileSet::Base();
    strict.notices = fhir::Notices::kOn;
    first_.Run(document_.root(), strict);
    ExpectOutcome(first_.issues());
    ExpectSame(strict);
    fhir::WalkOptions unchecked;
    unchecked.structure = fhir::StructureCheck::kOff;
    second_.Run(document_.root(), unchecked);
    if (!first_.type().IsNone()) HEALTHLAKE_EXPECT(Keep(second_) == Keep(first_));
  }

 private:
  void ExpectOutcome(const core::Issues& issues) {
    HEALTHLAKE_EXPECT(issues.size() <= fhir::kMaxIssues + 1);
    HEALTHLAKE_EXPECT(!outcome_.Parse(fhir::OutcomeJson(issues)));
    // An outcome is a resource, and a sound one: its texts are no longer than a string may be, hold
    // no control characters, and so on.
    second_.Run(outcome_.root());
    HEALTHLAKE_EXPECT(second_.Sound());
  }

  // What is stored is the text; reading it again must give the same, whatever walk reads it.
  void ExpectSame(const fhir::WalkOptions& options) {
    const std::string text(document_.text());
    HEALTHLAKE_EXPECT(!again_.Parse(text));
    HEALTHLAKE_EXPECT(again_.text() == text);
    second_.Run(again_.root(), options);
    HEALTHLAKE_EXPECT(second_.Sound() == first_.Sound());
    HEALTHLAKE_EXPECT(second_.issues().size() == first_.issues().size());
    HEALTHLAKE_EXPECT(second_.id() == first_.id());
    HEALTHLAKE_EXPECT(Keep(second_) == Keep(first_));
  }

  json::Document document_;
  json::Document again_;
  json::Document outcome_;
  fhir::ResourceWalk first_;
  fhir::ResourceWalk second_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  target.Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
