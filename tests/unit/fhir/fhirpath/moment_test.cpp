#include "fhir/fhirpath/moment.hpp"

#include <gtest/gtest.h>

namespace healthlake::fhir::fhirpath {
namespace {

std::string Again(std::string_view text) {
  const auto moment = ParseDateTime(text);
  return moment ? ToString(*moment, MomentType::kDateTime) : "none";
}
std::optional<int> Order(std::string_view a, std::string_view b) {
  return Compare(*ParseDateTime(a), *ParseDateTime(b));
}
std::string Later(std::string_view text, std::int64_t amount, CalendarUnit unit) {
  const auto moment = Shift(*ParseDateTime(text), MomentType::kDateTime, amount, unit, 0);
  return moment ? ToString(*moment, MomentType::kDateTime) : "none";
}

TEST(Moment, IsWrittenAsItWasRead) {
  for (const char* text : {"2015", "2015-02", "2015-02-04", "2015-02-04T14", "2015-02-04T14:34",
                           "2015-02-04T14:34:28", "2015-02-04T14:34:28.123", "2015-02-04T14:34:28Z",
                           "2015-02-04T14:34:28.5-05:30", "0001-01-01"}) {
    EXPECT_EQ(Again(text), text);
  }
}

TEST(Moment, IsADayOfTheCalendar) {
  for (const char* text : {"",
                           "201",
                           "20155",
                           "2015-13",
                           "2015-00",
                           "2015-2",
                           "2015-02-29",
                           "2015-04-31",
                           "0000",
                           "2015-02-04T24:00",
                           "2015-02-04T10:60",
                           "2015-02-04T10:00:61",
                           "2015-02-04T10:00:00.",
                           "2015-02-04T10:00:00+15:00",
                           "2015-02-04T10:00:00+01",
                           "2015T10:00",
                           "2015-02-04 10:00",
                           "-2015-02-04",
                           "2015-02-04T10:00:00ZZ",
                           "1900-02-29",
                           "2015-"}) {
    EXPECT_EQ(Again(text), "none") << text;
  }
  EXPECT_EQ(Again("2000-02-29"), "2000-02-29");
}

TEST(Moment, ComparesByPrecisionAndInOneZone) {
  EXPECT_EQ(Order("2015", "2016"), -1);
  EXPECT_EQ(Order("2015", "2015-02"), std::nullopt);
  EXPECT_EQ(Order("2014", "2015-02"), -1);
  EXPECT_EQ(Order("2015-01-01T00:30:00+01:00", "2014-12-31T23:30:00Z"), 0);
  EXPECT_EQ(Order("2015-03-01T00:30:00+01:00", "2015-02-28T23:30:00.1Z"), -1);
  EXPECT_EQ(Order("2015-01-01T10:00:00Z", "2015-01-01T10:00:00"), std::nullopt);
  EXPECT_EQ(Order("2015-01-01T10:00:00.000000001Z", "2015-01-01T10:00:00Z"), 1);
}

TEST(Moment, MovesAlongTheCalendar) {
  EXPECT_EQ(Later("2016-02-29", 1, CalendarUnit::kYear), "2017-02-28");
  EXPECT_EQ(Later("2016-02-29", 4, CalendarUnit::kYear), "2020-02-29");
  EXPECT_EQ(Later("2015-01-31", 1, CalendarUnit::kMonth), "2015-02-28");
  EXPECT_EQ(Later("2015-01-31", -13, CalendarUnit::kMonth), "2013-12-31");
  EXPECT_EQ(Later("2000-01-01", 146'097, CalendarUnit::kDay), "2400-01-01");
  EXPECT_EQ(Later("2000-03-01", -1, CalendarUnit::kDay), "2000-02-29");
  EXPECT_EQ(Later("2015-12-31T23:59:59Z", 1, CalendarUnit::kSecond), "2016-01-01T00:00:00Z");
  EXPECT_EQ(Later("2015-01-01T00:00:00", -1, CalendarUnit::kMillisecond),
            "2014-12-31T23:59:59.999");
  EXPECT_EQ(Later("9999-12-31", 1, CalendarUnit::kDay), "none");
  EXPECT_EQ(Later("0001-01-01", -1, CalendarUnit::kDay), "none");
  EXPECT_EQ(Later("2015", 9'000'000'000'000'000'000, CalendarUnit::kYear), "none");
  EXPECT_EQ(Later("2015-01-01", 999'999'999'999'999, CalendarUnit::kWeek), "none");
}

TEST(Moment, OfADayRunsAroundTheClock) {
  const auto night = Shift(*ParseTime("23:30"), MomentType::kTime, 45, CalendarUnit::kMinute, 0);
  ASSERT_TRUE(night);
  EXPECT_EQ(ToString(*night, MomentType::kTime), "00:15");
  EXPECT_FALSE(ParseTime("24:00"));
  EXPECT_FALSE(ParseTime("10:00Z"));
}

}  // namespace
}  // namespace healthlake::fhir::fhirpath
