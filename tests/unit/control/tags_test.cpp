#include "unit/control/fixture.hpp"

namespace healthlake::control {
namespace {

class TagsTest : public ControlTest {
 protected:
  static std::string ArnOf(const std::string& id) {
    return "arn:aws:healthlake:us-east-1:000000000000:datastore/fhir/" + id;
  }
  static Tree Tags(int first, int count, const std::string& value = "v") {
    Tree tags = Tree::array();
    for (int i = first; i < first + count; ++i) {
      tags.push_back({{"Key", "k" + std::to_string(i)}, {"Value", value}});
    }
    return tags;
  }
  Tree List(const std::string& id) {
    return Do(OperationId::kListTagsForResource, {{"ResourceARN", ArnOf(id)}})["Tags"];
  }
  void Put(const std::string& id, const Tree& tags) {
    EXPECT_EQ(Do(OperationId::kTagResource, {{"ResourceARN", ArnOf(id)}, {"Tags", tags}}),
              Tree::object());
  }
};

TEST_F(TagsTest, TagsAreKeptFromCreationOnAndListedInTheirOrder) {
  const std::string id = Create({{"Tags", Tags(0, 2)}});
  EXPECT_EQ(List(id), Tags(0, 2));
  Put(id, Tags(1, 2, "new"));
  EXPECT_EQ(List(id), Tree({{{"Key", "k0"}, {"Value", "v"}},
                            {{"Key", "k1"}, {"Value", "new"}},
                            {{"Key", "k2"}, {"Value", "new"}}}));
  EXPECT_EQ(Do(OperationId::kUntagResource,
               {{"ResourceARN", ArnOf(id)}, {"TagKeys", {"k0", "k2", "unknown"}}}),
            Tree::object());
  EXPECT_EQ(List(id), Tags(1, 1, "new"));
  EXPECT_EQ(List(Create()), Tree::array());
}

TEST_F(TagsTest, AStoreHoldsAtMostTwoHundredTagsCountedAfterMerging) {
  const std::string id = Create({{"Tags", Tags(0, 199)}});
  Put(id, Tags(0, 200));
  EXPECT_EQ(List(id).size(), 200U);
  Put(id, Tags(50, 100, "again"));
  const auto [kind, message] =
      Refused(OperationId::kTagResource, {{"ResourceARN", ArnOf(id)}, {"Tags", Tags(199, 2, "x")}});
  EXPECT_EQ(kind, core::ErrorKind::kInvalid);
  EXPECT_EQ(message, "Data store " + id + " would have more than 200 tags");
  EXPECT_EQ(List(id)[199]["Value"], "v");
}

TEST_F(TagsTest, AKeyThatComesTwiceTakesTheLastValueAndCaseMatters) {
  const std::string id = Create({{"Tags",
                                  {{{"Key", "a"}, {"Value", "1"}},
                                   {{"Key", "A"}, {"Value", "2"}},
                                   {{"Key", "a"}, {"Value", "3"}}}}});
  EXPECT_EQ(List(id), Tree({{{"Key", "a"}, {"Value", "3"}}, {{"Key", "A"}, {"Value", "2"}}}));
}

TEST_F(TagsTest, UnknownArnsAreNotFound) {
  const std::string id = Create();
  const std::string wrong[] = {
      ArnOf(std::string(32, '0')),
      "arn:aws-cn:healthlake:us-east-1:000000000000:datastore/fhir/" + id,
      "arn:aws:healthlake:eu-west-1:000000000000:datastore/fhir/" + id,
      "arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/" + id,
  };
  for (const std::string& arn : wrong) {
    const auto [kind, message] = Refused(OperationId::kListTagsForResource, {{"ResourceARN", arn}});
    EXPECT_EQ(kind, core::ErrorKind::kNotFound) << arn;
    EXPECT_EQ(message, "Resource " + arn + " was not found");
  }
  EXPECT_EQ(
      Refused(OperationId::kTagResource, {{"ResourceARN", wrong[0]}, {"Tags", Tags(0, 1)}}).first,
      core::ErrorKind::kNotFound);
  EXPECT_EQ(
      Refused(OperationId::kUntagResource, {{"ResourceARN", wrong[0]}, {"TagKeys", {"a"}}}).first,
      core::ErrorKind::kNotFound);
}

TEST_F(TagsTest, ADeletedStoreHasNoTagsToSpeakOf) {
  const std::string id = Create({{"Tags", Tags(0, 1)}});
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", id}});
  EXPECT_EQ(Refused(OperationId::kListTagsForResource, {{"ResourceARN", ArnOf(id)}}).first,
            core::ErrorKind::kGone);
}

TEST_F(TagsTest, ARefusedTagLeavesNothingBehindAtCreation) {
  Tree tags = Tags(0, 200);
  tags.push_back({{"Key", "one more"}, {"Value", ""}});
  EXPECT_EQ(
      Refused(OperationId::kCreateFHIRDatastore, {{"DatastoreTypeVersion", "R4"}, {"Tags", tags}})
          .first,
      core::ErrorKind::kInvalid);
  EXPECT_TRUE(
      Do(OperationId::kListFHIRDatastores, Tree::object())["DatastorePropertiesList"].empty());
}

}  // namespace
}  // namespace healthlake::control
