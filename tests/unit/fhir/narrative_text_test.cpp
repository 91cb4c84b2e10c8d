#include "fhir/narrative_text.hpp"

#include <gtest/gtest.h>

namespace healthlake::fhir {
namespace {

std::string TextOf(std::string_view div) {
  std::string out;
  AppendNarrativeText(div, out);
  return out;
}

TEST(NarrativeTextTest, TagsGoAndEntitiesAreCharacters) {
  EXPECT_EQ(TextOf("<div xmlns='x'>a &amp; b&#233;&#xE9;&eacute;&nbsp;</div>"),
            " a & b\xC3\xA9\xC3\xA9\xC3\xA9\xC2\xA0 ");
  EXPECT_EQ(TextOf("x<!-- <p>hidden</p> -->y"), "xy");
  EXPECT_EQ(TextOf("x<![CDATA[<b>&amp;]]>y"), "x<b>&amp;y");
  EXPECT_EQ(TextOf("<a href='>'>link</a>"), "link");
}

TEST(NarrativeTextTest, BlocksPartWordsAndStylesDoNot) {
  EXPECT_EQ(TextOf("<td>a</td><td>b</td>"), " a  b ");
  EXPECT_EQ(TextOf("one<br/>two"), "one two");
  EXPECT_EQ(TextOf("H<sub>2</sub>O <b>D</b>rug"), "H2O Drug");
}

TEST(NarrativeTextTest, WhatIsNoXhtmlIsTakenAsFarAsItGoes) {
  EXPECT_EQ(TextOf("a & b &unknown; &#xD800; &"), "a & b &unknown; &#xD800; &");
  for (const std::string_view text : {"a<", "a<b", "a<b c='", "a<!--", "a<![CDATA[", "a</"}) {
    EXPECT_EQ(TextOf(text).front(), 'a') << text;
  }
}

}  // namespace
}  // namespace healthlake::fhir
