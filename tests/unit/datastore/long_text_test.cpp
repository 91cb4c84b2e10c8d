#include "datastore/long_text.hpp"

#include <gtest/gtest.h>

#include "healthlake/fhir/search_text.hpp"

namespace healthlake::datastore {
namespace {

std::string Bounded(std::string_view text) {
  std::string out;
  AppendBounded(text, out);
  return out;
}

std::string Normal(std::string_view text) {
  std::string out;
  NormalizeBounded(text, out);
  return out;
}

TEST(LongTextTest, TextsUpToTheLimitStayAsTheyAre) {
  const std::string text(kLongestIndexedText, 'a');
  EXPECT_EQ(Bounded(""), "");
  EXPECT_EQ(Bounded(text), text);
  EXPECT_EQ(Normal(text), text);
}

TEST(LongTextTest, ACutTextIsLongerThanAnyThatIsNotCut) {
  // Characters of three bytes do not end at the limit.
  std::string text;
  while (text.size() <= kLongestIndexedText) text += "\xE2\x82\xAC";
  const std::string bounded = Bounded(text);
  EXPECT_GT(bounded.size(), kLongestIndexedText);
  EXPECT_LT(bounded.size(), kLongestIndexedText + 64);
  EXPECT_EQ(bounded.substr(0, 3), "\xE2\x82\xAC");
  EXPECT_EQ(bounded[bounded.size() - 33], '\x1E');
  EXPECT_EQ((bounded.size() - 33) % 3, 0U);
}

TEST(LongTextTest, CutTextsAreEqualWhenTheTextsAre) {
  const std::string text(10 * kLongestIndexedText, 'a');
  EXPECT_EQ(Bounded(text), Bounded(text));
  EXPECT_NE(Bounded(text), Bounded(text + "a"));
  EXPECT_NE(Bounded(text), Bounded(Bounded(text)));
}

TEST(LongTextTest, TheNormalFormIsTheHeadOfTheWholeOne) {
  const std::string spaces(20 * kLongestIndexedText, ' ');
  EXPECT_EQ(Normal(spaces + "Smith"), "smith");
  std::string text;
  while (text.size() < 5 * kLongestIndexedText) text += "Z\xC3\xBCrich  \xE2\x82\xAC";
  const std::string whole = fhir::NormalizeString(text);
  const std::string head = Normal(text);
  EXPECT_TRUE(whole.starts_with(head));
  EXPECT_LE(head.size(), kLongestIndexedText);
  EXPECT_GT(head.size(), kLongestIndexedText - 4);
}

}  // namespace
}  // namespace healthlake::datastore
