// What FHIR adds (fhirpath.html, 2.9.1.5).
#include "fhir/fhirpath/function_families.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath::element {
namespace {

bool IsPrimitive(const Item& item) {
  return !item.IsElement() || r4::IsPrimitive(item.node().kind);
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

Truth HtmlChecks(Call& call) {
  return call.Input(1).empty() ? Truth::kUnknown : Truth::kTrue;
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
