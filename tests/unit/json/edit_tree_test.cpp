#include "healthlake/json/edit_tree.hpp"

#include <gtest/gtest.h>

#include "healthlake/core/error.hpp"

namespace healthlake::json {
namespace {

using Node = EditTree::Node;

class EditTreeTest : public testing::Test {
 protected:
  EditTree Parse(const std::string& text, const EditLimits& limits = {}) {
    EXPECT_FALSE(document_.Parse(text)) << text;
    return EditTree(document_.root(), limits);
  }
  Value Other(const std::string& text) {
    EXPECT_FALSE(other_.Parse(text)) << text;
    return other_.root();
  }
  static Node Get(EditTree& tree, Node object, std::string_view name) {
    return tree.Child(object, tree.Find(object, name).value());
  }
  // What Write gives, and its length was known.
  static std::string Written(const EditTree& tree) {
    std::string text = tree.Write();
    EXPECT_EQ(text.size(), tree.bytes(tree.root()));
    return text;
  }
  template <typename Work>
  static core::ErrorKind KindOf(const Work& work) {
    try {
      work();
    } catch (const core::Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return core::ErrorKind::kInternal;
  }

  Document document_;
  Document other_;
};

TEST_F(EditTreeTest, WritesWhatItWasMadeOf) {
  const std::string text = R"({"z":1.00,"a\u0062":["\u0041",{},[],null],"y":{"x":-0.0e+1}})";
  EditTree tree = Parse(text);
  EXPECT_EQ(Written(tree), text);
  const Node list = tree.Child(tree.root(), 1);
  tree.Child(list, 1);
  tree.Find(Get(tree, tree.root(), "y"), "none");
  EXPECT_EQ(Written(tree), text);
}

TEST_F(EditTreeTest, KeepsTheBytesOfAllButWhatIsChanged) {
  EditTree tree = Parse(R"({ "z" : 1.00, "ab\u0062" : [ "\u0041", 2e0 ], "c" : true })");
  const Node list = Get(tree, tree.root(), "abb");
  tree.Replace(list, 0, tree.Make(Other(R"("\u0043")")));
  EXPECT_EQ(Written(tree), R"({"z":1.00,"ab\u0062":["\u0043",2e0],"c":true})");
}

TEST_F(EditTreeTest, InsertsIntoArrays) {
  EditTree tree = Parse("[]");
  tree.Insert(tree.root(), 0, tree.MakeNull());
  tree.Insert(tree.root(), 0, tree.Make(Other("1.0")));
  tree.Insert(tree.root(), 2, tree.MakeArray());
  tree.Insert(tree.root(), 1, tree.MakeObject());
  EXPECT_EQ(Written(tree), "[1.0,{},null,[]]");
}

TEST_F(EditTreeTest, AppendsAndRenamesMembers) {
  EditTree tree = Parse(R"({"a":1})");
  tree.Append(tree.root(), "q\"\n", tree.MakeNull());
  tree.Append(tree.root(), "c", tree.MakeArray());
  EXPECT_EQ(Written(tree), R"({"a":1,"q\"\n":null,"c":[]})");
  tree.Rename(tree.root(), *tree.Find(tree.root(), "q\"\n"), "bb");
  EXPECT_EQ(Written(tree), R"({"a":1,"bb":null,"c":[]})");
  EXPECT_FALSE(tree.Find(tree.root(), "q\"\n"));
  EXPECT_EQ(tree.NameAt(tree.root(), 1), "bb");
}

TEST_F(EditTreeTest, RemovesAndMovesChildren) {
  EditTree tree = Parse(R"({"a":{"b":[1,2]},"c":3,"d":[4]})");
  const Node b = tree.Take(Get(tree, tree.root(), "a"), 0);
  EXPECT_EQ(tree.parent(b), EditTree::kNone);
  EXPECT_EQ(Written(tree), R"({"a":{},"c":3,"d":[4]})");
  const Node d = Get(tree, tree.root(), "d");
  tree.Insert(d, 0, b);
  EXPECT_EQ(tree.parent(b), d);
  EXPECT_EQ(tree.PlaceOf(b), 0U);
  tree.Remove(tree.root(), 1);
  EXPECT_EQ(Written(tree), R"({"a":{},"d":[[1,2],4]})");
  tree.Remove(d, 1);
  tree.Remove(d, 0);
  tree.Remove(tree.root(), 0);
  EXPECT_EQ(Written(tree), R"({"d":[]})");
}

TEST_F(EditTreeTest, CopiesAreSeparate) {
  EditTree tree = Parse(R"({"a":{"b":[1]}})");
  const Node a = Get(tree, tree.root(), "a");
  const Node untouched = tree.Copy(a);
  tree.Insert(Get(tree, a, "b"), 1, tree.MakeNull());
  const Node entered = tree.Copy(a);
  tree.Append(tree.root(), "x", untouched);
  tree.Append(tree.root(), "y", entered);
  tree.Insert(Get(tree, untouched, "b"), 0, tree.MakeArray());
  tree.Insert(Get(tree, entered, "b"), 0, tree.MakeObject());
  EXPECT_EQ(Written(tree), R"({"a":{"b":[1,null]},"x":{"b":[[],1]},"y":{"b":[{},1,null]}})");
}

TEST_F(EditTreeTest, TheRootCanBeReplacedByAPartOfItself) {
  EditTree tree = Parse(R"({"a":{"b":[1.0]}})");
  tree.ReplaceRoot(tree.Take(Get(tree, tree.root(), "a"), 0));
  EXPECT_EQ(Written(tree), "[1.0]");
}

TEST_F(EditTreeTest, ReusesWhatWasDropped) {
  EditTree tree = Parse(R"({"a":[]})");
  const Node a = Get(tree, tree.root(), "a");
  for (int round = 0; round < 1000; ++round) {
    const Node object = tree.MakeObject();
    tree.Append(object, "n", tree.MakeNull());
    tree.Insert(a, 0, object);
    EXPECT_EQ(Written(tree), R"({"a":[{"n":null}]})");
    tree.Remove(a, 0);
  }
  EXPECT_LT(static_cast<std::uint32_t>(tree.MakeNull()), 10U);
}

TEST_F(EditTreeTest, ResultsTooLongAreRefused) {
  EditTree tree = Parse(R"({"a":"0123456789"})", {.max_bytes = 40});
  tree.Append(tree.root(), "b", tree.Copy(Get(tree, tree.root(), "a")));
  EXPECT_EQ(Written(tree).size(), 35U);
  EXPECT_EQ(KindOf([&] { tree.Copy(tree.root()); }), core::ErrorKind::kTooLarge);
  EXPECT_EQ(KindOf([&] { tree.Append(tree.root(), "ccc", tree.MakeNull()); }),
            core::ErrorKind::kTooLarge);
}

TEST_F(EditTreeTest, ALongerDocumentMayBeMadeShorter) {
  EditTree tree = Parse(R"({"a":"0123456789","b":[1,2,3]})", {.max_bytes = 10});
  tree.Remove(tree.root(), 0);
  tree.Remove(Get(tree, tree.root(), "b"), 0);
  EXPECT_EQ(Written(tree), R"({"b":[2,3]})");
}

TEST_F(EditTreeTest, TooMuchWorkIsRefused) {
  std::string text = "[0";
  for (int i = 0; i < 10'000; ++i) text += ",0";
  EditTree tree = Parse(text + "]", {.max_work = 1'000'000});
  EXPECT_EQ(KindOf([&] {
              for (int i = 0; i < 10'000; ++i) tree.Insert(tree.root(), 0, tree.MakeNull());
            }),
            core::ErrorKind::kUnprocessable);
}

TEST_F(EditTreeTest, WhatIsNestedTooDeeplyCanBeDroppedButNotWritten) {
  EditTree tree = Parse(R"({"a":[]})");
  const auto deepen = [&] {
    const Node list = tree.MakeArray();
    tree.Insert(list, 0, tree.Take(tree.root(), 0));
    tree.Append(tree.root(), "a", list);
  };
  for (int i = 0; i < 250; ++i) deepen();
  EXPECT_EQ(tree.Write().size(), 508U);
  for (int i = 0; i < 100'000; ++i) deepen();
  EXPECT_EQ(KindOf([&] { tree.Write(); }), core::ErrorKind::kUnprocessable);
  EXPECT_EQ(KindOf([&] { tree.Copy(tree.root()); }), core::ErrorKind::kUnprocessable);
  tree.Remove(tree.root(), 0);
  EXPECT_EQ(Written(tree), "{}");
}

}  // namespace
}  // namespace healthlake::json
