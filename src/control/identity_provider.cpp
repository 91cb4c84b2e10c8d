#include "control/identity_provider.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "control/input.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::control {
namespace {

using json::Tree;

bool IsText(const Tree& value) {
  return value.is_string() && !value.get<std::string>().empty();
}
bool IsTexts(const Tree& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), IsText);
}
bool IsSomeTexts(const Tree& value) {
  return IsTexts(value) && !value.empty();
}
bool HasS256(const Tree& value) {
  return IsTexts(value) && std::find(value.begin(), value.end(), Tree("S256")) != value.end();
}

struct KeyRow {
  std::string_view key;
  bool (*holds)(const Tree& value);
  std::string_view must;
};

constexpr std::array<KeyRow, 5> kMandatoryKeys = {{
    {"authorization_endpoint", IsText, "must be a string"},
    {"token_endpoint", IsText, "must be a string"},
    {"grant_types_supported", IsSomeTexts, "must be an array of at least one string"},
    {"capabilities", IsTexts, "must be an array of strings"},
    {"code_challenge_methods_supported", HasS256, "must be an array that has S256"},
}};

void CheckMetadata(const std::string& text, std::vector<std::string>& faults) {
  const auto metadata = json::ParseTree(text);
  if (!metadata || !metadata->is_object()) {
    faults.emplace_back("Metadata must be a string that holds a JSON object");
    return;
  }
  for (const KeyRow& row : kMandatoryKeys) {
    const Tree* value = FindMember(*metadata, row.key);
    if (value != nullptr && row.holds(*value)) continue;
    faults.push_back("Metadata." + std::string(row.key) + " " + std::string(row.must));
  }
}

}  // namespace

void CheckIdentityProvider(const Tree& configuration) {
  const std::string strategy = TextOf(configuration, "AuthorizationStrategy");
  if (strategy == "AWS_AUTH") return;
  std::vector<std::string> faults;
  if (!FindText(configuration, "IdpLambdaArn")) {
    faults.push_back("IdpLambdaArn is required for " + strategy);
  }
  if (const auto metadata = FindText(configuration, "Metadata")) {
    CheckMetadata(*metadata, faults);
  } else {
    faults.push_back("Metadata is required for " + strategy);
  }
  if (faults.empty()) return;
  std::string message = "IdentityProviderConfiguration is not valid: ";
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (i > 0) message += "; ";
    message += faults[i];
  }
  throw core::Error(core::ErrorKind::kInvalid, message);
}

}  // namespace healthlake::control
