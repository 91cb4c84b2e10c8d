#include "fhir/fhirpath/evaluator.hpp"

#include <gtest/gtest.h>

#include <string>

#include "fhir/fhirpath/item.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

class FhirPathEvaluator : public testing::Test {
 protected:
  void Load(std::string_view json) {
    const auto error = document_.Parse(json);
    ASSERT_FALSE(error) << error->message;
    environment_.resource = NodeOfResource(document_.root());
    environment_.root_resource = environment_.resource;
  }
  Expression Compiled(std::string_view text) {
    auto result = Expression::Compile(text);
    if (const auto* error = std::get_if<SyntaxError>(&result)) {
      throw std::runtime_error(error->message);
    }
    return std::get<Expression>(result);
  }
  Truth Test(std::string_view text) {
    return evaluator_.Test(Compiled(text), environment_.resource, environment_);
  }
  std::string ErrorOf(std::string_view text) {
    Test(text);
    return std::string(evaluator_.error());
  }
  Node First(std::string_view text) {
    const auto items = evaluator_.Evaluate(Compiled(text), environment_.resource, environment_);
    return items.empty() ? Node() : items[0].node();
  }
  // {"linkId":"0",…}, {"linkId":"1",…}, …
  void LoadItems(std::size_t count) {
    std::string json = R"({"resourceType":"Questionnaire","status":"active","item":[)";
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) json += ',';
      json += R"({"linkId":")" + std::to_string(i) + R"(","type":"string"})";
    }
    Load(json + "]}");
  }

  json::Document document_;
  Environment environment_;
  Evaluator evaluator_;
};

TEST_F(FhirPathEvaluator, SaysWhyAnEvaluationIsAnError) {
  Load(R"({"resourceType":"Patient","name":[{"family":"A"},{"family":"B"}]})");
  EXPECT_EQ(Test("name.single().exists()"), Truth::kUnknown);
  EXPECT_EQ(evaluator_.error(), "several items where one is needed");
  EXPECT_EQ(Test("name.exists()"), Truth::kTrue);
  EXPECT_EQ(evaluator_.error(), "");
}

TEST_F(FhirPathEvaluator, TellsNothingFromFalse) {
  Load(R"({"resourceType":"Patient","active":true})");
  EXPECT_EQ(Test("active"), Truth::kTrue);
  EXPECT_EQ(Test("active.not()"), Truth::kFalse);
  EXPECT_EQ(Test("birthDate > today()"), Truth::kUnknown);
  EXPECT_EQ(evaluator_.error(), "");
}

TEST_F(FhirPathEvaluator, GivesTheJsonOfWhatItFinds) {
  Load(R"({"resourceType":"Patient","name":[{"family":"A"},{"family":"B","_family":{"id":"x"}}]})");
  const Node node = First("name[1].family");
  EXPECT_EQ(node.value.raw(), R"("B")");
  EXPECT_EQ(node.twin.raw(), R"({"id":"x"})");
  // A view into the document: what stands there can be found again, and changed.
  const auto place = static_cast<std::size_t>(node.value.raw().data() - document_.text().data());
  EXPECT_EQ(document_.text().find(R"("B")"), place);
}

TEST_F(FhirPathEvaluator, StartsAtAnyElement) {
  Load(R"({"resourceType":"Patient","id":"p","contact":[{"gender":"male"}]})");
  const Node contact = First("contact");
  const auto test = [&](std::string_view text) {
    return evaluator_.Test(Compiled(text), contact, environment_);
  };
  EXPECT_EQ(test("gender = 'male'"), Truth::kTrue);
  EXPECT_EQ(test("$this is BackboneElement"), Truth::kTrue);
  EXPECT_EQ(test("%resource.id = 'p'"), Truth::kTrue);
  EXPECT_EQ(test("%context.gender.exists()"), Truth::kTrue);
  EXPECT_EQ(test("Patient.id.exists()"), Truth::kFalse);
}

TEST_F(FhirPathEvaluator, KnowsTheContainerOfAContainedResource) {
  Load(R"({"resourceType":"Patient","id":"p","contained":[
      {"resourceType":"Organization","id":"o","partOf":{"reference":"#o2"}},
      {"resourceType":"Organization","id":"o2","name":"Top","partOf":{"reference":"#"}}]})");
  EXPECT_EQ(Test("contained[0].partOf.resolve().name = 'Top'"), Truth::kTrue);
  EXPECT_EQ(Test("contained[1].partOf.resolve().id = 'p'"), Truth::kTrue);
  // The same with a contained resource as the focus.
  const Node inner = First("contained[0]");
  Environment around = environment_;
  around.resource = inner;
  EXPECT_EQ(evaluator_.Test(Compiled("partOf.resolve().name = 'Top'"), inner, around),
            Truth::kTrue);
  EXPECT_EQ(
      evaluator_.Test(Compiled("%rootResource.id = 'p' and %resource.id = 'o'"), inner, around),
      Truth::kTrue);
}

TEST_F(FhirPathEvaluator, FindsTheEntriesOfTheBundleAround) {
  Load(R"({"resourceType":"Bundle","type":"collection","entry":[
      {"fullUrl":"http://a.example/Patient/1","resource":{"resourceType":"Patient","id":"1"}},
      {"resource":{"resourceType":"Flag","subject":{"reference":"http://a.example/Patient/1"}}}]})");
  const Node flag = First("entry[1].resource");
  Environment around;
  around.resource = around.root_resource = flag;
  around.bundle = environment_.resource;
  EXPECT_EQ(evaluator_.Test(Compiled("subject.resolve().id = '1'"), flag, around), Truth::kTrue);
}

TEST_F(FhirPathEvaluator, EndsWhatDoesNotEnd) {
  Load("{}");
  EXPECT_EQ(ErrorOf("(1).repeat($this + 1).exists()"), "the evaluation takes too many steps");
  const std::string ten = "(1|2|3|4|5|6|7|8|9|10)";
  const std::string many =
      ten + ".select(" + ten + ".select(" + ten + ".select(" + ten + ".select(" + ten + "))))";
  EXPECT_NE(ErrorOf(many + ".count() > 0"), "");
  EXPECT_NE(ErrorOf(many + ".aggregate($total.combine($total), 1).exists()"), "");
}

TEST_F(FhirPathEvaluator, BoundsSearchesAndReplacements) {
  const std::string text(200'000, 'a');
  Load(R"({"resourceType":"Patient","language":")" + text + R"(","id":")" +
       text.substr(0, 100'000) + "b\"}");
  EXPECT_EQ(ErrorOf("(1|2|3|4|5|6|7|8).aggregate($total & $total, language.first()).exists()"),
            "the evaluation makes too much text");
  EXPECT_NE(ErrorOf("language.contains(id)"), "");
  EXPECT_NE(ErrorOf("language.replace('a', id).length() > 0"), "");
  EXPECT_NE(ErrorOf("language.replaceMatches('a', id).length() > 0"), "");
  EXPECT_EQ(Test("language.matches('^(a+)+$')"), Truth::kTrue);
  EXPECT_EQ(Test("id.matches('^(a|a|aa)+$')"), Truth::kFalse);
  EXPECT_EQ(Test("language.contains('aab')"), Truth::kFalse);
}

TEST_F(FhirPathEvaluator, GoesThroughLargeResources) {
  LoadItems(10'000);
  for (const char* text :
       {"descendants().linkId.isDistinct()", "item.all(linkId.exists() and type = 'string')",
        "item.linkId.distinct().count() = 10000", "(item.linkId | item.type).count() = 10001",
        "item.linkId.intersect(item.linkId).count() = 10000",
        "item.linkId.exclude(item.linkId).empty()", "item.linkId.subsetOf(item.linkId)",
        "repeat(item).count() = 10000", "item.isDistinct()", "item.last().linkId = '9999'",
        "item.tail().all(linkId != %resource.item.first().linkId)"}) {
    EXPECT_EQ(Test(text), Truth::kTrue) << text << ": " << evaluator_.error();
  }
}

TEST_F(FhirPathEvaluator, EndsWhatIsQuadratic) {
  LoadItems(5'000);
  EXPECT_EQ(ErrorOf("item.linkId.all($this in %resource.item.linkId)"),
            "the evaluation takes too many steps");
}

TEST_F(FhirPathEvaluator, ReadsUnsoundResources) {
  for (const char* json :
       {R"([])", R"("text")", R"({})", R"({"resourceType":7})", R"({"resourceType":"Nothing"})",
        R"({"resourceType":"Patient","name":"text","contact":{"gender":[[1]]},"birthDate":5})",
        R"({"resourceType":"Patient","name":[null,1,[],{}],"_birthDate":[1],"_name":{"id":"x"}})",
        R"({"resourceType":"Patient","contained":[1,{"resourceType":"X"}],"active":"yes"})",
        R"({"resourceType":"Patient","extension":{"url":3},"multipleBirthInteger":1e99})",
        R"({"resourceType":"Patient","given":["a"],"_given":["b",null],"deceasedDateTime":"x"})"}) {
    Load(json);
    for (const char* text :
         {"descendants().count() >= 0", "name.given.first() = 'x'", "birthDate > @2012",
          "extension('a').value.exists()", "contained.id.exists()", "active and active.not()",
          "multipleBirth + 1 > 0", "deceased < now()", "children().isDistinct()",
          "generalPractitioner.resolve().exists()", "repeat(children()).exists()"}) {
      Test(text);
    }
  }
}

}  // namespace
}  // namespace healthlake::fhir::fhirpath
