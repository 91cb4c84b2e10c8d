#include "fhir/profile/terminology.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

using Part = ComposedCodeSet::Part;

std::string Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? std::string(found->string()) : std::string();
}

void AddCodes(const json::Value& concepts, Part& part) {
  part.listed = true;
  for (const json::Value each : concepts) part.codes.insert(Text(each, "code"));
}

// The systems of an expansion, each with its codes; codes may be nested.
void ReadExpansion(const json::Value& contains, std::vector<Part>& parts) {
  if (!contains.is_array()) return;
  for (const json::Value each : contains) {
    const std::string system = Text(each, "system");
    auto part = std::ranges::find(parts, system, &Part::system);
    if (part == parts.end()) {
      parts.emplace_back();
      part = std::prev(parts.end());
      part->system = system;
      part->listed = true;
    }
    const auto abstract = each.Find("abstract");
    if (!abstract || !abstract->is_boolean() || !abstract->boolean()) {
      part->codes.insert(Text(each, "code"));
    }
    if (const auto below = each.Find("contains")) ReadExpansion(*below, parts);
  }
}

}  // namespace

void Terminology::AddValueSet(PackageFile file, std::size_t package) {
  auto source = std::make_shared<ValueSetSource>();
  source->name = std::move(file.name);
  source->text = std::move(file.text);
  source->package = package;
  value_sets_.Add(file.url, file.version, package, std::move(source));
}

void Terminology::AddCodeSystem(PackageFile file, std::size_t package) {
  auto source = std::make_shared<CodeSystemSource>();
  source->name = std::move(file.name);
  source->text = std::move(file.text);
  code_systems_.Add(file.url, file.version, package, std::move(source));
}

std::shared_ptr<const CodeSet> Terminology::Find(std::string_view canonical, std::size_t package) {
  const Canonical reference = Canonical::Of(canonical);
  if (const auto* entry = value_sets_.Find(reference, graph_, package)) {
    ValueSetSource& source = *entry->value;
    if (source.state == ValueSetSource::State::kNew) {
      source.state = ValueSetSource::State::kCompiling;
      source.compiled = Compile(source);
      source.state = ValueSetSource::State::kDone;
    }
    return source.compiled;  // of one that includes itself: nothing
  }
  const CodeSetId id = FindCodeSet(reference.url);
  return id.IsNone() ? nullptr : std::make_shared<const BaseCodeSet>(id);
}

std::shared_ptr<const CodeSet> Terminology::Compile(const ValueSetSource& source) {
  json::Document document;
  if (document.Parse(source.text)) return nullptr;
  const json::Value root = document.root();
  std::vector<Part> included;
  std::vector<Part> excluded;
  const auto expansion = root.Find("expansion");
  const auto contains = expansion ? expansion->Find("contains") : std::nullopt;
  const auto compose = root.Find("compose");
  if (contains) {
    ReadExpansion(*contains, included);
  } else if (compose) {
    if (const auto include = compose->Find("include")) {
      included = ReadParts(*include, source.package);
    }
    if (const auto exclude = compose->Find("exclude")) {
      excluded = ReadParts(*exclude, source.package);
    }
  }
  if (included.empty()) return nullptr;
  return std::make_shared<const ComposedCodeSet>(std::move(included), std::move(excluded));
}

std::vector<Part> Terminology::ReadParts(const json::Value& parts, std::size_t package) {
  std::vector<Part> out;
  if (!parts.is_array()) return out;
  for (const json::Value each : parts) out.push_back(ReadPart(each, package));
  return out;
}

Part Terminology::ReadPart(const json::Value& value, std::size_t package) {
  Part part;
  part.system = Text(value, "system");
  part.any_system = part.system.empty();
  if (const auto sets = value.Find("valueSet"); sets && sets->is_array()) {
    for (const json::Value each : *sets) {
      if (!each.is_string()) continue;
      if (auto set = Find(each.string(), package)) {
        part.value_sets.push_back(std::move(set));
      } else {
        part.unknown = true;
      }
    }
  }
  if (const auto concepts = value.Find("concept"); concepts && concepts->is_array()) {
    AddCodes(*concepts, part);
    return part;
  }
  std::vector<ConceptFilter> filters;
  if (const auto list = value.Find("filter"); list && list->is_array()) {
    for (const json::Value each : *list) {
      filters.push_back({Text(each, "property"), Text(each, "op"), Text(each, "value")});
    }
  }
  const std::string version = Text(value, "version");
  const CodeSystem* system =
      part.any_system
          ? nullptr
          : FindCodeSystem(version.empty() ? part.system : part.system + '|' + version, package);
  if (!system && !version.empty()) system = FindCodeSystem(part.system, package);
  auto selected = system ? system->Select(filters) : std::nullopt;
  if (selected) {
    part.listed = true;
    part.codes.insert(std::make_move_iterator(selected->begin()),
                      std::make_move_iterator(selected->end()));
  } else if (!part.any_system && !filters.empty()) {
    part.unknown = true;
  }
  return part;
}

const CodeSystem* Terminology::FindCodeSystem(std::string_view canonical, std::size_t package) {
  const auto* entry = code_systems_.Find(Canonical::Of(canonical), graph_, package);
  if (!entry) return nullptr;
  CodeSystemSource& source = *entry->value;
  if (!source.read) {
    json::Document document;
    if (document.Parse(source.text)) return nullptr;
    source.read = std::make_unique<const CodeSystem>(document.root());
  }
  return source.read.get();
}

}  // namespace healthlake::fhir
