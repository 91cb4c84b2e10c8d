#include "fhir/narrative.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace healthlake::fhir {
namespace {

using testing::HasSubstr;

std::string Div(const std::string& content) {
  return "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + content + "</div>";
}

TEST(Narrative, AcceptsTheElementsAttributesAndEntitiesOfXhtml) {
  for (const std::string& content : std::to_array<std::string>({
           "text",
           "<p>a<br/>b<br />c</p>",
           "<p class='x' style=\"color: red\" xml:lang=\"en\">a</p>",
           "<table border=\"1\"><tbody><tr><td colspan=\"2\">x</td></tr></tbody></table>",
           "<a href=\"#x\" name=\"y\">z</a>",
           "<a href=\"http://x/?a=1&amp;b=2\">z</a>",
           "&nbsp;",
           "a &lt; b &amp;&#x20;c &#8364; &eacute; &thetasym;",
           "<img src=\"#i\" alt=\"\"/>",
           "<!-- note -->x",
           "<![CDATA[a < b]]>",
           "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p></div>",
           "<h1>a</h1><ul><li>b</li></ul><pre>\n c </pre>",
           "grüße 中文",
           "\n  ",
       })) {
    EXPECT_EQ(NarrativeFault(Div(content)), "") << content;
  }
  EXPECT_EQ(NarrativeFault(" \n" + Div("x") + "\n<!-- end --> "), "");
}

struct Case {
  std::string content;
  std::string fault;
};

TEST(Narrative, RefusesWhatNarrativesMustNotHave) {
  for (const auto& [content, fault] : std::to_array<Case>({
           {"<script>x</script>", "'script'"},
           {"x<SCRIPT>x</SCRIPT>", "'SCRIPT'"},
           {"<style>p {}</style>", "'style'"},
           {"<form><input/></form>", "'form'"},
           {"<iframe src=\"x\"/>", "'iframe'"},
           {"<object/>", "'object'"},
           {"<link/>", "'link'"},
           {"<base href=\"x\"/>", "'base'"},
           {"<p onclick=\"x()\">a</p>", "'onclick' on 'p'"},
           {"<p unknown='1'>a</p>", "'unknown' on 'p'"},
           {"<a href=\"javascript:alert(1)\">a</a>", "script"},
           {"<a href=\" Java\tScript:alert(1)\">a</a>", "script"},
           {"<a href=\"java&#115;&#x63;ript:alert(1)\">a</a>", "script"},
           {"<p xmlns=\"http://other\">a</p>", "'http://other'"},
           {"<x:p>a</x:p>", "'x:p'"},
       })) {
    EXPECT_THAT(NarrativeFault(Div(content)), HasSubstr(fault)) << content;
    EXPECT_THAT(NarrativeFault(Div(content)), HasSubstr("txt-1")) << content;
  }
}

TEST(Narrative, RefusesWhatIsNotWellFormed) {
  for (const std::string& text : std::to_array<std::string>({
           "",
           " ",
           "text",
           "<div>x</div>",
           "<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>",
           Div("<p>x"),
           Div("x</p>"),
           Div("<p><b>x</p></b>"),
           Div("x") + "y",
           Div("x") + Div("y"),
           Div("x < y"),
           Div("x & y"),
           Div("x &nosuch; y"),
           Div("x &#0; y"),
           Div("x &#x110000; y"),
           Div("x &#; y"),
           Div("x &amp y"),
           Div("<p class=x>y</p>"),
           Div("<p class>y</p>"),
           Div("<p class='a' class='b'>y</p>"),
           Div("<p class='a'id='b'>y</p>"),
           Div("<p class='<'>y</p>"),
           Div("<!-- x"),
           Div("<![CDATA[ x"),
           Div("<?php x ?>"),
           Div("<!DOCTYPE x>"),
           Div("<p"),
           Div("<p class='a"),
           "<",
           "<div",
           "<div xmlns=\"http://www.w3.org/1999/xhtml\"",
       })) {
    EXPECT_NE(NarrativeFault(text), "") << text;
  }
}

TEST(Narrative, RefusesNoContent) {
  for (const std::string& content :
       std::to_array<std::string>({"", " \t ", "<p> </p>", "<!-- x -->", "<br/>", "&#32;&#10;",
                                   "<a href=\"&amp;\"/>", "<![CDATA[ ]]>"})) {
    EXPECT_THAT(NarrativeFault(Div(content)), HasSubstr("txt-2")) << content;
  }
}

TEST(Narrative, LimitsTheNestingOfElements) {
  const auto nested = [](int depth) {
    std::string start;
    std::string end;
    for (int i = 0; i < depth; ++i) {
      start += "<b>";
      end += "</b>";
    }
    return Div(start + "x" + end);
  };
  EXPECT_EQ(NarrativeFault(nested(255)), "");
  EXPECT_THAT(NarrativeFault(nested(256)), HasSubstr("256 levels"));
  EXPECT_THAT(NarrativeFault(nested(200'000)), HasSubstr("256 levels"));
}

}  // namespace
}  // namespace healthlake::fhir
