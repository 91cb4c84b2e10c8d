// Damaged and undamaged texts, judged by Document and by an independent parser.
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/json/document.hpp"
#include "healthlake/json/tree.hpp"
#include "json/diagnose.hpp"

namespace healthlake::json {
namespace {

using namespace std::literals;

constexpr std::uint32_t kSeed = 20261122;
constexpr std::size_t kMaxDepth = 64;

struct Judgement {
  bool valid = false;
  bool number_too_large = false;
  Tree tree;
};

Judgement Judge(std::string_view text) {
  Judgement judgement;
  try {
    judgement.tree = Tree::parse(text);
    judgement.valid = true;
  } catch (const Tree::out_of_range&) {
    judgement.number_too_large = true;
  } catch (const Tree::parse_error&) {
  }
  return judgement;
}

Tree Rebuild(const Value& value) {
  switch (value.type()) {
    case Type::kNull:
      return nullptr;
    case Type::kBoolean:
      return value.boolean();
    case Type::kNumber:
      return Tree::parse(value.raw());
    case Type::kString:
      return std::string(value.string());
    case Type::kArray: {
      Tree array = Tree::array();
      for (const Value child : value) array.push_back(Rebuild(child));
      EXPECT_EQ(array.size(), value.size());
      return array;
    }
    case Type::kObject: {
      Tree object = Tree::object();
      for (const Value child : value) {
        object[std::string(child.key())] = Rebuild(child);
        EXPECT_EQ(value.Find(child.key())->raw().data(), child.raw().data());
      }
      EXPECT_EQ(object.size(), value.size());
      return object;
    }
  }
  return nullptr;
}

std::string RandomString(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "a",
      "Z",
      " ",
      "resourceType",
      "\\n",
      "\\\"",
      "\\\\",
      "\\/",
      "\\u0041",
      "\\u00e9",
      "\\ud83d\\ude00",
      "\xC3\xA9",
      "\xE2\x82\xAC",
      "\xF0\x9F\x98\x80",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "0123456789012345678901234567890123456789012345678901234567890123",
      "\x7F",
      "\\u0000"};
  std::string text = "\"";
  for (auto pieces = random() % 6; pieces > 0; --pieces) text += kPieces[random() % kPieces.size()];
  return text + "\"";
}

std::string Space(std::mt19937& random, bool spaced) {
  static const char* const kSpaces[] = {"", "", " ", "\n", "\t ", "\r\n  "};
  return spaced ? kSpaces[random() % std::size(kSpaces)] : "";
}

std::string RandomValue(std::mt19937& random, bool spaced, int depth) {
  static const std::vector<std::string> kScalars = {
      "0",      "-0",   "1.00",  "-12.5e+7", "1E9", "18446744073709551616",
      "1e-400", "true", "false", "null"};
  const auto kind = random() % (depth > 3 ? 2 : 6);
  if (kind == 0) return kScalars[random() % kScalars.size()];
  if (kind == 1) return RandomString(random);
  const bool object = kind < 5;
  std::string text = object ? "{" : "[";
  const auto size = random() % (depth == 1 && random() % 20 == 0 ? 100 : 5);
  for (std::size_t i = 0; i < size; ++i) {
    text += Space(random, spaced);
    if (object) {
      std::string key = RandomString(random);
      key.insert(key.size() - 1, std::to_string(i));
      text += key + Space(random, spaced) + ":" + Space(random, spaced);
    }
    text += RandomValue(random, spaced, depth + 1) + Space(random, spaced);
    if (i + 1 < size) text += ",";
  }
  if (size == 0) text += Space(random, spaced);
  return text + (object ? "}" : "]");
}

std::string Damage(std::string text, std::mt19937& random) {
  static constexpr std::string_view kBytes =
      "\"\"\\{}[],:: \n\t\r01-+.eEtfn\0\x01\x0c\x1a\x80\xC3\xED\xFFu/"sv;
  for (auto changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    switch (random() % 6) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, 1, kBytes[random() % kBytes.size()]);
        break;
      case 2:
        text[at] = kBytes[random() % kBytes.size()];
        break;
      case 3:
        text.resize(at);
        break;
      case 4:
        text.insert(at, text.substr(random() % text.size(), random() % 20));
        break;
      default:
        text.erase(at, random() % 20);
        break;
    }
  }
  return text;
}

void Check(Document& document, const std::string& text) {
  const auto error = document.Parse(text);
  const auto slow_error = Diagnose(text, kMaxDepth);
  ASSERT_EQ(error.has_value(), slow_error.has_value())
      << (error ? error->message : slow_error->message) << "\n"
      << text;
  const Judgement judgement = Judge(text);
  if (error) {
    ASSERT_NE(error->message, "not JSON") << text;
    // The other parser takes a NUL for the end of the text.
    const bool ours_alone = text.find('\0') != std::string::npos ||
                            error->message.find("occurs twice") != std::string::npos ||
                            error->message.find("nested deeper") != std::string::npos ||
                            error->message.find("byte order mark") != std::string::npos;
    ASSERT_TRUE(!judgement.valid || ours_alone) << error->message << "\n" << text;
    ASSERT_EQ(document.text(), "");
    return;
  }
  if (judgement.number_too_large) return;
  ASSERT_TRUE(judgement.valid) << text;
  ASSERT_EQ(Rebuild(document.root()), judgement.tree) << text;
  const std::string minified(document.text());
  ASSERT_EQ(document.root().raw(), minified);
  ASSERT_EQ(minified.find_first_of("\n\r\t"), std::string::npos);
  ASSERT_FALSE(document.Parse(minified)) << text;
  ASSERT_EQ(document.text(), minified);
}

TEST(Mutation, DocumentAgreesWithAnotherParser) {
  std::mt19937 random(kSeed);
  Document document;
  std::size_t refused = 0;
  constexpr std::size_t kTexts = 1500;
  constexpr std::size_t kDamaged = 5;
  for (std::size_t i = 0; i < kTexts; ++i) {
    const bool spaced = random() % 2 == 0;
    const std::string text =
        Space(random, spaced) + RandomValue(random, spaced, 0) + Space(random, spaced);
    ASSERT_FALSE(document.Parse(text)) << text;
    ASSERT_NO_FATAL_FAILURE(Check(document, text));
    for (std::size_t j = 0; j < kDamaged; ++j) {
      const std::string damaged = Damage(text, random);
      ASSERT_NO_FATAL_FAILURE(Check(document, damaged));
      if (document.Parse(damaged)) ++refused;
    }
  }
  EXPECT_GT(refused, kTexts);
  EXPECT_LT(refused, kTexts * kDamaged);
}

// No text may be read behind its end, nor be needed longer than the call.
TEST(Mutation, DocumentReadsNoByteOutsideTheText) {
  std::mt19937 random(kSeed + 1);
  for (std::size_t i = 0; i < 300; ++i) {
    const std::string text = RandomValue(random, i % 2 == 0, 0);
    for (std::size_t length = 0; length <= std::min<std::size_t>(text.size(), 200); ++length) {
      Document document;
      auto exact = std::make_unique<char[]>(length);
      text.copy(exact.get(), length);
      const auto error = document.Parse({exact.get(), length});
      exact.reset();
      if (!error) {
        EXPECT_FALSE(document.text().empty());
      }
    }
  }
}

}  // namespace
}  // namespace healthlake::json
