// Filtering, subsetting, combining, tree navigation, aggregates (FHIRPath 5.2-5.4, 5.8, 5.9, 7).
#include "fhir/fhirpath/function_families.hpp"
#include "fhir/fhirpath/item_set.hpp"
#include "fhir/fhirpath/types.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath::collection {
namespace {

Scope ScopeOf(const Call& call, Range input, std::size_t at) {
  return {{at, at + 1}, static_cast<std::int64_t>(at - input.first), call.scope().total};
}

std::size_t Clamped(std::int64_t number, std::size_t most) {
  if (number <= 0) return 0;
  return std::min(static_cast<std::size_t>(number), most);
}

}  // namespace

void Aggregate(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  Range total{evaluation.size(), evaluation.size()};
  if (call.argument_count() > 1) {
    evaluation.Run(call.argument(1), call.scope());
    total.last = evaluation.size();
  }
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    Scope inner = ScopeOf(call, input, i);
    inner.total = total;
    evaluation.Run(call.argument(0), inner);
    evaluation.Erase(total.first, total.last);
    total.last = evaluation.size();
  }
  call.Return(total);
}

void Children(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  call.BeginResult();
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    evaluation.PushChildren(Item(evaluation[i]));
  }
}

void Combine(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  const Range other = call.Argument(0);
  call.Return(input);
  for (std::size_t i = other.first; i < other.last; ++i) call.Push(Item(evaluation[i]));
}

// All of them, equal ones too: they are nodes, and que-2 counts on it.
void Descendants(Call& call) {
  Evaluation& evaluation = call.evaluation();
  Children(call);
  for (std::size_t i = call.result(); i < evaluation.size() && !evaluation.failed(); ++i) {
    if (evaluation.size() - call.result() >= call.limit()) break;
    evaluation.PushChildren(Item(evaluation[i]));
  }
}

void Exclude(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  const Range other = call.Argument(0);
  ItemSet set(evaluation);
  for (std::size_t i = other.first; i < other.last; ++i) set.Insert(i);
  call.BeginResult();
  for (std::size_t i = input.first; i < input.last; ++i) {
    const Item item = evaluation[i];
    if (!set.Contains(item)) call.Push(item);
  }
}

void First(Call& call) {
  Range input = call.Input(1);
  input.last = std::min(input.last, input.first + 1);
  call.Return(input);
}

// The input is what the arguments are asked of: `member.resolve().iif(empty(), …)` (ctm-1).
void Iif(Call& call) {
  Evaluation& evaluation = call.evaluation();
  Scope inner = call.scope();
  inner.focus = call.Input();
  const Truth criterion = evaluation.Test(call.argument(0), inner);
  call.BeginResult();
  if (criterion == Truth::kTrue) {
    evaluation.Run(call.argument(1), inner, call.limit());
  } else if (call.argument_count() > 2) {
    evaluation.Run(call.argument(2), inner, call.limit());
  }
}

void Intersect(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  const Range other = call.Argument(0);
  ItemSet within(evaluation);
  ItemSet found(evaluation);
  for (std::size_t i = other.first; i < other.last; ++i) within.Insert(i);
  call.BeginResult();
  std::size_t count = 0;
  for (std::size_t i = input.first; i < input.last && count < call.limit(); ++i) {
    const Item item = evaluation[i];
    if (!within.Contains(item) || !found.Insert(i)) continue;
    call.Push(item);
    ++count;
  }
}

void Last(Call& call) {
  Range input = call.Input();
  if (!input.empty()) input.first = input.last - 1;
  call.Return(input);
}

void OfType(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  call.BeginResult();
  for (std::size_t i = input.first; i < input.last; ++i) {
    const Item item = evaluation[i];
    if (IsOfType(item, call.node().type)) call.Push(item);
  }
}

void Repeat(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  call.BeginResult();
  const std::size_t begin = evaluation.size();
  ItemSet set(evaluation);
  const auto project = [&](std::size_t at, std::size_t index) {
    const std::size_t mark = evaluation.size();
    const Scope inner{{at, at + 1}, static_cast<std::int64_t>(index), call.scope().total};
    evaluation.Run(call.argument(0), inner);
    std::size_t kept = mark;
    for (std::size_t i = mark; i < evaluation.size() && !evaluation.failed(); ++i) {
      const Item item = evaluation[i];
      evaluation.Replace(kept, item);
      if (set.Insert(kept)) ++kept;
    }
    evaluation.Truncate(kept);
  };
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    project(i, i - input.first);
  }
  for (std::size_t i = begin; i < evaluation.size() && !evaluation.failed(); ++i) {
    project(i, i - begin);
  }
}

void Select(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  call.BeginResult();
  for (std::size_t i = input.first; i < input.last && !evaluation.failed(); ++i) {
    const std::size_t found = evaluation.size() - call.result();
    if (found >= call.limit()) break;
    evaluation.Run(call.argument(0), ScopeOf(call, input, i), call.limit() - found);
  }
}

void Single(Call& call) {
  const Range input = call.Input(2);
  if (input.size() > 1) return call.evaluation().Fail("several items where one is needed");
  call.Return(input);
}

void Skip(Call& call) {
  Range input = call.Input();
  const auto number = call.Integer(call.Argument(0));
  if (!number) return;
  input.first += Clamped(*number, input.size());
  call.Return(input);
}

void Tail(Call& call) {
  Range input = call.Input();
  if (!input.empty()) ++input.first;
  call.Return(input);
}

void Take(Call& call) {
  Range input = call.Input();
  const auto number = call.Integer(call.Argument(0));
  if (!number) return;
  input.last = input.first + Clamped(*number, input.size());
  call.Return(input);
}

// The room writes no log, and what would be logged is patient data.
void Trace(Call& call) {
  call.Return(call.Input(call.limit()));
}

void Union(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  const Range other = call.Argument(0);
  call.BeginResult();
  ItemSet set(evaluation);
  for (const Range& items : {input, other}) {
    for (std::size_t i = items.first; i < items.last; ++i) {
      if (set.Insert(i)) call.Push(Item(evaluation[i]));
    }
  }
}

void Where(Call& call) {
  Evaluation& evaluation = call.evaluation();
  const Range input = call.Input();
  call.BeginResult();
  std::size_t count = 0;
  for (std::size_t i = input.first; i < input.last && count < call.limit(); ++i) {
    const Truth truth = evaluation.Test(call.argument(0), ScopeOf(call, input, i));
    if (evaluation.failed()) return;
    if (truth != Truth::kTrue) continue;
    call.Push(Item(evaluation[i]));
    ++count;
  }
}

}  // namespace healthlake::fhir::fhirpath::collection
