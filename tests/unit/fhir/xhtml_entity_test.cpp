#include "fhir/xhtml_entity.hpp"

#include <gtest/gtest.h>

#include "fhir/xhtml_names.hpp"

namespace healthlake::fhir {
namespace {

TEST(XhtmlEntityTest, NamesAreThoseOfXhtml) {
  EXPECT_EQ(CharacterOfEntity("amp"), '&');
  EXPECT_EQ(CharacterOfEntity("apos"), '\'');
  EXPECT_EQ(CharacterOfEntity("nbsp"), 0xA0U);
  EXPECT_EQ(CharacterOfEntity("AElig"), 0xC6U);
  EXPECT_EQ(CharacterOfEntity("euro"), 0x20ACU);
  EXPECT_EQ(CharacterOfEntity("zwnj"), 0x200CU);
  EXPECT_EQ(CharacterOfEntity("yuml"), 0xFFU);
  for (const std::string_view name : kXhtmlEntities) EXPECT_TRUE(CharacterOfEntity(name)) << name;
}

TEST(XhtmlEntityTest, NumbersAreDecimalOrHexadecimal) {
  EXPECT_EQ(CharacterOfEntity("#65"), 'A');
  EXPECT_EQ(CharacterOfEntity("#x41"), 'A');
  EXPECT_EQ(CharacterOfEntity("#x10FFFF"), 0x10FFFFU);
  EXPECT_EQ(CharacterOfEntity("#9"), '\t');
}

TEST(XhtmlEntityTest, WhatIsNoCharacterOfXmlIsNone) {
  for (const std::string_view name :
       {"", "#", "#x", "AMP", "unknown", "#0", "#8", "#xD800", "#xDFFF", "#x110000", "#99999999999",
        "#-1", "#6A", "#x 41"}) {
    EXPECT_FALSE(CharacterOfEntity(name)) << name;
  }
}

}  // namespace
}  // namespace healthlake::fhir
