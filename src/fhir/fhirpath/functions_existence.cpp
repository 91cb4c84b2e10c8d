// Existence (FHIRPath 5.1).
#include "fhir/fhirpath/function_families.hpp"
#include "fhir/fhirpath/item_set.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath::existence {
namespace {

// Whether some item of a collection of Booleans is `wanted`.
bool Any(Call& call, bool wanted) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  for (std::size_t i = input.first; i < input.last; ++i) {
    const auto value = SystemValue(evaluation[i]);
    if (!value || value->type() != ItemType::kBoolean) {
      evaluation.Fail("a Boolean is needed");
      return false;
    }
    if (value->boolean() == wanted) return true;
  }
  return false;
}

bool AllWithin(Evaluation& evaluation, Range items, Range collection) {
  ItemSet set(evaluation);
  for (std::size_t i = collection.first; i < collection.last; ++i) set.Insert(i);
  for (std::size_t i = items.first; i < items.last; ++i) {
    if (!set.Contains(Item(evaluation[i]))) return false;
  }
  return true;
}

}  // namespace

Truth All(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    const Scope inner{{i, i + 1}, static_cast<std::int64_t>(i - input.first), call.scope().total};
    if (evaluation.Test(call.argument(0), inner) != Truth::kTrue) return Truth::kFalse;
  }
  return Truth::kTrue;
}

Truth AllFalse(Call& call) {
  return TruthOf(!Any(call, true));
}
Truth AllTrue(Call& call) {
  return TruthOf(!Any(call, false));
}
Truth AnyFalse(Call& call) {
  return TruthOf(Any(call, false));
}
Truth AnyTrue(Call& call) {
  return TruthOf(Any(call, true));
}

void Count(Call& call) {
  const Range input = call.Input();
  call.BeginResult();
  call.Push(Item(static_cast<std::int64_t>(input.size())));
}

void Distinct(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  call.BeginResult();
  ItemSet set(evaluation);
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    if (set.Insert(i)) call.Push(Item(evaluation[i]));
  }
}

Truth Empty(Call& call) {
  return TruthOf(call.Input(1).empty());
}

Truth Exists(Call& call) {
  if (call.argument_count() == 0) return TruthOf(!call.Input(1).empty());
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    const Scope inner{{i, i + 1}, static_cast<std::int64_t>(i - input.first), call.scope().total};
    if (evaluation.Test(call.argument(0), inner) == Truth::kTrue) return Truth::kTrue;
  }
  return Truth::kFalse;
}

Truth IsDistinct(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  ItemSet set(evaluation);
  for (std::size_t i = input.first; i < input.last; ++i) {
    if (!set.Insert(i)) return Truth::kFalse;
  }
  return Truth::kTrue;
}

Truth Negation(Call& call) {
  return Not(call.evaluation().Test(call.node().input, call.scope()));
}

Truth SubsetOf(Call& call) {
  const Range input = call.Input();
  return TruthOf(AllWithin(call.evaluation(), input, call.Argument(0)));
}

Truth SupersetOf(Call& call) {
  const Range input = call.Input();
  return TruthOf(AllWithin(call.evaluation(), call.Argument(0), input));
}

}  // namespace healthlake::fhir::fhirpath::existence
