#include "fhir/primitive_format.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace healthlake::fhir {
namespace {

using r4::Kind;

struct Forms {
  Kind kind;
  std::vector<std::string> sound;
  std::vector<std::string> unsound;
};

// datatypes.html, primitive types: the forms of each and their limits.
std::vector<Forms> AllForms() {
  return {
      {Kind::kInteger,
       {"0", "-1", "7", "2147483647", "-2147483648"},
       {"2147483648", "-2147483649", "1.0", "1e2", "-0", "1E0", "99999999999999999999"}},
      {Kind::kUnsignedInt, {"0", "1", "2147483647"}, {"-1", "2147483648", "0.5", "-0"}},
      {Kind::kPositiveInt, {"1", "2147483647"}, {"0", "-1", "2147483648", "1.5"}},
      {Kind::kDecimal, {"0", "1.00", "-0.5", "1e400", "123456789012345678901234567890.1"}, {}},
      {Kind::kString,
       {"a", " a ", "a\tb\r\nc", "é", "\xF0\x9F\x98\x80", " \xC2\xA0"},
       {" ", " \n\t", std::string("a\0b", 3), "a\x01", "\x1F", "a\x0B"}},
      {Kind::kMarkdown, {"# a\n\nb"}, {"\n\n", "a\x02"}},
      {Kind::kCode, {"a", "a b", "a-b c", "text/plain"}, {" a", "a ", "a  b", "a\t b", " ", "a\n"}},
      {Kind::kId,
       {"a", "A-1.b", std::string(64, 'x')},
       {"a_b", "a/b", "a b", "é", std::string(65, 'x')}},
      {Kind::kUri,
       {"http://a/b", "urn:x", "a", "#a", "../x", "urn:oid:1.2|3"},
       {"a b", "http://a/ b", "a\n", " a", "a\x01"}},
      {Kind::kUrl, {"mailto:a@b"}, {"a b"}},
      {Kind::kCanonical, {"http://a/b|1.0", "#a"}, {"http://a |1"}},
      {Kind::kOid,
       {"urn:oid:1.2", "urn:oid:2.16.840.1.113883", "urn:oid:0.0"},
       {"1.2.3", "urn:oid:", "urn:oid:1", "urn:oid:3.1", "urn:oid:1.", "urn:oid:1..2",
        "urn:oid:1.02", "urn:oid:1.a", "urn:oid:12.3", "urn:OID:1.2"}},
      {Kind::kUuid,
       {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
       {"c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520",
        "urn:uuid:c757873d-ec9a-4326-a141-556f4323952", "urn:uuid:c757873dec9a4326a141556f43239520",
        "urn:uuid:g757873d-ec9a-4326-a141-556f43239520"}},
      {Kind::kDate,
       {"0001", "2018", "1973-06", "1905-08-23", "2000-02-29", "2024-02-29", "9999-12-31"},
       {"0000", "18", "2018-13", "2018-00", "2018-1", "2018-04-31", "2018-02-29", "1900-02-29",
        "2018-01-00", "2018-01-32", "2018/01/01", "2018-01-01T00:00:00Z", "2018-", "20180101",
        "2018-01-01 ", "-2018"}},
      {Kind::kDateTime,
       {"2018", "1973-06", "1905-08-23", "2015-02-07T13:28:17-05:00", "2017-01-01T00:00:00.000Z",
        "2016-12-31T23:59:60Z", "2015-02-07T13:28:17.1234567890123+14:00"},
       {"2015-02-07T13:28Z", "2015-02-07T13:28:17", "2015-02-07T24:00:00Z", "2015-02-07T23:60:00Z",
        "2015-02-07T23:59:61Z", "2015-02-07T13:28:17+14:01", "2015-02-07T13:28:17+15:00",
        "2015-02-07T13:28:17.Z", "2015-02-30T13:28:17Z", "2015-02T13:28:17Z", "2015-02-07T",
        "2015-02-07 13:28:17Z", "2015-02-07t13:28:17Z", "2015-02-07T13:28:17z",
        "2015-02-07T13:28:17+0500", "2015-02-07T13:28:17ZZ"}},
      {Kind::kInstant,
       {"2015-02-07T13:28:17.239+02:00", "2017-01-01T00:00:00Z"},
       {"2015", "2015-02-07", "2015-02-07T13:28:17", "2015-02-07T13:28Z"}},
      {Kind::kTime,
       {"00:00:00", "23:59:59.9", "12:30:60"},
       {"24:00:00", "12:30", "12:60:00", "1:00:00", "12:30:00Z", "12:30:00.", "12:30:61"}},
      {Kind::kBase64Binary,
       {"aGk=", "aGVsbG8h", "YQ==", " aG k=\n", "aGkh\r\naGkh"},
       {"aGk", "a", "aGk==", "====", "aG=k", "aGk=aGk=", "aG!=", " ", "aGVsbG8-"}},
  };
}

TEST(PrimitiveFormat, AcceptsTheFormsOfEachType) {
  for (const Forms& forms : AllForms()) {
    for (const std::string& text : forms.sound) {
      EXPECT_EQ(FormatFault(forms.kind, text), "") << NameOf(forms.kind) << " " << text;
    }
  }
}

TEST(PrimitiveFormat, RefusesWhatIsNoneOfThem) {
  for (const Forms& forms : AllForms()) {
    for (const std::string& text : forms.unsound) {
      EXPECT_NE(FormatFault(forms.kind, text), "") << NameOf(forms.kind) << " " << text;
    }
  }
}

TEST(PrimitiveFormat, AllowsAMegabyteOfCharacters) {
  std::string text;
  for (std::size_t i = 0; i < kMaxStringLength; ++i) text += "é";
  EXPECT_EQ(FormatFault(Kind::kString, text), "");
  EXPECT_NE(FormatFault(Kind::kString, text + "e"), "");
}

TEST(PrimitiveFormat, LooksAtEscapedStringsOfADocument) {
  json::Document document;
  const auto fault = [&](const std::string& text) {
    EXPECT_FALSE(document.Parse(text));
    return FormatFault(Kind::kString, document.root());
  };
  EXPECT_EQ(fault(R"("plain")"), "");
  EXPECT_EQ(fault(R"("a \" b")"), "");
  EXPECT_NE(fault(R"("a \u0001 b")"), "");
  EXPECT_NE(fault(R"("\n")"), "");
  EXPECT_NE(fault(R"("  ")"), "");
}

TEST(PrimitiveFormat, CutsWhatItShowsBetweenCharacters) {
  EXPECT_EQ(Shown("abc"), "abc");
  EXPECT_EQ(Shown(std::string(99, 'a') + "éé"), std::string(99, 'a') + "…");
  EXPECT_EQ(Shown(std::string(101, 'a')), std::string(100, 'a') + "…");
}

}  // namespace
}  // namespace healthlake::fhir
