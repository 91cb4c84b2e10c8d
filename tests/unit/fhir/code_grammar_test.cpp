#include "fhir/code_grammar.hpp"

#include <gtest/gtest.h>

#include <string>

namespace healthlake::fhir {
namespace {

TEST(LanguageTagTest, IsWellFormed) {
  for (const auto* tag :
       {"en", "de-CH", "zh-Hant-TW", "sr-Latn-RS", "es-419", "sl-rozaj-biske-1994", "de-CH-1901",
        "zh-cmn-Hans-CN", "hy-Latn-IT-arevela", "en-US-u-islamcal", "de-a-value-b-other-x-y",
        "x-whatever", "qaa-Qaaa-QM-x-southern", "i-klingon", "sgn-be-fr", "EN-us", "mas",
        "abcdefgh"}) {
    EXPECT_TRUE(IsLanguageTag(tag)) << tag;
  }
}

TEST(LanguageTagTest, IsRefusedOtherwise) {
  for (const auto* tag :
       {"", "-", "e", "en-", "-en", "en--US", "en_US", "english language", "en-US-", "123", "de-4",
        "en-x", "x", "x-", "en-a", "abcdefghi", "en-toolongsubtag", "en-US-DE-FR", "i-nothing"}) {
    EXPECT_FALSE(IsLanguageTag(tag)) << tag;
  }
}

TEST(MimeTypeTest, IsATypeAndASubtypeOrAShortFormOfFhir) {
  for (const auto* type :
       {"text/plain", "application/fhir+json", "text/plain; charset=UTF-8",
        "text/plain;charset=utf-8", "application/vnd.api+json;version=\"1 \\\" 2\"", "image/*",
        "xml", "json", "ttl", "none", "text/html;a=b; c=d", "a/b; c=D E/F"}) {
    EXPECT_TRUE(IsMimeType(type)) << type;
  }
  for (const auto* type :
       {"", "/", "text", "text/", "/plain", "text plain", "text/plain;", "text/plain; charset",
        "text/plain;charset=", "text/plain;a=\"b", "text/pl(ain", "text/plain x", "te xt/plain",
        "text/plain;a=\"b\\", "XML", "a/b/c"}) {
    EXPECT_FALSE(IsMimeType(type)) << type;
  }
}

TEST(UcumUnitTest, HasTheSyntaxOfATerm) {
  for (const auto* unit : {"mg", "mm[Hg]", "/min", "10*3/uL", "10*-3", "kg.m/s2", "{score}", "%",
                           "m2.s-1", "[in_i'H2O]", "B[10.nV]", "1", "(8.h).kg{body}", "mg/(kg.h)",
                           "((a))", "{a}/{b}", "[degF]", "10^3"}) {
    EXPECT_TRUE(IsUcumUnit(unit)) << unit;
  }
  for (const auto* unit : {"", " ", "mg dL", "mg/", "mg//dL", ".mg", "(mg", "mg)", "{open", "[open",
                           "mg}", "()", "a..b", "m+", "m\xC2\xB5", "{a}{b}", "a(b)"}) {
    EXPECT_FALSE(IsUcumUnit(unit)) << unit;
  }
}

TEST(UcumUnitTest, CostsNoStackForDepth) {
  const std::string deep = std::string(1'000'000, '(') + "m" + std::string(1'000'000, ')');
  EXPECT_TRUE(IsUcumUnit(deep));
  EXPECT_FALSE(IsUcumUnit(std::string_view(deep).substr(1)));
}

TEST(CodeGrammarTest, CoversTimeZonesAndAnswersOfLoinc) {
  const auto zone = [](std::string_view text) {
    return IsWellFormedCode(r4::CodeGrammar::kTimeZone, text);
  };
  EXPECT_TRUE(zone("Europe/Berlin"));
  EXPECT_TRUE(zone("America/Argentina/Buenos_Aires"));
  EXPECT_TRUE(zone("Etc/GMT+1"));
  EXPECT_FALSE(zone("Europe/"));
  EXPECT_FALSE(zone("/Europe"));
  EXPECT_FALSE(zone("+01:00"));
  EXPECT_FALSE(zone(""));
  const auto answer = [](std::string_view text) {
    return IsWellFormedCode(r4::CodeGrammar::kLoincAnswer, text);
  };
  EXPECT_TRUE(answer("LA9658-1"));
  EXPECT_FALSE(answer("LA-1"));
  EXPECT_FALSE(answer("8867-4"));
  EXPECT_FALSE(answer("LA9658-"));
  EXPECT_FALSE(IsWellFormedCode(r4::CodeGrammar::kListed, "LA9658-1"));
}

}  // namespace
}  // namespace healthlake::fhir
