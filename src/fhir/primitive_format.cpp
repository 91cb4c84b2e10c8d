#include "fhir/primitive_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxShown = 100;
constexpr std::size_t kMaxIdLength = 64;
constexpr std::string_view kOidStart = "urn:oid:";
constexpr std::string_view kUuidStart = "urn:uuid:";

enum CharClass : std::uint8_t {
  kSpace = 1,    // white space of \s in ASCII
  kControl = 2,  // below 32 but tab, line feed and carriage return
  kIdChar = 4,
  kBase64Char = 8,
  kDigit = 16,
  kHexChar = 32,  // lower case
};

constexpr std::array<std::uint8_t, 256> MakeClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    unsigned bits = 0;
    if (c == ' ' || (c >= '\t' && c <= '\r')) bits |= kSpace;
    if (c < ' ' && c != '\t' && c != '\n' && c != '\r') bits |= kControl;
    if (digit || lower || upper || c == '-' || c == '.') bits |= kIdChar;
    if (digit || lower || upper || c == '+' || c == '/') bits |= kBase64Char;
    if (digit) bits |= kDigit;
    if (digit || (c >= 'a' && c <= 'f')) bits |= kHexChar;
    classes[c] = static_cast<std::uint8_t>(bits);
  }
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = MakeClasses();

bool Is(char c, unsigned classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

// All classes that occur in the text.
unsigned ClassesIn(std::string_view text) {
  unsigned found = 0;
  for (const char c : text) found |= kClasses[static_cast<unsigned char>(c)];
  return found;
}

bool AllAre(std::string_view text, unsigned classes) {
  return std::ranges::all_of(text, [&](char c) { return Is(c, classes); });
}

std::string_view StringFault(std::string_view text) {
  if (Is(text.front(), kSpace) && AllAre(text, kSpace)) {
    return "The value must not be white space only";
  }
  if ((ClassesIn(text) & kControl) != 0) return "The value holds control characters";
  if (text.size() > kMaxStringLength) {
    const auto characters = std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    if (static_cast<std::size_t>(characters) > kMaxStringLength) {
      return "The value is longer than 1048576 characters";
    }
  }
  return {};
}

// Words with single white space between.
bool IsCode(std::string_view text) {
  bool after_space = true;
  for (const char c : text) {
    const bool space = Is(c, kSpace);
    if ((space && after_space) || Is(c, kControl)) return false;
    after_space = space;
  }
  return !after_space;
}

// One digit from 0 to 2, then arcs without leading zeros.
bool IsOid(std::string_view text) {
  if (!text.starts_with(kOidStart)) return false;
  text.remove_prefix(kOidStart.size());
  if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
  for (std::size_t at = 1; at < text.size();) {
    const std::size_t start = at + 1;  // behind the '.'
    for (at = start; at < text.size() && Is(text[at], kDigit); ++at) {
    }
    const bool leading_zero = at > start + 1 && text[start] == '0';
    if (at == start || leading_zero || (at < text.size() && text[at] != '.')) return false;
  }
  return true;
}

bool IsUuid(std::string_view text) {
  constexpr std::string_view kForm = "00000000-0000-0000-0000-000000000000";
  if (!text.starts_with(kUuidStart) || text.size() != kUuidStart.size() + kForm.size())
    return false;
  text.remove_prefix(kUuidStart.size());
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '-' ? text[i] != '-' : !Is(text[i], kHexChar)) return false;
  }
  return true;
}

// Whether it is absolute, resolves or keeps to the form of its scheme does not count: types oid and
// uuid are there for that.
bool IsUri(std::string_view text) {
  return (ClassesIn(text) & (kSpace | kControl)) == 0;
}

// Groups of four, the last one perhaps padded. White space is allowed anywhere: lines are broken in
// many ways.
bool IsBase64(std::string_view text) {
  std::string_view body = text;
  for (int i = 0; i < 2 && body.ends_with('='); ++i) body.remove_suffix(1);
  unsigned common = kBase64Char;
  for (const char c : body) common &= kClasses[static_cast<unsigned char>(c)];
  if (common != 0) return !body.empty() && text.size() % 4 == 0;

  std::size_t characters = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (Is(c, kSpace)) continue;
    if (c == '=') {
      if (++padding > 2) return false;
    } else if (padding > 0 || !Is(c, kBase64Char)) {
      return false;
    }
    ++characters;
  }
  return characters > padding && characters % 4 == 0;
}

// --- Numbers -------------------------------------------------------------------------------------

// A whole number that fits 32 bits, without fraction, exponent or a sign before zero.
bool IsInteger(std::string_view text, std::int32_t minimum) {
  if (text == "-0") return false;
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= minimum;
}

// --- Dates and times -----------------------------------------------------------------------------

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ == text_.size(); }
  bool Accept(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool Number(std::size_t digits, int minimum, int maximum, int& out) {
    if (text_.size() - at_ < digits) return false;
    int number = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = text_[at_ + i];
      if (c < '0' || c > '9') return false;
      number = number * 10 + (c - '0');
    }
    at_ += digits;
    out = number;
    return number >= minimum && number <= maximum;
  }
  bool Digits() {
    const std::size_t start = at_;
    while (!AtEnd() && Is(text_[at_], kDigit)) ++at_;
    return at_ > start;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

int DaysIn(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

enum class Precision : std::uint8_t { kNone, kYear, kMonth, kDay };

// Reads as much of a date as there is; kNone: what is there is not one.
Precision ScanDate(Scanner& scanner) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!scanner.Number(4, 1, 9999, year)) return Precision::kNone;
  if (!scanner.Accept('-')) return Precision::kYear;
  if (!scanner.Number(2, 1, 12, month)) return Precision::kNone;
  if (!scanner.Accept('-')) return Precision::kMonth;
  return scanner.Number(2, 1, DaysIn(year, month), day) ? Precision::kDay : Precision::kNone;
}

// hh:mm:ss and a fraction. A second may be 60, for leap seconds.
bool ScanTime(Scanner& scanner) {
  int part = 0;
  if (!scanner.Number(2, 0, 23, part) || !scanner.Accept(':')) return false;
  if (!scanner.Number(2, 0, 59, part) || !scanner.Accept(':')) return false;
  if (!scanner.Number(2, 0, 60, part)) return false;
  return !scanner.Accept('.') || scanner.Digits();
}

bool ScanZone(Scanner& scanner) {
  if (scanner.Accept('Z')) return true;
  if (!scanner.Accept('+') && !scanner.Accept('-')) return false;
  int hours = 0;
  int minutes = 0;
  return scanner.Number(2, 0, 14, hours) && scanner.Accept(':') &&
         scanner.Number(2, 0, hours == 14 ? 0 : 59, minutes);
}

bool IsDate(std::string_view text) {
  Scanner scanner(text);
  return ScanDate(scanner) != Precision::kNone && scanner.AtEnd();
}

bool IsDateTime(std::string_view text, bool instant) {
  Scanner scanner(text);
  const Precision precision = ScanDate(scanner);
  if (precision == Precision::kNone) return false;
  if (scanner.AtEnd()) return !instant;
  return precision == Precision::kDay && scanner.Accept('T') && ScanTime(scanner) &&
         ScanZone(scanner) && scanner.AtEnd();
}

bool IsTime(std::string_view text) {
  Scanner scanner(text);
  return ScanTime(scanner) && scanner.AtEnd();
}

}  // namespace

std::string_view FormatFault(r4::Kind kind, std::string_view text) {
  const auto unless = [](bool sound, std::string_view fault) {
    return sound ? std::string_view() : fault;
  };
  switch (kind) {
    case r4::Kind::kString:
    case r4::Kind::kMarkdown:
      return StringFault(text);
    case r4::Kind::kCode:
      return unless(IsCode(text), "Not a valid code: white space must be single and inside");
    case r4::Kind::kUri:
    case r4::Kind::kUrl:
    case r4::Kind::kCanonical:
      return unless(IsUri(text), "URI values cannot have white space");
    case r4::Kind::kId:
      return unless(text.size() <= kMaxIdLength && AllAre(text, kIdChar), "Not a valid id");
    case r4::Kind::kDate:
      return unless(IsDate(text), "Not a valid date");
    case r4::Kind::kDateTime:
      return unless(IsDateTime(text, false), "Not a valid dateTime");
    case r4::Kind::kInstant:
      return unless(IsDateTime(text, true), "Not a valid instant");
    case r4::Kind::kTime:
      return unless(IsTime(text), "Not a valid time");
    case r4::Kind::kInteger:
      return unless(IsInteger(text, INT32_MIN), "Not a valid integer");
    case r4::Kind::kUnsignedInt:
      return unless(IsInteger(text, 0), "Not a valid unsignedInt");
    case r4::Kind::kPositiveInt:
      return unless(IsInteger(text, 1), "Not a valid positiveInt");
    case r4::Kind::kOid:
      return unless(IsOid(text), "OIDs must be valid");
    case r4::Kind::kUuid:
      return unless(IsUuid(text), "UUIDs must be valid and lower case");
    case r4::Kind::kBase64Binary:
      return unless(IsBase64(text), "Not a valid base64Binary");
    case r4::Kind::kBoolean:
    case r4::Kind::kDecimal:  // JSON's grammar of numbers is FHIR's
    case r4::Kind::kXhtml:
    case r4::Kind::kComplex:
    case r4::Kind::kResource:
      return {};
  }
  return {};
}

std::string Shown(std::string_view text) {
  if (text.size() <= kMaxShown) return std::string(text);
  std::size_t end = kMaxShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace healthlake::fhir
