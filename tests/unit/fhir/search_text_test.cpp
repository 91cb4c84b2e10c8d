#include "healthlake/fhir/search_text.hpp"

#include <gtest/gtest.h>

#include <array>

#include "healthlake/core/time_text.hpp"

namespace healthlake::fhir {
namespace {

TEST(NormalizeStringTest, FoldsCaseMarksAndWhiteSpace) {
  EXPECT_EQ(NormalizeString("  Ångström\tÉVE \n"), "angstrom eve");
  EXPECT_EQ(NormalizeString("O'Neill-Smith"), "o'neill-smith");
  EXPECT_EQ(NormalizeString("Straße"), "strasse");
  EXPECT_EQ(NormalizeString("e\xCC\x81t\xC3\xA9"), "ete");  // combining and composed
  EXPECT_EQ(NormalizeString("a\xC2\xA0\xE2\x80\x83 b"), "a b");
  EXPECT_EQ(NormalizeString("ΣΊΣΥΦΟΣ"), NormalizeString("σίσυφος"));
  EXPECT_EQ(NormalizeString("王小明"), "王小明");
  EXPECT_EQ(NormalizeString(""), "");
  EXPECT_EQ(NormalizeString("   "), "");
}

TEST(NormalizeStringTest, KeepsBytesThatAreNotUtf8) {
  EXPECT_EQ(NormalizeString("A\xFF"
                            "B\xC3"),
            "a\xFF"
            "b\xC3");
}

TEST(NormalizeStringTest, ChangesNothingTheSecondTime) {
  for (const auto* text : {"Ǆ Ĳsselmeer", "İstanbul", "Ω̂ ẞ", "ﬁn", "á\u200Bb"}) {
    const std::string once = NormalizeString(text);
    EXPECT_EQ(NormalizeString(once), once) << text;
  }
}

struct DateCase {
  const char* text;
  const char* from;
  const char* until;
};

constexpr auto kDates = std::to_array<DateCase>({
    {"2020", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"},
    {"2020-02", "2020-02-01T00:00:00Z", "2020-03-01T00:00:00Z"},
    {"2019-12", "2019-12-01T00:00:00Z", "2020-01-01T00:00:00Z"},
    {"2020-02-29", "2020-02-29T00:00:00Z", "2020-03-01T00:00:00Z"},
    {"1900-02-28", "1900-02-28T00:00:00Z", "1900-03-01T00:00:00Z"},
    {"0001-01-01", "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"},
    {"2020-02-03T04:05", "2020-02-03T04:05:00Z", "2020-02-03T04:06:00Z"},
    {"2020-02-03T04:05Z", "2020-02-03T04:05:00Z", "2020-02-03T04:06:00Z"},
    {"2020-02-03T04:05:06", "2020-02-03T04:05:06Z", "2020-02-03T04:05:07Z"},
    {"2020-02-03T04:05:06+01:00", "2020-02-03T03:05:06Z", "2020-02-03T03:05:07Z"},
    {"2020-01-01T00:30:00-05:30", "2020-01-01T06:00:00Z", "2020-01-01T06:00:01Z"},
    {"2020-02-03T04:05:06.7Z", "2020-02-03T04:05:06.700Z", "2020-02-03T04:05:06.800Z"},
    {"2020-02-03T04:05:06.789Z", "2020-02-03T04:05:06.789Z", "2020-02-03T04:05:06.790Z"},
    {"2020-02-03T04:05:06.789999Z", "2020-02-03T04:05:06.789Z", "2020-02-03T04:05:06.790Z"},
    {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", "2017-01-01T00:00:00Z"},
    {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z"},
});

TEST(ParseDateIntervalTest, GivesTheWholeIntervalThatATextStandsFor) {
  for (const DateCase& c : kDates) {
    const auto interval = ParseDateInterval(c.text);
    ASSERT_TRUE(interval) << c.text;
    EXPECT_EQ(interval->from, core::ParseInstant(c.from)->time_since_epoch().count()) << c.text;
    EXPECT_EQ(interval->until, core::ParseInstant(c.until)->time_since_epoch().count()) << c.text;
  }
}

TEST(ParseDateIntervalTest, EndsTheLastYearWithoutOverflow) {
  EXPECT_EQ(ParseDateInterval("9999")->until, ParseDateInterval("9999-12-31")->until);
}

TEST(ParseDateIntervalTest, RefusesWhatIsNoDate) {
  for (const auto* text : {"",
                           "20",
                           "202",
                           "0000",
                           "2020-",
                           "2020-1",
                           "2020-13",
                           "2020-00",
                           "2020-02-30",
                           "2019-02-29",
                           "1900-02-29",
                           "2020-04-31",
                           "2020-01-00",
                           "2020-01-01T",
                           "2020-01-01 10:00",
                           "2020-01-01T10",
                           "2020-01-01T24:00",
                           "2020-01-01T10:60",
                           "2020-01-01T10:00:61",
                           "2020-01-01T10:00:00.",
                           "2020-01-01T10:00:00.Z",
                           "2020-01-01T10:00:00+1",
                           "2020-01-01T10:00:00+15:00",
                           "2020-01-01T10:00:00z",
                           "2020-01-01T10:00:00Zx",
                           "20200101",
                           "-2020",
                           " 2020",
                           "2020 ",
                           "2020-01-01Z",
                           "abcd"}) {
    EXPECT_FALSE(ParseDateInterval(text)) << text;
  }
}

struct ReferenceCase {
  const char* text;
  const char* result;
  const char* target;
  bool local;
};

constexpr const char* kStore = "0123456789abcdef0123456789abcdef";
constexpr auto kReferences = std::to_array<ReferenceCase>({
    {"Patient/1", "Patient/1", "Patient", true},
    {"Patient/1/_history/3", "Patient/1", "Patient", true},
    {"https://healthlake.us-east-1.amazonaws.com/datastore/0123456789abcdef0123456789abcdef/r4/"
     "Patient/1",
     "Patient/1", "Patient", true},
    {"http://127.0.0.1:3447/datastore/0123456789abcdef0123456789abcdef/r4/Patient/1/_history/2",
     "Patient/1", "Patient", true},
    // Programmes: reference 4.1.
    {"http://h/datastore/0123456789abcdef0123456789abcdef/patientaccess/v2/r4/Patient/1",
     "Patient/1", "Patient", true},
    {"http://h/datastore/0123456789abcdef0123456789abcdef/patientaccess/v1/r4/Patient/1",
     "http://h/datastore/0123456789abcdef0123456789abcdef/patientaccess/v1/r4/Patient/1", "Patient",
     false},
    {"http://h/datastore/0123456789abcdef0123456789abcdef/other/v2/r4/Patient/1",
     "http://h/datastore/0123456789abcdef0123456789abcdef/other/v2/r4/Patient/1", "Patient", false},
    {"http://h/datastore/0123456789abcdef0123456789abcdefpatientaccess/v2/r4/Patient/1",
     "http://h/datastore/0123456789abcdef0123456789abcdefpatientaccess/v2/r4/Patient/1", "Patient",
     false},
    {"http://h/datastore/ffffffffffffffffffffffffffffffff/r4/Patient/1",
     "http://h/datastore/ffffffffffffffffffffffffffffffff/r4/Patient/1", "Patient", false},
    {"http://h/fhir/Patient/1/_history/2", "http://h/fhir/Patient/1", "Patient", false},
    {"http://h/fhir/Patient/", "http://h/fhir/Patient/", "", false},
    {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
     "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "", false},
    {"Patient?identifier=x", "Patient?identifier=x", "", false},
    {"patient/1", "patient/1", "", false},
    {"/Patient/1", "/Patient/1", "Patient", false},
    {"Patient/a b", "Patient/a b", "", false},
    {"#p", "#p", "", false},
    {"", "", "", false},
    {"/", "/", "", false},
    {"/_history/", "/_history/", "", false},
    {"http://hl7.org/fhir/ValueSet/x|4.0.1", "http://hl7.org/fhir/ValueSet/x|4.0.1", "", false},
});

TEST(ParseReferenceTest, TakesLiteralReferencesApart) {
  for (const ReferenceCase& c : kReferences) {
    const ReferenceText parsed = ParseReference(c.text, kStore);
    EXPECT_EQ(parsed.text, c.result) << c.text;
    EXPECT_EQ(NameOf(parsed.target), c.target) << c.text;
    EXPECT_EQ(parsed.local, c.local) << c.text;
  }
}

TEST(ParseReferenceTest, TakesNoAbsoluteReferenceAsLocalWithoutAStore) {
  EXPECT_FALSE(ParseReference("http://h/datastore//r4/Patient/1", "").local);
}

TEST(ParseReferenceTest, LimitsIdsTo64Characters) {
  const std::string id(64, 'a');
  EXPECT_TRUE(ParseReference("Patient/" + id, "").local);
  EXPECT_FALSE(ParseReference("Patient/" + id + "a", "").local);
}

}  // namespace
}  // namespace healthlake::fhir
