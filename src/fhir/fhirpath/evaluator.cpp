#include "fhir/fhirpath/evaluator.hpp"

#include "fhir/fhirpath/evaluation.hpp"
#include "fhir/fhirpath/functions.hpp"
#include "fhir/fhirpath/types.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath {

Node NodeOfResource(const json::Value& resource) noexcept {
  Node node;
  node.value = resource;
  node.structure = StructureOfResource(resource);
  return node;
}

void Evaluation::Begin(const Expression& expression, const Node& focus,
                       const Environment& environment) {
  ast_ = &expression.ast();
  environment_ = &environment;
  error_ = {};
  const std::size_t bytes = focus.value.exists() ? focus.value.raw().size() : 0;
  const auto within = [&](const Limits& limits) { return limits.least + limits.per_byte * bytes; };
  max_steps_ = within(kMaxSteps);
  steps_left_ = max_steps_;
  max_items_ = within(kMaxItems);
  text_left_ = within(kMaxTextBytes);
  if (!texts_.empty()) texts_.clear();
  owners_.clear();
  root_owner_ = 0;
  // Each is its own parent until the next around it is known.
  for (const Node* node :
       {&environment.resource, &environment.root_resource, &environment.bundle}) {
    if (!node->value.exists() && !owners_.empty()) continue;
    const auto same = [&](const Owner& owner) {
      return owner.resource.value.exists() &&
             owner.resource.value.raw().data() == node->value.raw().data();
    };
    if (!owners_.empty() && same(owners_.back())) continue;
    if (!owners_.empty()) owners_.back().parent = static_cast<std::uint32_t>(owners_.size());
    owners_.push_back({*node, static_cast<std::uint32_t>(owners_.size())});
    if (node == &environment.root_resource) root_owner_ = owners_.back().parent;
  }
  // The memory of an unusually large evaluation is given back.
  if (stack_.capacity() > 4 * kMaxItems.least) stack_ = {};
  stack_.clear();
  stack_.push_back(Item(focus));
}

Truth Evaluation::TestRoot() {
  const Truth truth = Test(ast_->root, {{0, 1}, -1, {}});
  return failed() ? Truth::kUnknown : truth;
}

std::span<const Item> Evaluation::RunRoot() {
  Run(ast_->root, {{0, 1}, -1, {}});
  if (failed()) return {};
  return std::span<const Item>(stack_).subspan(1);
}

void Evaluation::Erase(std::size_t from, std::size_t to) {
  if (from == to) return;
  const auto begin = stack_.begin();
  stack_.erase(begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(to));
}

bool Evaluation::HasRoomForText(std::size_t size) {
  if (size <= text_left_) return true;
  Fail("the evaluation makes too much text");
  return false;
}

std::string_view Evaluation::Keep(std::string text) {
  if (!HasRoomForText(text.size()) || !Step(text.size() / 16 + 1)) return {};
  text_left_ -= text.size();
  return texts_.emplace_back(std::move(text));
}

Range Evaluation::Items(AstId id, const Scope& scope, std::size_t limit) {
  if (ast()[id].kind == AstKind::kThis) return scope.focus;
  const std::size_t mark = size();
  Run(id, scope, limit);
  return {mark, size()};
}

void Evaluation::Run(AstId id, const Scope& scope, std::size_t limit) {
  const AstNode& node = ast()[id];
  if (failed() || !Step()) return;
  const std::size_t mark = size();
  switch (node.kind) {
    case AstKind::kLiteral:
      Push(node.literal);
      return;
    case AstKind::kNothing:
      return;
    case AstKind::kThis:
    case AstKind::kTotal: {
      const Range range = node.kind == AstKind::kThis ? scope.focus : scope.total;
      for (std::size_t i = range.first; i < range.last; ++i) Push(Item((*this)[i]));
      return;
    }
    case AstKind::kIndex:
      if (scope.index >= 0) Push(Item(scope.index));
      return;
    case AstKind::kExternal:
      return RunExternal(node);
    case AstKind::kChild:
      return RunChild(node, scope, limit);
    case AstKind::kIndexer:
      return RunIndexer(node, scope);
    case AstKind::kAs:
      return RunType(node, scope);
    case AstKind::kCall:
      if (const FunctionRow& row = RowOf(node.function); row.run != nullptr) {
        Call call(*this, node, scope, limit);
        row.run(call);
        return Erase(mark, call.result());
      }
      break;
    case AstKind::kNegate:
    case AstKind::kMultiply:
    case AstKind::kDivide:
    case AstKind::kDiv:
    case AstKind::kMod:
    case AstKind::kAdd:
    case AstKind::kSubtract:
    case AstKind::kConcatenate:
    case AstKind::kUnion:
      return RunBinary(node, scope, limit);
    default:
      break;
  }
  const Truth truth = Test(id, scope);
  if (truth != Truth::kUnknown) Push(Item(truth == Truth::kTrue));
}

Truth Evaluation::Test(AstId id, const Scope& scope) {
  const AstNode& node = ast()[id];
  if (failed() || !Step()) return Truth::kUnknown;
  switch (node.kind) {
    case AstKind::kAnd:
    case AstKind::kOr:
    case AstKind::kXor:
    case AstKind::kImplies:
      return TestLogic(node, scope);
    case AstKind::kLess:
    case AstKind::kLessOrEqual:
    case AstKind::kGreater:
    case AstKind::kGreaterOrEqual:
    case AstKind::kEqual:
    case AstKind::kNotEqual:
    case AstKind::kEquivalent:
    case AstKind::kNotEquivalent:
      return TestComparison(node, scope);
    case AstKind::kIn:
    case AstKind::kContains:
      return TestMembership(node, scope);
    case AstKind::kIs:
      return TestType(node, scope);
    case AstKind::kCall:
      if (const FunctionRow& row = RowOf(node.function); row.test != nullptr) {
        const std::size_t mark = size();
        Call call(*this, node, scope, kAllItems);
        const Truth truth = row.test(call);
        Truncate(mark);
        return truth;
      }
      break;
    default:
      break;
  }
  return TestItems(id, scope);
}

// Singleton evaluation (FHIRPath 4.5): one item that is no Boolean is true.
Truth Evaluation::TestItems(AstId id, const Scope& scope) {
  const std::size_t mark = size();
  const Range items = Items(id, scope, 2);
  Truth truth = Truth::kUnknown;
  if (items.size() > 1) {
    Fail("several items where a Boolean is needed");
  } else if (!items.empty()) {
    const Item& item = (*this)[items.first];
    const bool is_boolean = item.IsElement() ? item.node().kind == r4::Kind::kBoolean
                                             : item.type() == ItemType::kBoolean;
    truth = Truth::kTrue;
    if (is_boolean) {
      const auto value = SystemValue(item);
      truth = value ? TruthOf(value->boolean()) : Truth::kUnknown;
    }
  }
  Truncate(mark);
  return truth;
}

void Call::Return(Range items) {
  BeginResult();
  for (std::size_t i = items.first; i < items.last; ++i) Push(Item(evaluation_[i]));
}

std::optional<Item> Call::Value(Range items) {
  if (items.empty()) return std::nullopt;
  if (items.size() > 1) {
    evaluation_.Fail("several items where one is needed");
    return std::nullopt;
  }
  const Item& item = evaluation_[items.first];
  auto value = SystemValue(item);
  if (!value && (!item.IsElement() || !r4::IsPrimitive(item.node().kind))) {
    evaluation_.Fail("an element that has no value");
  }
  return value;
}

std::optional<std::string_view> Call::Text(Range items) {
  const auto value = Value(items);
  if (!value) return std::nullopt;
  if (value->type() == ItemType::kString) return value->string();
  evaluation_.Fail("a String is needed");
  return std::nullopt;
}

std::optional<std::int64_t> Call::Integer(Range items) {
  const auto value = Value(items);
  if (!value) return std::nullopt;
  if (value->type() == ItemType::kInteger) return value->integer();
  evaluation_.Fail("an Integer is needed");
  return std::nullopt;
}

std::optional<Decimal> Call::Number(Range items) {
  const auto value = Value(items);
  if (!value) return std::nullopt;
  if (value->type() == ItemType::kInteger) return Decimal::FromInteger(value->integer());
  if (value->type() == ItemType::kDecimal) return value->decimal();
  evaluation_.Fail("a number is needed");
  return std::nullopt;
}

struct Evaluator::State {
  Evaluation evaluation;
};

Evaluator::Evaluator() : state_(std::make_unique<State>()) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

Truth Evaluator::Test(const Expression& expression, const Node& focus,
                      const Environment& environment) {
  state_->evaluation.Begin(expression, focus, environment);
  return state_->evaluation.TestRoot();
}

std::span<const Item> Evaluator::Evaluate(const Expression& expression, const Node& focus,
                                          const Environment& environment) {
  state_->evaluation.Begin(expression, focus, environment);
  return state_->evaluation.RunRoot();
}

std::string_view Evaluator::error() const noexcept {
  return state_->evaluation.error();
}

std::size_t Evaluator::steps() const noexcept {
  return state_->evaluation.steps();
}

}  // namespace healthlake::fhir::fhirpath
