#include "conformance/fhir/fhirpath_oracle.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace healthlake::fhir::oracle {
namespace {

using Op = Expression::Op;
using Tree = std::unique_ptr<Expression>;

Tree Make(Op op, std::string text = {}, Tree left = nullptr, Tree right = nullptr) {
  auto tree = std::make_unique<Expression>();
  tree->op = op;
  tree->text = std::move(text);
  tree->left = std::move(left);
  tree->right = std::move(right);
  return tree;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Tree All() {
    Tree tree = And();
    Skip();
    if (at_ != text_.size()) Fail();
    return tree;
  }

 private:
  [[noreturn]] void Fail() const {
    throw std::runtime_error("not understood: " + std::string(text_.substr(at_)));
  }
  void Skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool Take(std::string_view symbol) {
    Skip();
    if (text_.substr(at_, symbol.size()) != symbol) return false;
    at_ += symbol.size();
    return true;
  }
  bool TakeWord(std::string_view word) {
    Skip();
    const std::size_t after = at_ + word.size();
    if (text_.substr(at_, word.size()) != word) return false;
    if (after < text_.size() && std::isalnum(static_cast<unsigned char>(text_[after])))
      return false;
    at_ = after;
    return true;
  }
  void Need(std::string_view symbol) {
    if (!Take(symbol)) Fail();
  }
  std::string Name() {
    Skip();
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '_' || text_[at_] == '%')) {
      ++at_;
    }
    if (at_ == start) Fail();
    return std::string(text_.substr(start, at_ - start));
  }

  Tree And() {
    Tree left = Compare();
    while (TakeWord("and")) left = Make(Op::kAnd, {}, std::move(left), Compare());
    return left;
  }
  Tree Compare() {
    Tree left = Union();
    if (Take("!=")) return Make(Op::kNotEqual, {}, std::move(left), Union());
    if (Take("=")) return Make(Op::kEqual, {}, std::move(left), Union());
    return left;
  }
  Tree Union() {
    Tree left = Typed();
    while (Take("|")) left = Make(Op::kUnion, {}, std::move(left), Typed());
    return left;
  }
  Tree Typed() {
    Tree left = Path();
    if (TakeWord("as")) return Make(Op::kAs, Name(), std::move(left));
    if (TakeWord("is")) return Make(Op::kIs, Name(), std::move(left));
    return left;
  }
  Tree Path() {
    Tree left = Primary();
    while (true) {
      if (Take(".")) {
        left = Invocation(std::move(left));
      } else if (Take("[")) {
        left = Make(Op::kIndex, {}, std::move(left));
        left->index = static_cast<std::size_t>(std::stoul(Name()));
        Need("]");
      } else {
        return left;
      }
    }
  }
  Tree Invocation(Tree left) {
    std::string name = Name();
    if (!Take("(")) return Make(Op::kChild, std::move(name), std::move(left));
    Tree call;
    if (name == "where") {
      call = Make(Op::kWhere, {}, std::move(left), Compare());
    } else if (name == "as") {
      call = Make(Op::kAs, Name(), std::move(left));
    } else if (name == "resolve") {
      call = Make(Op::kResolve, {}, std::move(left));
    } else if (name == "exists") {
      call = Make(Op::kExists, {}, std::move(left));
    } else {
      Fail();
    }
    Need(")");
    return call;
  }
  Tree Primary() {
    if (Take("(")) {
      Tree inner = And();
      Need(")");
      return inner;
    }
    if (Take("'")) {
      const std::size_t end = text_.find('\'', at_);
      std::string literal(text_.substr(at_, end - at_));
      at_ = end + 1;
      return Make(Op::kText, std::move(literal));
    }
    const std::size_t start = at_;
    std::string name = Name();
    if (Take("(")) {
      at_ = start;
      return Invocation(Make(Op::kThis));
    }
    return Make(Op::kName, std::move(name));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

void AppendChildren(const Item& item, std::string_view name, Items& out) {
  if (item.structure.IsNone() || !item.value.is_object()) return;
  const Element* element = FindElement(item.structure, name);
  if (!element || element->name != name) return;
  for (const ElementType& type : element->types) {
    const auto found = item.value.Find(type.json_name);
    if (!found) continue;
    const auto add = [&](const json::Value& value) {
      if (type.code == "Resource") {
        const Item resource = ResourceItem(value);
        out.push_back({value, "Resource", resource.structure});
      } else if (!value.is_null()) {
        out.push_back({value, std::string(type.code), type.structure});
      }
    };
    if (found->is_array()) {
      for (const json::Value value : *found) add(value);
    } else {
      add(*found);
    }
  }
}

struct Scope {
  const Item& resource;
  const Item& context;
};

Result Run(const Expression& e, const Scope& scope);

Items ItemsOf(const Expression& e, const Scope& scope) {
  return Run(e, scope).items;
}

// The type that a Reference leads to, as far as it says.
std::string TypeBehind(const Item& item) {
  const auto reference = item.value.Find("reference");
  if (reference && reference->is_string()) {
    std::string text(reference->string());
    if (const std::size_t history = text.find("/_history/"); history != text.npos) {
      text.resize(history);
    }
    const std::size_t last = text.rfind('/');
    if (last != std::string::npos && last > 0) {
      const std::size_t before = text.rfind('/', last - 1);
      const std::size_t start = before == std::string::npos ? 0 : before + 1;
      const std::string type = text.substr(start, last - start);
      if (FindResourceType(type)) return type;
    }
  }
  const auto type = item.value.Find("type");
  return type && type->is_string() ? std::string(type->string()) : std::string();
}

bool Holds(const Expression& condition, const Item& item, const Scope& scope) {
  const Scope inner{scope.resource, item};
  if (condition.op == Op::kIs && condition.left->op == Op::kResolve) {
    return TypeBehind(item) == condition.text;
  }
  return Run(condition, inner).truth;
}

bool Equal(const Items& left, std::string_view text) {
  return left.size() == 1 &&
         (left[0].value.is_string() ? left[0].value.string() : left[0].value.raw()) == text;
}

Items Name(const Expression& e, const Scope& scope) {
  if (e.text == "%resource") return {scope.resource};
  if (FindResourceType(e.text) || e.text == "Resource" || e.text == "DomainResource") {
    const bool mine = e.text == "Resource" || e.text == scope.resource.type ||
                      (e.text == "DomainResource" &&
                       FindElement(scope.resource.structure, "contained") != nullptr);
    return mine ? Items{scope.resource} : Items{};
  }
  Items items;
  AppendChildren(scope.context, e.text, items);
  return items;
}

Result Truth(bool truth) {
  return {true, truth, {}};
}

Result Run(const Expression& e, const Scope& scope) {
  Items out;
  switch (e.op) {
    case Op::kName:
      return {false, false, Name(e, scope)};
    case Op::kThis:
      return {false, false, {scope.context}};
    case Op::kChild:
      for (const Item& item : ItemsOf(*e.left, scope)) AppendChildren(item, e.text, out);
      break;
    case Op::kUnion:
      out = ItemsOf(*e.left, scope);
      for (Item& item : ItemsOf(*e.right, scope)) out.push_back(std::move(item));
      break;
    case Op::kAs:
      for (Item& item : ItemsOf(*e.left, scope)) {
        if (SameIgnoringCase(item.type, e.text)) out.push_back(std::move(item));
      }
      break;
    case Op::kIndex: {
      Items items = ItemsOf(*e.left, scope);
      if (e.index < items.size()) out.push_back(items[e.index]);
      break;
    }
    case Op::kWhere:
      for (Item& item : ItemsOf(*e.left, scope)) {
        if (Holds(*e.right, item, scope)) out.push_back(std::move(item));
      }
      break;
    case Op::kExists:
      return Truth(!ItemsOf(*e.left, scope).empty());
    case Op::kAnd:
      return Truth(Run(*e.left, scope).truth && Run(*e.right, scope).truth);
    case Op::kEqual:
      return Truth(Equal(ItemsOf(*e.left, scope), e.right->text));
    case Op::kNotEqual:
      return Truth(!Equal(ItemsOf(*e.left, scope), e.right->text));
    default:
      throw std::runtime_error("not expected here");
  }
  return {false, false, std::move(out)};
}

}  // namespace

std::unique_ptr<Expression> Parse(std::string_view text) {
  return Parser(text).All();
}

Result Evaluate(const Expression& expression, const Item& resource, const Item& context) {
  return Run(expression, {resource, context});
}

Item ResourceItem(const json::Value& resource) {
  const auto name = resource.Find("resourceType");
  const std::string type(name && name->is_string() ? name->string() : std::string_view());
  const auto known = FindResourceType(type);
  return {resource, type, known ? StructureOf(*known) : StructureId()};
}

}  // namespace healthlake::fhir::oracle
