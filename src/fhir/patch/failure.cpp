#include "fhir/patch/failure.hpp"

#include <algorithm>

namespace healthlake::fhir {
namespace patch {
namespace {

constexpr std::size_t kMaxShown = 200;  // of a path

// Cut between characters.
std::string_view Shown(std::string_view text) {
  if (text.size() <= kMaxShown) return text;
  std::size_t end = kMaxShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

void Throw(core::ErrorKind kind, const OperationName& operation, std::string_view why) {
  std::string message = "Patch operation " + std::to_string(operation.number);
  if (!operation.type.empty()) {
    message.append(" (").append(Shown(operation.type));
    if (!operation.path.empty()) message.append(" ").append(Shown(operation.path));
    if (Shown(operation.path).size() < operation.path.size()) message.append("…");
    message.append(")");
  }
  throw core::Error(kind, message.append(": ").append(why).append("."));
}

json::EditLimits LimitsOf(const PatchLimits& limits, const json::Value& resource,
                          const json::Value& patch) {
  const std::size_t given = resource.raw().size() + patch.raw().size();
  return {std::max(limits.max_bytes, given), limits.max_work};
}

void ParseResult(json::Document& document, const std::string& text) {
  if (const auto error = document.Parse(text)) {
    throw core::Error(core::ErrorKind::kUnprocessable,
                      "The patched resource could not be read: " + error->message + ".");
  }
}

}  // namespace patch

void CheckIdentity(const json::Value& resource, const json::Value& patched) {
  const auto same = [&](std::string_view name) {
    const auto before = resource.Find(name);
    const auto after = patched.Find(name);
    return before && after && after->is_string() && before->string() == after->string();
  };
  for (const std::string_view name : {"resourceType", "id"}) {
    if (same(name)) continue;
    throw core::Error(core::ErrorKind::kUnprocessable,
                      "A patch cannot change the " + std::string(name) + " of a resource.");
  }
}

}  // namespace healthlake::fhir
