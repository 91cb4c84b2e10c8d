#include "fhir/reference_check.hpp"

#include <algorithm>
#include <cstdint>

#include "fhir/primitive_format.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kResourceUrl = "http://hl7.org/fhir/StructureDefinition/";

std::span<const std::uint8_t> TargetsOf(const r4::MemberRow& member) {
  return {r4::kTargets + member.first_target, member.target_count};
}

bool Allows(const r4::MemberRow& member, ResourceType type) {
  const auto targets = TargetsOf(member);
  return targets.empty() || std::ranges::find(targets, type.number()) != targets.end();
}

std::string WrongTarget(const r4::MemberRow& member, ResourceType type) {
  std::string out = "Invalid Resource target type. Found " + std::string(NameOf(type)) +
                    ", but expected one of (";
  const char* separator = "";
  for (const std::uint8_t target : TargetsOf(member)) {
    out += separator + std::string(NameOf(ResourceType::FromNumber(target)));
    separator = ", ";
  }
  return out + ")";
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

class LiteralCheck {
 public:
  LiteralCheck(const r4::MemberRow& member, ContainedResources& contained, BundleEntries& entries,
               IssueLog& log)
      : member_(member), contained_(contained), entries_(entries), log_(log) {}

  // The type referred to; none when the text does not tell.
  ResourceType Run(std::string_view text) {
    ResourceType type;
    if (text.starts_with('#')) {
      type = Fragment(text);
    } else if (HasScheme(text)) {
      const std::string_view fault = FormatFault(r4::Kind::kUri, text);
      if (!fault.empty()) {
        Add(std::string(fault) + " ('" + Shown(text) + "')");
      } else if (text.starts_with("http")) {
        type = ParseReference(text, {}).target;
      } else {
        type = entries_.TypeOf(text);
      }
    } else {
      type = Relative(text);
    }
    if (!type.IsNone() && !Allows(member_, type)) Add(WrongTarget(member_, type));
    return type;
  }

 private:
  ResourceType Fragment(std::string_view text) {
    const ContainedResources::Entry* entry = contained_.Refer(text);
    if (entry) return entry->type;
    if (text == "#") {
      const auto name = contained_.container().Find("resourceType");
      if (name && name->is_string())
        return FindResourceType(name->string()).value_or(ResourceType());
    } else {
      Add("Constraint failed: ref-1: unable to resolve resource with reference '" + Shown(text) +
          "': there is no such contained resource");
    }
    return {};
  }

  // Type/id, Type/id/_history/version, Type?criteria
  ResourceType Relative(std::string_view text) {
    const ReferenceText parsed = ParseReference(text, {});
    if (parsed.local) return parsed.target;
    const std::size_t query = text.find('?');
    if (query != std::string_view::npos) {
      const auto type = FindResourceType(text.substr(0, query));
      if (type && FormatFault(r4::Kind::kUri, text).empty()) return *type;
    }
    Add("Relative URLs must be of the format [ResourceName]/[id]. Encountered '" + Shown(text) +
        "'");
    return {};
  }

  void Add(std::string diagnostics) { log_.AddAtChild("reference", std::move(diagnostics)); }

  const r4::MemberRow& member_;
  ContainedResources& contained_;
  BundleEntries& entries_;
  IssueLog& log_;
};

}  // namespace

bool HasScheme(std::string_view text) {
  if (text.empty() || !IsLetter(text.front())) return false;
  for (const char c : text) {
    if (c == ':') return true;
    if (!IsLetter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return false;
  }
  return false;
}

void CheckReference(const json::Value& reference, const r4::MemberRow& member,
                    ContainedResources& contained, BundleEntries& entries, IssueLog& log) {
  std::string_view literal;
  std::string_view type_name;
  for (const json::Value child : reference) {
    if (!child.is_string()) continue;
    const std::string_view key = child.key();
    if (key == "reference") {
      literal = child.string();
    } else if (key == "type") {
      type_name = child.string();
    }
  }
  ResourceType referred;
  if (!literal.empty()) referred = LiteralCheck(member, contained, entries, log).Run(literal);
  if (type_name.empty()) return;
  if (type_name.starts_with(kResourceUrl)) type_name.remove_prefix(kResourceUrl.size());
  const auto type = FindResourceType(type_name);
  if (!type) return;  // a logical model, or a fault of the uri that is reported there
  if (!referred.IsNone() && referred != *type) {
    log.AddAtChild("type", "The type '" + std::string(type_name) +
                               "' is not that of the reference, which is " +
                               std::string(NameOf(referred)));
  } else if (!Allows(member, *type)) {
    log.AddAtChild("type", WrongTarget(member, *type));
  }
}

}  // namespace healthlake::fhir
