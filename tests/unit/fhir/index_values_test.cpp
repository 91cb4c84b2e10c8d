// The values that a walk collects, kind by kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "healthlake/core/time_text.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::int64_t At(std::string_view instant) {
  return core::ParseInstant(instant)->time_since_epoch().count();
}

const WalkOptions kWithTexts = [] {
  WalkOptions options;
  options.texts = TokenTexts::kOn;
  return options;
}();

class IndexValuesTest : public testing::Test {
 protected:
  void Walk(std::string_view text, const WalkOptions& options = {}) {
    const auto error = document_.Parse(text);
    if (error) throw std::runtime_error(error->message);
    walk_.Run(document_.root(), options);
  }

  // Values of one parameter, parts of composites left out.
  std::vector<IndexValue> Of(std::string_view code) {
    const SearchParam* param = FindSearchParam(walk_.type(), code);
    if (!param) throw std::runtime_error("no such parameter");
    std::vector<IndexValue> out;
    const auto values = walk_.values();
    for (std::size_t i = 0; i < values.size(); i += 1U + values[i].parts) {
      if (values[i].param == param->id) out.push_back(values[i]);
    }
    return out;
  }
  std::vector<std::string> Tokens(std::string_view code) {
    std::vector<std::string> out;
    for (const IndexValue& value : Of(code)) {
      EXPECT_TRUE(value.kind == ValueKind::kToken || value.kind == ValueKind::kIdentifier);
      out.push_back(std::string(value.system) + "|" + std::string(value.text) +
                    (value.system_implied ? " implied" : ""));
    }
    return out;
  }
  std::vector<std::string> Texts(std::string_view code, ValueKind kind) {
    std::vector<std::string> out;
    for (const IndexValue& value : Of(code)) {
      if (value.kind == kind) out.emplace_back(value.text);
    }
    return out;
  }
  // "part $ part" of every combination.
  std::vector<std::string> Composites(std::string_view code) {
    const SearchParam* param = FindSearchParam(walk_.type(), code);
    std::vector<std::string> out;
    const auto values = walk_.values();
    for (std::size_t i = 0; i < values.size(); i += 1U + values[i].parts) {
      if (values[i].param != param->id) continue;
      EXPECT_EQ(values[i].kind, ValueKind::kComposite);
      EXPECT_EQ(values[i].parts, param->components.size());
      std::string text;
      for (std::size_t part = 0; part < values[i].parts; ++part) {
        const IndexValue& value = values[i + 1 + part];
        EXPECT_EQ(value.param, param->components[part]);
        text += (part ? " $ " : "") + std::string(value.system) + "|" + std::string(value.text);
      }
      out.push_back(text);
    }
    return out;
  }

  json::Document document_;
  ResourceWalk walk_;
};

TEST_F(IndexValuesTest, TokensComeFromCodingsIdentifiersCodesAndBooleans) {
  Walk(R"({"resourceType":"Patient","id":"p1","active":true,"gender":"female",
           "identifier":[{"system":"urn:mrn","value":"123"},{"value":"9"},{"system":"urn:only"},
                         {"use":"usual"}],
           "communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"en"},
                                                   {"code":"en-GB"},{"display":"English"}]}}],
           "meta":{"tag":[{"system":"urn:t","code":"x"}],"security":[{"code":"R"}]}})");
  EXPECT_THAT(Tokens("_id"), ElementsAre("|p1"));
  EXPECT_THAT(Tokens("active"), ElementsAre("|true"));
  EXPECT_THAT(Tokens("gender"),
              ElementsAre("http://hl7.org/fhir/administrative-gender|female implied"));
  EXPECT_THAT(Tokens("identifier"), ElementsAre("urn:mrn|123", "|9", "urn:only|"));
  EXPECT_THAT(Tokens("language"), ElementsAre("urn:ietf:bcp:47|en", "|en-GB"));
  EXPECT_THAT(Tokens("_tag"), ElementsAre("urn:t|x"));
  EXPECT_THAT(Tokens("_security"), ElementsAre("|R"));
}

TEST_F(IndexValuesTest, TokensHaveTheirTextsWhenAskedFor) {
  const std::string_view text =
      R"({"resourceType":"Observation","status":"final",
          "identifier":[{"type":{"text":"Chart","coding":[{"display":"Medical record number",
                           "system":"urn:types","code":"MR"},{"code":"PI"},{"display":"none"}]},
                         "system":"urn:mrn","value":"12"},{"type":{"coding":[{"code":"SS"}]}}],
          "code":{"text":"Blood pressure","coding":[{"display":"BP","code":"85354-9"},
                                                    {"display":"Only a name"}]},
          "valueCodeableConcept":{"text":"High"},
          "meta":{"tag":[{"display":"Checked"}]}})";
  Walk(text, kWithTexts);
  EXPECT_THAT(Texts("code", ValueKind::kTokenText),
              ElementsAre("Blood pressure", "BP", "Only a name"));
  EXPECT_THAT(Texts("value-concept", ValueKind::kTokenText), ElementsAre("High"));
  EXPECT_THAT(Texts("combo-code", ValueKind::kTokenText),
              ElementsAre("Blood pressure", "BP", "Only a name"));
  EXPECT_THAT(Texts("_tag", ValueKind::kTokenText), ElementsAre("Checked"));
  EXPECT_THAT(Texts("identifier", ValueKind::kTokenText),
              ElementsAre("Chart", "Medical record number", "none"));
  std::vector<std::string> typed;
  for (const IndexValue& value : Of("identifier")) {
    if (value.kind != ValueKind::kTypedIdentifier) continue;
    typed.push_back(std::string(value.system) + "|" + std::string(value.code) + "|" +
                    std::string(value.text));
  }
  EXPECT_THAT(typed, ElementsAre("urn:types|MR|12", "|PI|12"));
  EXPECT_THAT(Texts("code", ValueKind::kToken), ElementsAre("85354-9"));

  Walk(text);
  for (const IndexValue& value : walk_.values()) {
    EXPECT_NE(value.kind, ValueKind::kTokenText);
    EXPECT_NE(value.kind, ValueKind::kTypedIdentifier);
  }
}

TEST_F(IndexValuesTest, PartsOfCompositesHaveNoTexts) {
  const std::string_view text =
      R"({"resourceType":"Observation","code":{"text":"Pulse","coding":[{"code":"p"}]},
          "valueCodeableConcept":{"text":"High","coding":[{"code":"h","display":"High"}]},
          "component":[{"code":{"text":"Part","coding":[{"code":"a"}]},
                        "valueCodeableConcept":{"text":"Low","coding":[{"code":"l"}]}}]})";
  Walk(text);
  const std::vector<std::string> plain = Composites("combo-code-value-concept");
  EXPECT_THAT(plain, UnorderedElementsAre("|p $ |h", "|a $ |l"));
  Walk(text, kWithTexts);
  EXPECT_EQ(Composites("combo-code-value-concept"), plain);
}

TEST_F(IndexValuesTest, ContactPointsAreTokensFilteredBySystem) {
  Walk(R"({"resourceType":"Patient","telecom":[{"system":"phone","value":"555"},
           {"system":"email","value":"a@b.c"},{"value":"77"},{"system":"fax"}]})");
  EXPECT_THAT(Tokens("telecom"), ElementsAre("phone|555 implied", "email|a@b.c implied", "|77"));
  EXPECT_THAT(Tokens("phone"), ElementsAre("phone|555 implied"));
  EXPECT_THAT(Tokens("email"), ElementsAre("email|a@b.c implied"));
}

TEST_F(IndexValuesTest, DeceasedIsTrueForADateAndFalseWhenAbsent) {
  Walk(R"({"resourceType":"Patient"})");
  EXPECT_THAT(Tokens("deceased"), ElementsAre("|false"));
  Walk(R"({"resourceType":"Patient","deceasedBoolean":false})");
  EXPECT_THAT(Tokens("deceased"), ElementsAre("|false"));
  Walk(R"({"resourceType":"Patient","deceasedBoolean":true})");
  EXPECT_THAT(Tokens("deceased"), ElementsAre("|true"));
  Walk(R"({"resourceType":"Patient","deceasedDateTime":"2020-05"})");
  EXPECT_THAT(Tokens("deceased"), ElementsAre("|true"));
  ASSERT_EQ(Of("death-date").size(), 1U);
  EXPECT_EQ(Of("death-date")[0].until, At("2020-06-01T00:00:00Z"));
}

TEST_F(IndexValuesTest, ReferencesAreNormalisedAndFilteredByTarget) {
  WalkOptions options;
  options.datastore_id = "abc";
  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "subject":{"reference":"https://h/datastore/abc/r4/Patient/7/_history/2"},
           "performer":[{"reference":"Practitioner/1"},{"reference":"#in"},
                        {"type":"Organization","identifier":{"system":"urn:npi","value":"5"}},
                        {"reference":"urn:uuid:1"},{"display":"only"}]})",
       options);
  EXPECT_THAT(Texts("subject", ValueKind::kReference), ElementsAre("Patient/7"));
  EXPECT_THAT(Texts("patient", ValueKind::kReference), ElementsAre("Patient/7"));
  EXPECT_EQ(NameOf(Of("patient")[0].target), "Patient");
  EXPECT_THAT(Texts("performer", ValueKind::kReference),
              ElementsAre("Practitioner/1", "urn:uuid:1"));
  EXPECT_THAT(Texts("performer", ValueKind::kIdentifier), ElementsAre("5"));
  EXPECT_EQ(NameOf(Of("performer")[1].target), "Organization");

  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "subject":{"reference":"Group/7"}})");
  EXPECT_THAT(Texts("subject", ValueKind::kReference), ElementsAre("Group/7"));
  EXPECT_THAT(Of("patient"), IsEmpty());
}

TEST_F(IndexValuesTest, CanonicalsAreFoundWithAndWithoutTheirVersion) {
  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "meta":{"profile":["http://p/a|1.0","http://p/b"],"source":"urn:src#1"}})");
  EXPECT_THAT(Texts("_profile", ValueKind::kUri),
              ElementsAre("http://p/a|1.0", "http://p/a", "http://p/b"));
  EXPECT_THAT(Texts("_source", ValueKind::kUri), ElementsAre("urn:src#1"));
  Walk(R"({"resourceType":"CarePlan","status":"active","intent":"plan",
           "subject":{"reference":"Patient/1"},"instantiatesCanonical":["http://p/c|2"]})");
  EXPECT_THAT(Texts("instantiates-canonical", ValueKind::kReference),
              ElementsAre("http://p/c|2", "http://p/c"));
}

TEST_F(IndexValuesTest, DatesAreIntervals) {
  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "effectiveDateTime":"2020-02","meta":{"lastUpdated":"2021-01-01T00:00:00.5Z"}})");
  ASSERT_EQ(Of("date").size(), 1U);
  EXPECT_EQ(Of("date")[0].from, At("2020-02-01T00:00:00Z"));
  EXPECT_EQ(Of("date")[0].until, At("2020-03-01T00:00:00Z"));
  EXPECT_EQ(Of("_lastUpdated")[0].from, At("2021-01-01T00:00:00.500Z"));

  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "effectivePeriod":{"start":"2020-01-02"}})");
  EXPECT_EQ(Of("date")[0].from, At("2020-01-02T00:00:00Z"));
  EXPECT_EQ(Of("date")[0].until, kEndOfTime);

  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "effectivePeriod":{"end":"2020"}})");
  EXPECT_EQ(Of("date")[0].from, kBeginningOfTime);
  EXPECT_EQ(Of("date")[0].until, At("2021-01-01T00:00:00Z"));

  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "effectiveTiming":{"event":["2020-03-01","2020-01-05"],
             "repeat":{"boundsPeriod":{"start":"2020-01-07","end":"2020-03-04"}}}})");
  EXPECT_EQ(Of("date")[0].from, At("2020-01-05T00:00:00Z"));
  EXPECT_EQ(Of("date")[0].until, At("2020-03-05T00:00:00Z"));

  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "effectiveDateTime":"yesterday"})");
  EXPECT_THAT(Of("date"), IsEmpty());
}

TEST_F(IndexValuesTest, QuantitiesKeepTheirDigits) {
  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "valueQuantity":{"value":1.50,"unit":"kilo","system":"http://unitsofmeasure.org",
                            "code":"kg"}})");
  ASSERT_EQ(Of("value-quantity").size(), 1U);
  const IndexValue value = Of("value-quantity")[0];
  EXPECT_EQ(value.kind, ValueKind::kQuantity);
  EXPECT_EQ(value.text, "1.50");
  EXPECT_EQ(value.low, 1.5);
  EXPECT_EQ(value.high, 1.5);
  EXPECT_EQ(value.system, "http://unitsofmeasure.org");
  EXPECT_EQ(value.code, "kg");
  EXPECT_EQ(value.unit, "kilo");

  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "valueQuantity":{"value":-1e400}})");
  EXPECT_EQ(Of("value-quantity")[0].low, -std::numeric_limits<double>::max());
  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "valueQuantity":{"value":1e-400}})");
  EXPECT_EQ(Of("value-quantity")[0].low, 0);
  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "valueQuantity":{"unit":"kg"}})");
  EXPECT_THAT(Of("value-quantity"), IsEmpty());
}

TEST_F(IndexValuesTest, MoneyRangesAndSamplesAreQuantities) {
  Walk(
      R"({"resourceType":"Invoice","status":"issued","totalNet":{"value":12.30,"currency":"EUR"}})");
  EXPECT_EQ(Of("totalnet")[0].system, "urn:iso:std:iso:4217");
  EXPECT_EQ(Of("totalnet")[0].code, "EUR");

  Walk(R"({"resourceType":"Condition","subject":{"reference":"Patient/1"},
           "onsetRange":{"low":{"value":3,"code":"a"}}})");
  EXPECT_EQ(Of("onset-age")[0].low, 3);
  EXPECT_EQ(Of("onset-age")[0].high, kInfinity);
  EXPECT_EQ(Of("onset-age")[0].code, "a");
  EXPECT_EQ(Of("onset-age")[0].text, "");

  Walk(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
           "valueSampledData":{"origin":{"value":10,"unit":"mV"},"period":1,"factor":2,
             "dimensions":1,"upperLimit":99,"data":"1 -3 U E  4 x"}})");
  EXPECT_EQ(Of("value-quantity")[0].low, 4);
  EXPECT_EQ(Of("value-quantity")[0].high, 99);
  EXPECT_EQ(Of("value-quantity")[0].unit, "mV");
}

TEST_F(IndexValuesTest, NumbersComeFromDecimalsAndRanges) {
  Walk(R"({"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},
           "prediction":[{"probabilityDecimal":0.010},
                         {"probabilityRange":{"low":{"value":0.2},"high":{"value":0.4}}}]})");
  const auto values = Of("probability");
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].text, "0.010");
  EXPECT_EQ(values[0].low, 0.01);
  EXPECT_EQ(values[1].low, 0.2);
  EXPECT_EQ(values[1].high, 0.4);
}

TEST_F(IndexValuesTest, StringsComeFromEveryPartOfNamesAndAddresses) {
  Walk(R"({"resourceType":"Patient","name":[{"use":"official","family":"Ény","given":["A","B"],
           "prefix":["Dr"],"suffix":["Jr"],"text":"Dr A","period":{"start":"2000"}}],
           "address":[{"use":"home","type":"both","line":["L1","L2"],"city":"C","district":"D",
             "state":"S","postalCode":"P","country":"X","text":"T"}]})");
  EXPECT_THAT(Texts("name", ValueKind::kString),
              UnorderedElementsAre("Ény", "A", "B", "Dr", "Jr", "Dr A"));
  EXPECT_THAT(Texts("family", ValueKind::kString), ElementsAre("Ény"));
  EXPECT_THAT(Texts("given", ValueKind::kString), ElementsAre("A", "B"));
  EXPECT_THAT(Texts("address", ValueKind::kString),
              UnorderedElementsAre("L1", "L2", "C", "D", "S", "P", "X", "T"));
  EXPECT_THAT(Texts("address-city", ValueKind::kString), ElementsAre("C"));
  EXPECT_THAT(Tokens("address-use"), ElementsAre("http://hl7.org/fhir/address-use|home implied"));
}

TEST_F(IndexValuesTest, CompositesCombineThePartsOfOneElement) {
  Walk(R"({"resourceType":"Observation","status":"final",
           "code":{"coding":[{"system":"l","code":"85354-9"},{"system":"s","code":"75367002"}]},
           "component":[{"code":{"coding":[{"code":"8480-6"}]},"valueQuantity":{"value":107}},
                        {"code":{"coding":[{"code":"8462-4"}]},"valueQuantity":{"value":60}}]})");
  EXPECT_THAT(Composites("component-code-value-quantity"),
              ElementsAre("|8480-6 $ |107", "|8462-4 $ |60"));
  EXPECT_THAT(Composites("combo-code-value-quantity"),
              ElementsAre("|8480-6 $ |107", "|8462-4 $ |60"));
  EXPECT_THAT(Composites("code-value-quantity"), IsEmpty());

  Walk(R"({"resourceType":"Observation","status":"final",
           "code":{"coding":[{"system":"l","code":"1"},{"system":"s","code":"2"}]},
           "valueQuantity":{"value":5,"system":"u","code":"kg"}})");
  EXPECT_THAT(Composites("code-value-quantity"), ElementsAre("l|1 $ u|5", "s|2 $ u|5"));
  EXPECT_THAT(Composites("code-value-string"), IsEmpty());
}

TEST_F(IndexValuesTest, CompositesTakePartsFromTheResourceWhereTheirExpressionSaysSo) {
  Walk(R"({"resourceType":"MolecularSequence","coordinateSystem":0,
           "referenceSeq":{"chromosome":{"coding":[{"code":"11"}]},"windowStart":1,"windowEnd":2},
           "variant":[{"start":3,"end":4},{"start":5,"end":6},{"start":7}]})");
  EXPECT_THAT(Composites("chromosome-variant-coordinate"),
              ElementsAre("|11 $ |3 $ |4", "|11 $ |5 $ |6"));
  EXPECT_THAT(Composites("chromosome-window-coordinate"), ElementsAre("|11 $ |1 $ |2"));
}

TEST_F(IndexValuesTest, ACompositeWithTooManyCombinationsIsRefused) {
  std::string codings;
  for (int i = 0; i < 150; ++i) {
    codings += (i ? "," : "") + std::string(R"({"code":")") + std::to_string(i) + "\"}";
  }
  Walk(R"({"resourceType":"Observation","status":"final","code":{"coding":[)" + codings +
       R"(]},"valueCodeableConcept":{"coding":[)" + codings + "]}}");
  EXPECT_FALSE(walk_.Sound());
  EXPECT_THAT(walk_.issues()[0].diagnostics, testing::HasSubstr("code-value-concept"));
}

TEST_F(IndexValuesTest, RelatedArtifactsAreFilteredByTheirType) {
  Walk(R"({"resourceType":"Library","status":"active","type":{"text":"x"},"relatedArtifact":[
           {"type":"depends-on","resource":"http://x/a"},
           {"type":"composed-of","resource":"http://x/b|1"},{"type":"citation"}]})");
  EXPECT_THAT(Texts("depends-on", ValueKind::kReference), ElementsAre("http://x/a"));
  EXPECT_THAT(Texts("composed-of", ValueKind::kReference),
              ElementsAre("http://x/b|1", "http://x/b"));
  EXPECT_THAT(Of("predecessor"), IsEmpty());
}

TEST_F(IndexValuesTest, ABundlePointsToItsFirstResource) {
  Walk(R"({"resourceType":"Bundle","type":"document","entry":[
           {"resource":{"resourceType":"Composition","id":"c","status":"final","type":{"text":"x"},
             "date":"2020","author":[{"display":"a"}],"title":"t"}},
           {"resource":{"resourceType":"MessageHeader","id":"m","eventUri":"urn:x",
             "source":{"endpoint":"urn:y"}}}]})");
  EXPECT_THAT(Texts("composition", ValueKind::kReference), ElementsAre("Composition/c"));
  EXPECT_THAT(Of("message"), IsEmpty());
}

TEST_F(IndexValuesTest, ALocationHasAPosition) {
  Walk(R"({"resourceType":"Location","position":{"longitude":-83.69,"latitude":42.25}})");
  ASSERT_EQ(Of("near").size(), 1U);
  EXPECT_EQ(Of("near")[0].kind, ValueKind::kPosition);
  EXPECT_EQ(Of("near")[0].low, 42.25);
  EXPECT_EQ(Of("near")[0].high, -83.69);
}

TEST_F(IndexValuesTest, ContainedResourcesAndBundleEntriesAreNotIndexed) {
  Walk(R"({"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"c",
           "gender":"male"}],"gender":"female"})");
  EXPECT_THAT(Of("_id"), IsEmpty());
  EXPECT_EQ(Tokens("gender").size(), 1U);
}

TEST_F(IndexValuesTest, TheServersOwnValuesReplaceThoseOfTheResource) {
  WalkOptions options;
  options.id = "server";
  options.last_updated = core::ParseInstant("2022-01-01T00:00:00.001Z");
  options.created_at = core::ParseInstant("2021-01-01T00:00:00Z");
  Walk(R"({"resourceType":"Patient","id":"mine","meta":{"lastUpdated":"2000-01-01T00:00:00Z"}})",
       options);
  EXPECT_THAT(Tokens("_id"), ElementsAre("|server"));
  ASSERT_EQ(Of("_lastUpdated").size(), 1U);
  EXPECT_EQ(Of("_lastUpdated")[0].from, At("2022-01-01T00:00:00.001Z"));
  EXPECT_EQ(Of("_lastUpdated")[0].until, At("2022-01-01T00:00:00.002Z"));
  EXPECT_EQ(Of("createdAt")[0].from, At("2021-01-01T00:00:00Z"));
}

TEST_F(IndexValuesTest, ValuesOfTheWrongShapeAreLeftOutWhenTheStructureIsNotChecked) {
  WalkOptions options;
  options.structure = StructureCheck::kOff;
  for (
      const auto* text : {
          R"({"resourceType":"Observation","code":7,"valueQuantity":"x","subject":[1,"a"]})",
          R"({"resourceType":"Observation","code":{"coding":{"code":1}},"effectivePeriod":3})",
          R"({"resourceType":"Observation","code":[[]],"valueSampledData":{"origin":[],"data":{}}})",
          R"({"resourceType":"Observation","effectiveTiming":{"event":7,"repeat":[]},"meta":"x"})",
          R"({"resourceType":"Observation","component":{"valueRange":1},"performer":{"identifier":2}})",
          R"({"resourceType":"Observation","id":{},"status":[],"meta":{"tag":{"code":[]}}})",
      }) {
    Walk(text, options);
    EXPECT_THAT(walk_.values(), IsEmpty()) << text;
  }
  Walk(R"({"resourceType":"Patient","name":{"family":["F"],"given":"G"}})", options);
  EXPECT_THAT(Texts("name", ValueKind::kString), ElementsAre("F", "G"));
}

TEST_F(IndexValuesTest, AreNotCollectedWhenOff) {
  WalkOptions options;
  options.values = ValueCollection::kOff;
  options.id = "x";
  Walk(R"({"resourceType":"Patient","gender":"male"})", options);
  EXPECT_THAT(walk_.values(), IsEmpty());
  EXPECT_TRUE(walk_.Sound());
}

TEST_F(IndexValuesTest, EscapedTextIsUnescaped) {
  Walk(R"({"resourceType":"Patient","name":[{"fam\u0069ly":"O\u0027Neill \"x\""}]})");
  EXPECT_THAT(Texts("family", ValueKind::kString), ElementsAre("O'Neill \"x\""));
}

}  // namespace
}  // namespace healthlake::fhir
