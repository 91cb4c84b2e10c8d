#include "fhir/profile/rules.hpp"

#include <algorithm>
#include <utility>

#include "fhir/r4/base_profiles.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kBaseUrl = "http://hl7.org/fhir/StructureDefinition/";

std::string Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? std::string(found->string()) : std::string();
}

// Null for what is no profile: definitions of types, and of logical models.
std::unique_ptr<Definition> MakeDefinition(std::string url, std::string name,
                                           std::string_view source) {
  json::Document document;
  if (document.Parse(source)) return nullptr;
  const json::Value root = document.root();
  if (Text(root, "derivation") != "constraint") return nullptr;
  auto definition = std::make_unique<Definition>();
  definition->type = Text(root, "type");
  const auto type = FindType(definition->type);
  if (!type) return nullptr;
  definition->type_ref = *type;
  definition->url = std::move(url);
  definition->name = std::move(name);
  definition->source = source;
  return definition;
}

}  // namespace

std::optional<TypeRef> FindType(std::string_view name) {
  if (const StructureId structure = FindStructure(name); !structure.IsNone()) {
    return TypeRef{r4::Kind::kComplex, structure.number()};
  }
  const r4::Kind kind = r4::FindKind(name);
  if (!r4::IsPrimitive(kind)) return std::nullopt;
  return TypeRef{kind, 0};
}

std::optional<TypeRef> FindBaseType(std::string_view canonical) {
  const Canonical reference = Canonical::Of(canonical);
  if (!reference.url.starts_with(kBaseUrl)) return std::nullopt;
  if (!reference.version.empty() && !reference.version.starts_with("4.0")) return std::nullopt;
  return FindType(reference.url.substr(kBaseUrl.size()));
}

ProfileSet::Rules::Rules()
    : base_definitions_(std::make_unique<BaseDefinition[]>(r4::BaseProfiles().size())) {
  for (const r4::BaseProfileRow& row : r4::BaseProfiles()) {
    base_index_.emplace(r4::UrlOf(row), base_index_.size());
  }
}

const Definition* ProfileSet::Rules::FindInBase(const Canonical& canonical) const {
  const auto found = base_index_.find(canonical.url);
  if (found == base_index_.end()) return nullptr;
  if (!canonical.version.empty() && !canonical.version.starts_with("4.0")) return nullptr;
  BaseDefinition& entry = base_definitions_[found->second];
  std::call_once(entry.once, [&] {
    const std::string_view text = r4::JsonOf(r4::BaseProfiles()[found->second]);
    entry.definition = MakeDefinition(std::string(canonical.url), "", text);
    if (entry.definition) entry.definition->name = entry.definition->url;
  });
  return entry.definition.get();
}

const Definition* ProfileSet::Rules::Find(std::string_view canonical, std::size_t package) const {
  if (!base) return FindInBase(Canonical::Of(canonical));
  const auto* entry = index_.Find(Canonical::Of(canonical), graph, package);
  if (entry) return entry->value.get();
  return base->FindInBase(Canonical::Of(canonical));
}

PackageInfo ProfileSet::Rules::Add(Package package) {
  const std::size_t number = graph.packages.size();
  PackageInfo info{package.name, package.version, 0, 0, package.value_sets.size()};
  graph.packages.push_back({package.name, package.version, {}});
  for (Package::Dependency& each : package.dependencies) {
    graph.packages.back().dependencies.push_back(std::move(each.name));
  }
  if (!terminology_) terminology_ = std::make_unique<Terminology>(graph);
  for (PackageFile& file : package.structure_definitions) {
    AddDefinition(std::move(file), number, info);
  }
  for (PackageFile& file : package.value_sets) terminology_->AddValueSet(std::move(file), number);
  for (PackageFile& file : package.code_systems) {
    terminology_->AddCodeSystem(std::move(file), number);
  }
  infos.push_back(info);
  return info;
}

void ProfileSet::Rules::AddDefinition(PackageFile file, std::size_t package, PackageInfo& info) {
  std::shared_ptr<Definition> definition = MakeDefinition(file.url, file.name, file.text);
  if (!definition) return;
  definition->package = package;
  definition->owned_source = std::move(file.text);
  definition->source = definition->owned_source;
  ++(definition->type == "Extension" ? info.extensions : info.profiles);
  definitions_.push_back(definition);
  index_.Add(file.url, file.version, package, std::move(definition));
}

void ProfileSet::Rules::CompileAll() {
  for (const auto& definition : definitions_) definition->Compile(*this, *terminology_);
  for (const auto& definition : definitions_) {
    definition->source = {};
    definition->owned_source = std::string();
  }
  terminology_.reset();
}

}  // namespace healthlake::fhir
