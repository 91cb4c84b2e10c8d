// What FHIR adds (fhirpath.html, 2.9.1.5).
#include <algorithm>

#include "fhir/fhirpath/function_families.hpp"
#include "fhir/fhirpath/values.hpp"
#include "fhir/narrative.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir::fhirpath::element {
namespace {

bool IsPrimitive(const Item& item) {
  return !item.IsElement() || r4::IsPrimitive(item.node().kind);
}

std::string_view TextOf(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

// Whether the set has the Coding, or one of a CodeableConcept.
Truth AnyCoding(CodeSetId set, const json::Value& value) {
  const auto codings = value.Find("coding");
  if (!codings) return TruthOf(HasCoding(set, TextOf(value, "system"), TextOf(value, "code")));
  if (!codings->is_array()) return Truth::kUnknown;
  return TruthOf(std::any_of(codings->begin(), codings->end(), [&](const json::Value& coding) {
    return HasCoding(set, TextOf(coding, "system"), TextOf(coding, "code"));
  }));
}

}  // namespace

void Extension(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  const auto url = call.Text(call.Argument(0));
  call.BeginResult();
  if (!url) return;
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    evaluation.PushExtensions(Item(evaluation[i]), *url);
  }
}

void GetValue(Call& call) {
  const Range input = call.Input(2);
  std::optional<Item> value;
  if (input.size() == 1 && IsPrimitive(call.evaluation()[input.first])) {
    value = SystemValue(call.evaluation()[input.first]);
  }
  call.BeginResult();
  if (value) call.Push(*value);
}

// Whether there is one item, a primitive, and it has a value: extensions alone are none.
Truth HasValue(Call& call) {
  const Range input = call.Input(2);
  if (input.size() != 1) return Truth::kFalse;
  const Item& item = call.evaluation()[input.first];
  return TruthOf(IsPrimitive(item) && (!item.IsElement() || item.node().value.exists()));
}

// Of a Narrative's div.
Truth HtmlChecks(Call& call) {
  const auto div = call.Text(call.Input());
  if (!div || !call.evaluation().Step(1 + div->size() / 16)) return Truth::kUnknown;
  return TruthOf(NarrativeFault(*div).empty());
}

// Of a code, Coding or CodeableConcept; unknown when the official bundles do not tell.
Truth MemberOf(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input(2);
  const auto url = call.Text(call.Argument(0));
  if (!url || input.empty()) return Truth::kUnknown;
  if (const ValueSets* sets = evaluation.environment().value_sets;
      sets && input.size() == 1 && evaluation[input.first].IsElement()) {
    const Truth held = sets->Holds(*url, evaluation[input.first].node());
    if (held == Truth::kUnknown) evaluation.Fail("a value set that is not at hand");
    return held;
  }
  const CodeSetId set = FindCodeSet(*url);
  if (input.size() > 1) evaluation.Fail("several items where one is needed");
  if (set.IsNone() || input.size() > 1) return Truth::kUnknown;
  const Item& item = evaluation[input.first];
  if (IsPrimitive(item)) {
    const auto code = SystemValue(item);
    if (!code || code->type() != ItemType::kString) return Truth::kUnknown;
    return TruthOf(HasCode(set, code->string()));
  }
  if (!item.node().value.exists()) return Truth::kUnknown;
  return AnyCoding(set, item.node().value);
}

void Resolve(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  call.BeginResult();
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    evaluation.PushResolved(Item(evaluation[i]));
  }
}

Truth Unknown(Call& call) {
  call.Input(1);
  return Truth::kUnknown;
}

void Nothing(Call& call) {
  call.BeginResult();
}

}  // namespace healthlake::fhir::fhirpath::element
