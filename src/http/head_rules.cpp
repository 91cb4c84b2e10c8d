#include "http/head_rules.hpp"

#include <algorithm>
#include <array>

#include "http/field.hpp"

namespace healthlake::http {
namespace {

constexpr std::size_t kMaxFields = 256;

constexpr ByteSet kHostBytes = ByteSet::Of([](unsigned char c) {
  return IsAlphanumeric(c) ||
         std::string_view("-._~%!$&'()*+,;=").find(static_cast<char>(c)) != std::string_view::npos;
});
constexpr ByteSet kAddressBytes =  // inside [ ] of an IP literal
    ByteSet::Of([](unsigned char c) { return IsAlphanumeric(c) || c == ':' || c == '.'; });
constexpr ByteSet kDigits = ByteSet::Of([](unsigned char c) { return c >= '0' && c <= '9'; });

// Fields that say where a request ends and whom it is for: at most one of each.
struct FieldRule {
  std::string_view name;
  bool (*accepts)(std::string_view value);
  int needed_from;   // the minor version from which a request must have it
  int allowed_from;  // and from which it may
};
constexpr int kNever = 10;
constexpr std::array<FieldRule, 3> kFieldRules{{
    {"Host", IsAuthority, 1, 0},
    // RFC 9112 6.3 allows to take equal repeated values for one, and Beast does; refusing them is
    // simpler to trust.
    {"Content-Length", [](std::string_view value) { return kDigits.HasAll(value); }, kNever, 0},
    // Beast leaves a body coded "gzip, chunked", or chunked in HTTP/1.0, to the caller (RFC 9112
    // 6.1); it does refuse both framings in one request.
    {"Transfer-Encoding",
     [](std::string_view value) { return EqualsIgnoringCase(value, "chunked"); }, kNever, 1},
}};

}  // namespace

LineWalk::Result LineWalk::Next(std::string_view input, std::size_t limit) {
  start_ = end_;
  const std::size_t line_feed = input.find('\n', std::max(scanned_, start_));
  if (std::min(line_feed, input.size()) >= limit) return Result::kTooLong;
  if (start_ < input.size() && (input[start_] == ' ' || input[start_] == '\t')) {
    return Result::kMalformed;
  }
  if (line_feed == std::string_view::npos) {
    scanned_ = input.size();
    return Result::kNeedMore;
  }
  if (line_feed == start_ || input[line_feed - 1] != '\r') return Result::kMalformed;
  end_ = line_feed + 1;
  return Result::kLine;
}

bool IsAuthority(std::string_view text) {
  std::size_t host_end = std::min(text.find(':'), text.size());
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    if (!kAddressBytes.HasAll(text.substr(1, bracket - 1))) return false;
    host_end = bracket + 1;
  } else if (!kHostBytes.HasAll(text.substr(0, host_end))) {
    return false;
  }
  const std::string_view port = text.substr(host_end);
  return port.empty() || (port.front() == ':' && kDigits.HasAll(port.substr(1)));
}

bool IsChunkLine(std::string_view line) {
  return kFieldValueBytes.HasAll(line);
}

bool IsLastChunk(std::string_view line) {
  const std::size_t zeros = std::min(line.find_first_not_of('0'), line.size());
  return zeros > 0 &&
         (zeros == line.size() || !IsAlphanumeric(static_cast<unsigned char>(line[zeros])));
}

std::optional<Refusal> CheckFields(const Headers& headers, int minor_version) {
  std::size_t fields = 0;
  std::array<int, kFieldRules.size()> seen{};
  for (const Header& header : headers) {
    if (++fields > kMaxFields) return Refusal::kHeaderTooLarge;
    for (std::size_t i = 0; i < kFieldRules.size(); ++i) {
      const FieldRule& rule = kFieldRules[i];
      if (!EqualsIgnoringCase(header.name, rule.name)) continue;
      if (++seen[i] > 1 || minor_version < rule.allowed_from || !rule.accepts(header.value)) {
        return Refusal::kBadRequest;
      }
    }
  }
  for (std::size_t i = 0; i < kFieldRules.size(); ++i) {
    if (seen[i] == 0 && minor_version >= kFieldRules[i].needed_from) return Refusal::kBadRequest;
  }
  return std::nullopt;
}

}  // namespace healthlake::http
