#include "fhir/profile/definition.hpp"

#include <optional>
#include <utility>

#include "fhir/profile/rule_compiler.hpp"
#include "fhir/profile/rules.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

// Chains of bases are shorter; a circle is not.
constexpr int kMaxBases = 32;

[[noreturn]] void Refuse(const Definition& definition, const std::string& message) {
  throw core::Error(core::ErrorKind::kInvalid, definition.name + ": " + message);
}

std::optional<json::Value> ElementsOf(const json::Value& root, std::string_view view) {
  const auto found = root.Find(view);
  return found ? found->Find("element") : std::nullopt;
}

enum class Source : std::uint8_t { kBest, kDifferential };

std::unique_ptr<ElementNode> Tree(const Definition& definition, const ProfileSet::Rules& set,
                                  Source source, int bases) {
  json::Document document;
  if (const auto error = document.Parse(definition.source)) Refuse(definition, error->message);
  const json::Value root = document.root();
  if (const auto snapshot = ElementsOf(root, "snapshot"); snapshot && source == Source::kBest) {
    auto tree = std::make_unique<ElementNode>();
    Apply(*tree, ReadElements(*snapshot));
    return tree;
  }
  const auto differential = ElementsOf(root, "differential");
  if (!differential) Refuse(definition, "it has neither snapshot nor differential");
  const auto base = root.Find("baseDefinition");
  if (!base || !base->is_string()) Refuse(definition, "it has no baseDefinition");
  std::unique_ptr<ElementNode> tree;
  if (const Definition* above = set.Find(base->string(), definition.package)) {
    if (bases == 0) Refuse(definition, "its baseDefinition leads to itself");
    tree = Tree(*above, set, Source::kBest, bases - 1);
  } else if (FindBaseType(base->string())) {
    tree = std::make_unique<ElementNode>();
  } else {
    Refuse(definition, "it has no snapshot, and its baseDefinition " + std::string(base->string()) +
                           " is in no package loaded");
  }
  Apply(*tree, ReadElements(*differential));
  AddContentPlaces(*tree);
  return tree;
}

}  // namespace

std::unique_ptr<ElementNode> TreeOf(const Definition& definition, const ProfileSet::Rules& set) {
  return Tree(definition, set, Source::kBest, kMaxBases);
}

std::unique_ptr<ElementNode> TreeOfDifferential(const Definition& definition,
                                                const ProfileSet::Rules& set) {
  return Tree(definition, set, Source::kDifferential, kMaxBases);
}

const ElementRules& Definition::rules() const {
  std::call_once(once_, [&] {
    if (rules_) return;
    // One of the base specification is shared by all sets, and knows nothing of their packages.
    const ProfileSet::Rules& base = ProfileSet::Base().rules();
    Terminology terminology(base.graph);
    try {
      Compile(base, terminology);
    } catch (const core::Error&) {
      rules_ = std::make_unique<const ElementRules>();
    }
  });
  return *rules_;
}

void Definition::Compile(const ProfileSet::Rules& set, Terminology& terminology) const {
  try {
    const std::unique_ptr<ElementNode> tree = TreeOf(*this, set);
    rules_ = CompileRules(*this, *tree, set, terminology);
  } catch (const core::Error& error) {
    if (std::string_view(error.message()).starts_with(name)) throw;
    Refuse(*this, error.message());
  }
}

}  // namespace healthlake::fhir
