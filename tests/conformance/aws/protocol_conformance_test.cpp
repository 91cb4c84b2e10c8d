// Runs every case of the JSON files beside this one: a target and a body go in; either the decoded
// input or the exact error comes out.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "healthlake/aws/error_codec.hpp"
#include "healthlake/aws/protocol.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::aws {
namespace {

using json::Tree;

struct Case {
  std::string file;
  Tree data;
};

// {"$repeat":[text, n]} stands for the text n times; {"$list":[_, n, element]} for a list of n.
Tree Expand(const Tree& value) {
  if (value.is_object() && value.contains("$repeat")) {
    std::string text;
    for (int i = 0; i < value["$repeat"][1].get<int>(); ++i) {
      text += value["$repeat"][0].get<std::string>();
    }
    return text;
  }
  if (value.is_object() && value.contains("$list")) {
    Tree list = Tree::array();
    for (int i = 0; i < value["$list"][1].get<int>(); ++i) list.push_back(value["$list"][2]);
    return list;
  }
  if (!value.is_structured()) return value;
  Tree expanded = value;
  for (Tree& child : expanded) child = Expand(child);
  return expanded;
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::vector<Case> LoadCases() {
  std::vector<Case> cases;
  const std::filesystem::path folder =
      std::filesystem::path(HEALTHLAKE_SOURCE_DIR) / "tests/conformance/aws";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path());
    const Tree file = Tree::parse(in);
    for (const Tree& data : file["cases"]) {
      cases.push_back({entry.path().stem().string(), data});
    }
  }
  return cases;
}

std::string BodyOf(const Tree& data) {
  if (data.contains("hex_body")) return FromHex(data["hex_body"].get<std::string>());
  if (data.contains("json")) return Expand(data["json"]).dump();
  return data["body"].get<std::string>();
}

std::string MessageOf(const Tree& error) {
  if (error.contains("message")) return error["message"].get<std::string>();
  const Tree& violations = error["violations"];
  std::string message = std::to_string(violations.size()) + " validation errors detected: ";
  for (std::size_t i = 0; i < violations.size(); ++i) {
    if (i > 0) message += "; ";
    message += violations[i].get<std::string>();
  }
  return message;
}

class ProtocolConformance : public ::testing::TestWithParam<Case> {};

TEST_P(ProtocolConformance, AnswersAsTheCaseSays) {
  const Tree& data = GetParam().data;
  SCOPED_TRACE(data["name"].get<std::string>());
  std::optional<std::string> target;
  if (data.contains("target")) target = data["target"].get<std::string>();
  try {
    const OperationId operation = LoadOperation(target);
    const Tree input = DecodeInput(operation, BodyOf(data));
    ASSERT_TRUE(data.contains("input")) << "accepted: " << input.dump();
    EXPECT_EQ(input, Expand(data["input"]));
  } catch (const core::Error& error) {
    ASSERT_TRUE(data.contains("error")) << error.what();
    const Tree& expected = data["error"];
    EXPECT_EQ(ShapeOf(error.kind()).status, expected["status"].get<int>());
    EXPECT_EQ(ShapeOf(error.kind()).name, expected["type"].get<std::string>());
    const Tree body = Tree::parse(EncodeError(error.kind(), error.what()));
    EXPECT_EQ(body, (Tree{{"__type", expected["type"]}, {"Message", MessageOf(expected)}}));
  }
}

std::string NameOfCase(const ::testing::TestParamInfo<Case>& info) {
  std::string name = info.param.file + "_" + info.param.data["name"].get<std::string>();
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Aws, ProtocolConformance, ::testing::ValuesIn(LoadCases()), NameOfCase);

}  // namespace
}  // namespace healthlake::aws
