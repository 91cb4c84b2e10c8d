// Discriminators (profiling.html#discriminator) → tests.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/profile/rule_compiler.hpp"
#include "fhir/profile/rules.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using Type = DiscriminatorDefinition::Type;

std::optional<std::string> Argument(std::string_view step, std::string_view function) {
  if (!step.starts_with(function) || !step.ends_with(')')) return std::nullopt;
  step.remove_prefix(function.size());
  step.remove_suffix(1);
  if (step.size() >= 2 && (step.front() == '\'' || step.front() == '"')) {
    step = step.substr(1, step.size() - 2);
  }
  return std::string(step);
}

// The steps of a path, which may hold dots in the argument of extension(). Nullopt: it holds what
// the restricted FHIRPath of discriminators has not.
std::optional<std::vector<PathStep>> ParsePath(std::string_view path) {
  std::vector<PathStep> steps;
  for (std::size_t from = 0; from < path.size();) {
    std::size_t to = from;
    int open = 0;
    for (; to < path.size() && (open > 0 || path[to] != '.'); ++to) {
      open += path[to] == '(' ? 1 : path[to] == ')' ? -1 : 0;
    }
    const std::string_view text = path.substr(from, to - from);
    from = to + 1;
    PathStep step;
    if (text == "$this") continue;
    if (text == "resolve()") {
      step.op = PathStep::Op::kResolve;
    } else if (const auto url = Argument(text, "extension(")) {
      step.op = PathStep::Op::kExtension;
      step.name = *url;
    } else if (const auto name = Argument(text, "ofType(")) {
      const auto type = FindType(*name);
      if (!type) return std::nullopt;
      step.op = PathStep::Op::kOfType;
      step.name = *name;
      step.type = *type;
    } else if (text.find('(') != std::string_view::npos) {
      return std::nullopt;
    } else {
      step.name = text.ends_with("[x]") ? text.substr(0, text.size() - 3) : text;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

// What is said of the element at hand while a path is followed through the definitions.
struct Spot {
  const ElementNode* node = nullptr;
  std::shared_ptr<const Datum> fixed;    // of it, perhaps as a part of what is around it
  std::shared_ptr<const Datum> pattern;  // likewise
  bool resolved = false;                 // it is what the references of `node` lead to
};

const TypeDefinition* OnlyType(const ElementNode* node) {
  return node && node->definition.types && node->definition.types->size() == 1
             ? &node->definition.types->front()
             : nullptr;
}

std::shared_ptr<const Datum> PartOf(const std::shared_ptr<const Datum>& datum,
                                    const std::string& name) {
  const Datum* part = datum ? datum->Find(name) : nullptr;
  return part ? std::shared_ptr<const Datum>(datum, part) : nullptr;
}

bool SaysItsValue(const ElementNode* node) {
  return node && (node->definition.fixed || node->definition.pattern);
}

// What must hold a slice is told by that slice: the components of a blood pressure by their
// required coding.
const ElementNode* ChildOfRequiredSlice(const ElementNode& node, const std::string& name) {
  for (const auto& slice : node.slices) {
    const ElementNode* child = slice->FindChild(name);
    if (slice->definition.min.value_or(0) > 0 && SaysItsValue(child)) return child;
  }
  return nullptr;
}

class SliceCompiler {
 public:
  SliceCompiler(RuleContext& context) : context_(context) {}

  bool Add(const ElementNode& slice, const DiscriminatorDefinition& discriminator);
  std::vector<SliceTest> tests;

 private:
  Spot Follow(Spot spot, const PathStep& step);
  const ElementNode* TreeBelow(const Spot& spot);
  bool AddValue(const Spot& spot, const std::vector<PathStep>& path);
  bool AddUrl(const Spot& slice, const std::vector<PathStep>& path);
  bool AddFixedBelow(const ElementNode& node, const std::vector<PathStep>& path);
  bool AddType(const Spot& spot, const std::vector<PathStep>& path);
  bool AddProfile(const Spot& spot, const std::vector<PathStep>& path);
  bool AddExists(const Spot& spot, const std::vector<PathStep>& path);
  SliceTest& Added(const std::vector<PathStep>& path, SliceTest::Op op);
  static Spot At(const ElementNode* node);

  RuleContext& context_;
};

Spot SliceCompiler::At(const ElementNode* node) {
  Spot spot;
  spot.node = node;
  if (node) {
    spot.fixed = node->definition.fixed;
    spot.pattern = node->definition.pattern;
  }
  return spot;
}

SliceTest& SliceCompiler::Added(const std::vector<PathStep>& path, SliceTest::Op op) {
  SliceTest& test = tests.emplace_back();
  test.path = path;
  test.op = op;
  return test;
}

// The elements of the one profile on the type, or on the targets, of what is at hand.
const ElementNode* SliceCompiler::TreeBelow(const Spot& spot) {
  const TypeDefinition* type = OnlyType(spot.node);
  if (!type) return nullptr;
  const auto& profiles = spot.resolved ? type->target_profiles : type->profiles;
  return profiles.size() == 1 ? context_.FindTree(profiles.front()) : nullptr;
}

Spot SliceCompiler::Follow(Spot spot, const PathStep& step) {
  if (step.op == PathStep::Op::kResolve) {
    spot.resolved = true;
    return spot;
  }
  if (step.op == PathStep::Op::kOfType) {
    if (!spot.node) return spot;
    for (const auto& slice : spot.node->slices) {
      const TypeDefinition* type = OnlyType(slice.get());
      if (type && type->code == step.name) return At(slice.get());
    }
    return spot;
  }
  const std::string name = step.op == PathStep::Op::kExtension ? "extension" : step.name;
  const bool inside = spot.node && !spot.resolved;
  const ElementNode* child = inside ? spot.node->FindChild(name) : nullptr;
  if (inside && !SaysItsValue(child)) {
    if (const ElementNode* told = ChildOfRequiredSlice(*spot.node, name)) child = told;
  }
  if (!child) {
    const ElementNode* tree = TreeBelow(spot);
    child = tree ? tree->FindChild(name) : nullptr;
  }
  if (step.op == PathStep::Op::kExtension && child) {
    for (const auto& slice : child->slices) {
      const TypeDefinition* type = OnlyType(slice.get());
      if (type && std::ranges::find(type->profiles, step.name) != type->profiles.end()) {
        return At(slice.get());
      }
    }
    return {};
  }
  Spot next = At(child);
  if (!next.fixed) next.fixed = PartOf(spot.fixed, name);
  if (!next.pattern) next.pattern = PartOf(spot.pattern, name);
  return next;
}

bool SliceCompiler::Add(const ElementNode& slice, const DiscriminatorDefinition& discriminator) {
  const auto path = ParsePath(discriminator.path);
  if (!path) return false;
  Spot spot = At(&slice);
  for (const PathStep& step : *path) spot = Follow(std::move(spot), step);
  switch (discriminator.type) {
    case Type::kValue:
    case Type::kPattern:
      return AddValue(spot, *path) || AddUrl(At(&slice), *path);
    case Type::kExists:
      return AddExists(spot, *path);
    case Type::kType:
      return AddType(spot, *path);
    case Type::kProfile:
      return AddProfile(spot, *path);
  }
  return false;
}

bool SliceCompiler::AddValue(const Spot& spot, const std::vector<PathStep>& path) {
  if (spot.fixed) {
    Added(path, SliceTest::Op::kFixed).datum = spot.fixed;
    return true;
  }
  if (spot.pattern) {
    Added(path, SliceTest::Op::kPattern).datum = spot.pattern;
    return true;
  }
  if (!spot.node) return false;
  const bool below = AddFixedBelow(*spot.node, path);
  const auto& binding = spot.node->definition.binding;
  if (below || !binding || binding->strength != BindingDefinition::Strength::kRequired) {
    return below;
  }
  auto codes = context_.terminology.Find(binding->value_set, context_.definition.package);
  if (!codes) return false;
  Added(path, SliceTest::Op::kBinding).codes = std::move(codes);
  return true;
}

// Fixed values and patterns of what lies below the element.
bool SliceCompiler::AddFixedBelow(const ElementNode& node, const std::vector<PathStep>& path) {
  bool any = false;
  for (const auto& child : node.children) {
    std::vector<PathStep> longer = path;
    longer.push_back({PathStep::Op::kChild, child->name, {}});
    if (child->definition.fixed) {
      Added(longer, SliceTest::Op::kFixed).datum = child->definition.fixed;
      any = true;
    } else if (child->definition.pattern) {
      Added(longer, SliceTest::Op::kPattern).datum = child->definition.pattern;
      any = true;
    } else {
      any = AddFixedBelow(*child, longer) || any;
    }
  }
  return any;
}

// Slices of extensions that only name the definition.
bool SliceCompiler::AddUrl(const Spot& slice, const std::vector<PathStep>& path) {
  const TypeDefinition* type = OnlyType(slice.node);
  if (!type || type->code != "Extension" || type->profiles.size() != 1 || path.size() != 1 ||
      path.front().name != "url") {
    return false;
  }
  auto url = std::make_shared<Datum>();
  url->type = json::Type::kString;
  url->text = Canonical::Of(type->profiles.front()).url;
  Added(path, SliceTest::Op::kFixed).datum = std::move(url);
  return true;
}

bool SliceCompiler::AddType(const Spot& spot, const std::vector<PathStep>& path) {
  if (!spot.node || !spot.node->definition.types) return false;
  std::vector<TypeRef> types;
  for (const TypeDefinition& type : *spot.node->definition.types) {
    if (!spot.resolved) {
      const auto found = FindType(type.code);
      if (!found) return false;
      types.push_back(*found);
      continue;
    }
    for (const std::string& target : type.target_profiles) {
      const Definition* profile = context_.Find(target);
      const auto found = profile ? std::optional(profile->type_ref) : FindBaseType(target);
      if (!found) return false;
      types.push_back(*found);
    }
  }
  if (types.empty()) return false;
  Added(path, SliceTest::Op::kType).types = std::move(types);
  return true;
}

bool SliceCompiler::AddProfile(const Spot& spot, const std::vector<PathStep>& path) {
  if (!spot.node || !spot.node->definition.types) return false;
  std::vector<const Definition*> profiles;
  for (const TypeDefinition& type : *spot.node->definition.types) {
    for (const std::string& url : spot.resolved ? type.target_profiles : type.profiles) {
      const Definition* profile = context_.Find(url);
      if (!profile) return AddType(spot, path);
      profiles.push_back(profile);
    }
  }
  if (profiles.empty()) return AddType(spot, path);
  Added(path, SliceTest::Op::kProfile).profiles = std::move(profiles);
  return true;
}

bool SliceCompiler::AddExists(const Spot& spot, const std::vector<PathStep>& path) {
  if (!spot.node) return false;
  const ElementDefinition& element = spot.node->definition;
  if (element.max == 0U) {
    Added(path, SliceTest::Op::kAbsent);
  } else if (element.min.value_or(0) > 0) {
    Added(path, SliceTest::Op::kExists);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<SliceTest>> CompileSliceTests(const ElementNode& slice,
                                                        const SlicingDefinition& slicing,
                                                        RuleContext& context) {
  if (slicing.discriminators.empty()) return std::nullopt;
  SliceCompiler compiler(context);
  for (const DiscriminatorDefinition& discriminator : slicing.discriminators) {
    if (!compiler.Add(slice, discriminator)) return std::nullopt;
  }
  return std::move(compiler.tests);
}

}  // namespace healthlake::fhir
