#include "rest/query_parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::rest {
namespace {

constexpr std::size_t kMaxCountHealthLake = 100;
constexpr std::size_t kMaxCountR4 = 1'000;

[[noreturn]] void ThrowInvalid(const std::string& text) {
  throw core::Error(core::ErrorKind::kInvalid, text,
                    {{core::Severity::kError, "invalid", text, ""}});
}

std::string Decode(std::string_view text) {
  std::string form(text);
  std::replace(form.begin(), form.end(), '+', ' ');
  std::optional<std::string> decoded = core::PercentDecode(form);
  if (!decoded || !core::IsValidUtf8(*decoded)) {
    ThrowInvalid("The query is not percent-encoded UTF-8.");
  }
  return *std::move(decoded);
}

}  // namespace

std::vector<QueryParameter> ParseQuery(std::string_view query) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
      ThrowInvalid("The query is not of the form name=value.");
    }
    parameters.push_back({Decode(pair.substr(0, equals)), Decode(pair.substr(equals + 1))});
  }
  return parameters;
}

void ThrowParameter(std::string_view name, std::string_view why) {
  std::string text("Parameter '");
  ThrowInvalid(text.append(name).append("' ").append(why));
}

std::size_t ReadCount(const QueryParameter& parameter, fhir::SearchRules rules) {
  const std::string& text = parameter.value;
  std::size_t count = 0;
  const char* end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, count);
  const bool large = error == std::errc::result_out_of_range;
  if (text.empty() || read != end || (error != std::errc() && !large)) {
    ThrowParameter(parameter.name, "is not a whole number");
  }
  if (large) count = SIZE_MAX;
  if (rules == fhir::SearchRules::kR4) return std::min(count, kMaxCountR4);
  if (count < 1 || count > kMaxCountHealthLake) {
    ThrowParameter(parameter.name, "must be between 1 and 100");
  }
  return count;
}

fhir::DateInterval ReadDate(const QueryParameter& parameter) {
  std::string text = parameter.value;
  std::replace(text.begin(), text.end(), ' ', '+');
  const auto date = fhir::ParseDateInterval(text);
  if (!date) ThrowParameter(parameter.name, "is no date");
  return *date;
}

std::string ReadPageToken(const QueryParameter& parameter) {
  if (parameter.value.empty()) ThrowParameter(parameter.name, "has an empty value");
  std::string token = parameter.value;
  std::replace(token.begin(), token.end(), ' ', '+');
  return token;
}

}  // namespace healthlake::rest
