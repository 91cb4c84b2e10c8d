#include "http/coding.hpp"

#include <array>

#include "http/field.hpp"

namespace healthlake::http {
namespace {

// Media types that shrink have one of these in their name.
constexpr std::array<std::string_view, 5> kWords{"text/", "json", "xml", "javascript", "csv"};

// weight of RFC 9110 12.4.2 in thousandths; nullopt when malformed.
std::optional<int> ParseWeight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * 1000;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return std::nullopt;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  if (weight > 1000) return std::nullopt;
  return weight;
}

struct Preference {
  std::string_view coding;
  int weight = 1000;
};

// One element of Accept-Encoding; a weight that cannot be read makes the coding unwanted.
Preference ParsePreference(std::string_view element) {
  const std::size_t semicolon = element.find(';');
  Preference preference{TrimWhitespace(element.substr(0, semicolon))};
  if (semicolon == std::string_view::npos) return preference;
  const std::string_view parameter = TrimWhitespace(element.substr(semicolon + 1));
  if (parameter.size() < 2 || LowerAscii(parameter[0]) != 'q' || parameter[1] != '=') {
    preference.weight = 0;
  } else {
    preference.weight = ParseWeight(TrimWhitespace(parameter.substr(2))).value_or(0);
  }
  return preference;
}

bool IsGzip(std::string_view coding) {
  return EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip");
}

}  // namespace

std::optional<Coding> BodyCoding(const Headers& headers) {
  int gzips = 0;
  bool unknown = false;
  for (const Header& header : headers) {
    if (header.name.size() != 16 || !EqualsIgnoringCase(header.name, "content-encoding")) continue;
    ForEachElement(header.value, [&](std::string_view coding) {
      if (IsGzip(coding)) {
        ++gzips;
      } else if (!EqualsIgnoringCase(coding, "identity")) {
        unknown = true;
      }
    });
  }
  if (unknown || gzips > 1) return std::nullopt;
  return gzips == 1 ? Coding::kGzip : Coding::kIdentity;
}

bool PrefersGzip(const Headers& headers) {
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> any;
  for (const Header& header : headers) {
    if (header.name.size() != 15 || !EqualsIgnoringCase(header.name, "accept-encoding")) continue;
    ForEachElement(header.value, [&](std::string_view element) {
      const Preference preference = ParsePreference(element);
      if (IsGzip(preference.coding)) {
        gzip = preference.weight;
      } else if (EqualsIgnoringCase(preference.coding, "identity")) {
        identity = preference.weight;
      } else if (preference.coding == "*") {
        any = preference.weight;
      }
    });
  }
  const int wanted = gzip.value_or(any.value_or(0));
  return wanted > 0 && wanted >= identity.value_or(0);
}

bool IsCompressible(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  for (const std::string_view word : kWords) {
    for (std::size_t at = 0; at + word.size() <= type.size(); ++at) {
      if (EqualsIgnoringCase(type.substr(at, word.size()), word)) return true;
    }
  }
  return false;
}

}  // namespace healthlake::http
