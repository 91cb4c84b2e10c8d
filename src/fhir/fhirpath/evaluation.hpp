// One evaluation under way. Items stand on a stack: whatever is computed is pushed, and what it was
// computed from is then taken out below it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/ast.hpp"
#include "fhir/fhirpath/evaluator.hpp"

namespace healthlake::fhir::fhirpath {

// Items of the stack: [first, last).
struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
  std::size_t size() const noexcept { return last - first; }
  bool empty() const noexcept { return first == last; }
};

// What $this, $index and $total are.
struct Scope {
  Range focus;
  std::int64_t index = -1;  // -1: none
  Range total;
};

// A caller that needs no more items than that says so; more may come.
inline constexpr std::size_t kAllItems = std::numeric_limits<std::size_t>::max();

class Evaluation {
 public:
  void Begin(const Expression& expression, const Node& focus, const Environment& environment);
  Truth TestRoot();
  std::span<const Item> RunRoot();
  std::string_view error() const noexcept { return error_; }
  std::size_t steps() const noexcept { return max_steps_ - steps_left_; }

  // Pushes what the expression gives.
  void Run(AstId id, const Scope& scope, std::size_t limit = kAllItems);
  // What it gives as a truth; pushes nothing.
  Truth Test(AstId id, const Scope& scope);
  // As Run, but $this is not copied.
  Range Items(AstId id, const Scope& scope, std::size_t limit = kAllItems);

  const Ast& ast() const noexcept { return *ast_; }
  const Environment& environment() const noexcept { return *environment_; }
  std::size_t size() const noexcept { return stack_.size(); }
  const Item& operator[](std::size_t at) const noexcept { return stack_[at]; }
  void Push(const Item& item) {
    if (TakeRoom()) stack_.push_back(item);
  }
  void Truncate(std::size_t size) { stack_.resize(size); }
  // Takes [from, to) out of the stack.
  void Erase(std::size_t from, std::size_t to);
  void Replace(std::size_t at, const Item& item) { stack_[at] = item; }

  // Ends the evaluation as an error. `why` lives as long as the process.
  void Fail(std::string_view why) {
    if (error_.empty()) error_ = why;
  }
  bool failed() const noexcept { return !error_.empty(); }
  // False, and the evaluation failed, when there were too many.
  bool Step(std::size_t steps = 1) {
    if (steps > steps_left_) {
      steps_left_ = 0;
      Fail("the evaluation takes too many steps");
      return false;
    }
    steps_left_ -= steps;
    return true;
  }
  // A text that lives as long as the results.
  std::string_view Keep(std::string text);
  // Whether a text of that size may be kept; fails when not.
  bool HasRoomForText(std::size_t size);

  // Paths: children of an item are pushed.
  void PushChildren(const Item& parent, const AstNode& name, std::size_t limit);
  void PushChildren(const Item& parent);  // all of them
  void PushResolved(const Item& reference);
  // Elements "extension" of that URL.
  void PushExtensions(const Item& parent, std::string_view url);

 private:
  struct Owner {
    Node resource;
    std::uint32_t parent;  // the resource around it; itself when there is none
  };

  // False, and the evaluation failed, when there are too many items or steps.
  bool TakeRoom() {
    if (stack_.size() < max_items_) return Step();
    Fail("the evaluation holds too many items");
    return false;
  }
  void RunChild(const AstNode& node, const Scope& scope, std::size_t limit);
  void RunExternal(const AstNode& node);
  void RunIndexer(const AstNode& node, const Scope& scope);
  void RunType(const AstNode& node, const Scope& scope);
  void RunBinary(const AstNode& node, const Scope& scope, std::size_t limit);
  Truth TestType(const AstNode& node, const Scope& scope);
  Truth TestLogic(const AstNode& node, const Scope& scope);
  Truth TestComparison(const AstNode& node, const Scope& scope);
  Truth CompareRanges(AstKind kind, Range left, Range right);
  Truth TestMembership(const AstNode& node, const Scope& scope);
  Truth TestItems(AstId id, const Scope& scope);

  void PushMember(const json::Value& object, const r4::MemberRow& member, std::uint32_t owner,
                  std::size_t limit);
  void PushValues(const json::Value& value, const json::Value& twin, const r4::MemberRow& member,
                  std::uint32_t owner, std::size_t limit);
  void PushNode(const json::Value& value, const json::Value& twin, const r4::MemberRow& member,
                std::uint32_t owner);
  std::uint32_t AddOwner(const Node& resource, std::uint32_t parent);
  bool PushContained(std::string_view id, std::uint32_t owner);
  bool PushEntry(std::string_view reference, std::uint32_t owner);

  const Ast* ast_ = nullptr;
  const Environment* environment_ = nullptr;
  std::string_view error_;
  std::size_t max_steps_ = 0;
  std::size_t steps_left_ = 0;
  std::size_t max_items_ = 0;
  std::size_t text_left_ = 0;
  std::vector<Item> stack_;
  std::vector<Owner> owners_;
  std::uint32_t root_owner_ = 0;  // of %rootResource
  std::deque<std::string> texts_;
};

// A function call on its way: the functions read their input and arguments from it.
class Call {
 public:
  Call(Evaluation& evaluation, const AstNode& node, const Scope& scope, std::size_t limit)
      : evaluation_(evaluation), node_(node), scope_(scope), limit_(limit) {}

  Evaluation& evaluation() const noexcept { return evaluation_; }
  const AstNode& node() const noexcept { return node_; }
  const Scope& scope() const noexcept { return scope_; }
  std::size_t limit() const noexcept { return limit_; }

  Range Input(std::size_t limit = kAllItems) {
    return evaluation_.Items(node_.input, scope_, limit);
  }
  std::size_t argument_count() const noexcept { return node_.argument_count; }
  AstId argument(std::size_t i) const noexcept { return evaluation_.ast().ArgumentsOf(node_)[i]; }
  // The argument, evaluated where the call stands.
  Range Argument(std::size_t i) { return evaluation_.Items(argument(i), scope_); }

  // All that is pushed from here on is the result.
  void BeginResult() { result_ = evaluation_.size(); }
  // Where the result begins; at the end when there is none.
  std::size_t result() const noexcept {
    return result_ == kAllItems ? evaluation_.size() : result_;
  }
  void Push(const Item& item) { evaluation_.Push(item); }
  // The result is these items, copied.
  void Return(Range items);

  // The only item as a value of a System type; nullopt when there is none, or, as an error, when
  // there are several or it is of another type.
  std::optional<Item> Value(Range items);
  std::optional<std::string_view> Text(Range items);
  std::optional<std::int64_t> Integer(Range items);
  std::optional<Decimal> Number(Range items);

 private:
  Evaluation& evaluation_;
  const AstNode& node_;
  const Scope& scope_;
  std::size_t limit_;
  std::size_t result_ = kAllItems;
};

}  // namespace healthlake::fhir::fhirpath
