#include "healthlake/aws/sigv4.hpp"

#include <algorithm>
#include <array>

#include "healthlake/core/encoding.hpp"

namespace healthlake::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr std::size_t kAccountDigits = 12;
constexpr std::size_t kLongestRegion = 64;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes what stands before the next `separator` off the front of `text`.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

std::optional<CredentialScope> ParseScope(std::string_view credential) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) part = TakeUntil(credential, '/');
  if (!credential.empty() || parts[0].empty() || parts[4] != kTerminator) return std::nullopt;
  return CredentialScope{std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
                         std::string(parts[3])};
}

bool IsRegion(std::string_view text) {
  return !text.empty() && text.size() <= kLongestRegion &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool IsAccount(std::string_view text) {
  return text.size() == kAccountDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<CredentialScope> FindScopeInHeader(std::string_view authorization) {
  authorization = Trim(authorization);
  if (!authorization.starts_with(kAlgorithm)) return std::nullopt;
  authorization.remove_prefix(kAlgorithm.size());
  if (authorization.empty() || authorization.front() != ' ') return std::nullopt;
  while (!authorization.empty()) {
    const std::string_view field = Trim(TakeUntil(authorization, ','));
    constexpr std::string_view kName = "Credential=";
    if (field.starts_with(kName)) return ParseScope(field.substr(kName.size()));
  }
  return std::nullopt;
}

std::optional<CredentialScope> FindScopeInQuery(std::string_view query) {
  while (!query.empty()) {
    std::string_view pair = TakeUntil(query, '&');
    if (TakeUntil(pair, '=') != "X-Amz-Credential") continue;
    const auto credential = core::PercentDecode(pair);
    return credential ? ParseScope(*credential) : std::nullopt;
  }
  return std::nullopt;
}

core::Owner OwnerOf(std::optional<std::string_view> authorization, std::string_view query) {
  std::optional<CredentialScope> scope;
  if (authorization) scope = FindScopeInHeader(*authorization);
  if (!scope) scope = FindScopeInQuery(query);
  core::Owner owner;
  if (!scope) return owner;
  if (IsRegion(scope->region)) owner.region = scope->region;
  if (IsAccount(scope->access_key_id)) owner.account = scope->access_key_id;
  return owner;
}

}  // namespace healthlake::aws
