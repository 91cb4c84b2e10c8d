#include "healthlake/fhir/search_text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "healthlake/fhir/endpoint.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxIdLength = 64;
constexpr std::int64_t kMillisPerDay = 86'400'000;

// --- Strings -------------------------------------------------------------------------------------

bool IsAsciiSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool IsSpace(utf8proc_int32_t point) {
  if (point < 0x80) return IsAsciiSpace(static_cast<char>(point));
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

void AppendSpace(std::string& out) {
  if (!out.empty() && out.back() != ' ') out += ' ';
}

void AppendFolded(utf8proc_int32_t point, std::string& out) {
  constexpr auto kOptions =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
  std::array<utf8proc_int32_t, 32> parts;
  int boundary = 0;
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      point, parts.data(), static_cast<utf8proc_ssize_t>(parts.size()), kOptions, &boundary);
  for (utf8proc_ssize_t i = 0; i < count && i < static_cast<utf8proc_ssize_t>(parts.size()); ++i) {
    std::array<utf8proc_uint8_t, 4> bytes;
    const utf8proc_ssize_t length =
        utf8proc_encode_char(parts[static_cast<std::size_t>(i)], bytes.data());
    for (std::size_t b = 0; b < static_cast<std::size_t>(length); ++b) {
      out += static_cast<char>(bytes[b]);
    }
  }
}

// --- Dates ---------------------------------------------------------------------------------------

// Reads fixed-width digits off the front of a text.
class DigitReader {
 public:
  explicit DigitReader(std::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  bool Accept(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  bool Number(std::size_t width, int low, int high, int& value) {
    if (text_.size() - at_ < width) return false;
    value = 0;
    for (std::size_t i = 0; i < width; ++i, ++at_) {
      if (!IsDigit(text_[at_])) return false;
      value = value * 10 + (text_[at_] - '0');
    }
    return value >= low && value <= high;
  }
  // Digits of a fraction as milliseconds, and the milliseconds that its last digit stands for.
  bool Fraction(int& millis, int& precision) {
    if (!IsDigit(Peek())) return false;
    millis = 0;
    precision = 1000;
    for (; IsDigit(Peek()); ++at_) {
      if (precision == 1) continue;
      precision /= 10;
      millis += (Peek() - '0') * precision;
    }
    return true;
  }

 private:
  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }
  std::string_view text_;
  std::size_t at_ = 0;
};

bool IsLeap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int DaysIn(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// Days from 1970-01-01 to the first of a month (proleptic Gregorian calendar; month may be 13).
std::int64_t DayOf(int year, int month, int day) {
  constexpr std::array<int, 12> kBefore = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  if (month > 12) {
    month -= 12;
    ++year;
  }
  const std::int64_t y = year - 1;
  std::int64_t days = y * 365 + y / 4 - y / 100 + y / 400 - 719162;
  days += kBefore[static_cast<std::size_t>(month - 1)] + day - 1;
  if (month > 2 && IsLeap(year)) ++days;
  return days;
}

// "Z", "+hh:mm", "-hh:mm" or nothing.
bool ReadZone(DigitReader& reader, std::int64_t& offset) {
  offset = 0;
  if (reader.AtEnd() || reader.Accept('Z')) return reader.AtEnd();
  const bool west = reader.Peek() == '-';
  if (!reader.Accept('-') && !reader.Accept('+')) return false;
  int hours = 0;
  int minutes = 0;
  if (!reader.Number(2, 0, 14, hours) || !reader.Accept(':') || !reader.Number(2, 0, 59, minutes)) {
    return false;
  }
  offset = (hours * 60 + minutes) * std::int64_t{60'000};
  if (west) offset = -offset;
  return reader.AtEnd();
}

std::optional<DateInterval> ReadTime(DigitReader& reader, std::int64_t day_start) {
  int hour = 0;
  int minute = 0;
  if (!reader.Number(2, 0, 23, hour) || !reader.Accept(':') || !reader.Number(2, 0, 59, minute)) {
    return std::nullopt;
  }
  std::int64_t from = day_start + (hour * 60 + minute) * std::int64_t{60'000};
  std::int64_t width = 60'000;
  if (reader.Accept(':')) {
    int second = 0;
    if (!reader.Number(2, 0, 60, second)) return std::nullopt;
    from += std::min(second, 59) * 1000L;  // a leap second reads as :59
    width = 1000;
    if (reader.Accept('.')) {
      int millis = 0;
      int precision = 0;
      if (!reader.Fraction(millis, precision)) return std::nullopt;
      from += millis;
      width = precision;
    }
  }
  std::int64_t offset = 0;
  if (!ReadZone(reader, offset)) return std::nullopt;
  return DateInterval{from - offset, from - offset + width};
}

// --- References ----------------------------------------------------------------------------------

constexpr std::array<bool, 256> kIdCharacters = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    table[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.';
  }
  return table;
}();

// Where the id at the end of a text starts; the text's size when there is none.
std::size_t IdStart(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && kIdCharacters[static_cast<unsigned char>(text[at - 1])]) --at;
  return text.size() - at <= kMaxIdLength ? at : text.size();
}

bool TakeEnd(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

}  // namespace

void NormalizeString(std::string_view text, std::string& out) {
  out.clear();
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      ++at;
      if (IsAsciiSpace(c)) {
        AppendSpace(out);
      } else {
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      }
      continue;
    }
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    if (length <= 0) {
      out += c;
      ++at;
      continue;
    }
    at += static_cast<std::size_t>(length);
    if (IsSpace(point)) {
      AppendSpace(out);
    } else {
      AppendFolded(point, out);
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
}

std::string NormalizeString(std::string_view text) {
  std::string out;
  NormalizeString(text, out);
  return out;
}

std::optional<DateInterval> ParseDateInterval(std::string_view text) {
  DigitReader reader(text);
  int year = 0;
  int month = 1;
  int day = 1;
  if (!reader.Number(4, 1, 9999, year)) return std::nullopt;
  if (reader.AtEnd()) {
    return DateInterval{DayOf(year, 1, 1) * kMillisPerDay, DayOf(year + 1, 1, 1) * kMillisPerDay};
  }
  if (!reader.Accept('-') || !reader.Number(2, 1, 12, month)) return std::nullopt;
  if (reader.AtEnd()) {
    return DateInterval{DayOf(year, month, 1) * kMillisPerDay,
                        DayOf(year, month + 1, 1) * kMillisPerDay};
  }
  if (!reader.Accept('-') || !reader.Number(2, 1, DaysIn(year, month), day)) return std::nullopt;
  const std::int64_t from = DayOf(year, month, day) * kMillisPerDay;
  if (reader.AtEnd()) return DateInterval{from, from + kMillisPerDay};
  if (!reader.Accept('T')) return std::nullopt;
  return ReadTime(reader, from);
}

bool IsEndpointOf(std::string_view url, std::string_view datastore_id) {
  if (datastore_id.empty() || !TakeEnd(url, "/r4")) return false;
  if (TakeEnd(url, kProgrammeVersion)) {
    const bool programme =
        TakeEnd(url, "/") && std::any_of(kProgrammes.begin(), kProgrammes.end(),
                                         [&](std::string_view name) { return TakeEnd(url, name); });
    if (!programme || !TakeEnd(url, "/")) return false;
  }
  return TakeEnd(url, datastore_id) && url.ends_with("/datastore/");
}

ReferenceText ParseReference(std::string_view reference, std::string_view datastore_id) {
  constexpr std::string_view kHistory = "/_history";
  const ReferenceText whole{reference, {}, false};
  std::string_view text = reference;
  std::size_t id = IdStart(text);
  if (id == text.size() || id == 0 || text[id - 1] != '/') return whole;
  if (text.substr(0, id - 1).ends_with(kHistory)) {
    text = text.substr(0, id - 1 - kHistory.size());
    id = IdStart(text);
    if (id == text.size() || id == 0 || text[id - 1] != '/') return whole;
  }
  std::size_t type_start = id - 1;
  while (type_start > 0 && text[type_start - 1] != '/') --type_start;
  const auto type = FindResourceType(text.substr(type_start, id - 1 - type_start));
  if (!type) return whole;
  if (type_start == 0) return {text, *type, true};
  if (IsEndpointOf(text.substr(0, type_start - 1), datastore_id)) {
    return {text.substr(type_start), *type, true};
  }
  return {text, *type, false};
}

}  // namespace healthlake::fhir
