// What no table can show: limits, and patches at random beside another implementation.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/patch.hpp"
#include "healthlake/json/equality.hpp"

namespace healthlake::fhir {
namespace {

using Json = nlohmann::ordered_json;
using core::ErrorKind;

json::Document Parse(const std::string& text) {
  json::Document document;
  EXPECT_FALSE(document.Parse(text)) << text.substr(0, 200);
  return document;
}

std::string Apply(const std::string& resource, const std::string& patch,
                  const PatchLimits& limits = {}) {
  const json::Document before = Parse(resource);
  const json::Document changes = Parse(patch);
  return std::string(ApplyJsonPatch(before.root(), changes.root(), limits).text());
}

ErrorKind ErrorOf(const std::string& resource, const std::string& patch,
                  const PatchLimits& limits = {}) {
  try {
    Apply(resource, patch, limits);
  } catch (const core::Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::kInternal;
}

std::string Repeated(const std::string& operation, int count) {
  std::string patch = "[";
  for (int i = 0; i < count; ++i) patch += (i > 0 ? "," : "") + operation;
  return patch + "]";
}

std::string Zeros(int count) {
  std::string pointer;
  for (int i = 0; i < count; ++i) pointer += "/0";
  return pointer;
}

TEST(JsonPatchLimits, CopiesThatDoubleEndAtTheLimit) {
  EXPECT_EQ(ErrorOf(R"({"a":["0123456789"]})",
                    Repeated(R"({"op":"copy","from":"/a","path":"/a/-"})", 100)),
            ErrorKind::kTooLarge);
}

TEST(JsonPatchLimits, WithoutCopiesResourceAndPatchTogetherAreTheLimit) {
  const std::string text(1000, 'x');
  EXPECT_EQ(Apply("[]", Repeated(R"({"op":"add","path":"/-","value":")" + text + "\"}", 50),
                  {.max_bytes = 10})
                .size(),
            1 + 50 * 1003U);
}

TEST(JsonPatchLimits, ResultsNestedTooDeeplyAreRefused) {
  EXPECT_EQ(ErrorOf("{}", Repeated(R"({"op":"copy","from":"","path":"/b"})", 1000)),
            ErrorKind::kUnprocessable);
  std::string patch = "[";
  for (int i = 0; i < 400; ++i) {
    patch += R"({"op":"move","from":"/a","path":"/b"},{"op":"add","path":"/a","value":[]},)"
             R"({"op":"move","from":"/b","path":"/a/0"},)";
  }
  patch.back() = ']';
  EXPECT_EQ(ErrorOf(R"({"a":1})", patch), ErrorKind::kUnprocessable);
  // What is deep in a value that nobody entered is seen when the result is read.
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_EQ(ErrorOf(R"({"a":)" + deep + "}", R"([{"op":"copy","from":"/a","path":"/b"},)"
                                             R"({"op":"add","path":"/b","value":)" +
                                                 deep.substr(0, 100) + "1" + deep.substr(300) +
                                                 R"(},{"op":"move","from":"/a","path":"/b)" +
                                                 Zeros(99) + R"("}])"),
            ErrorKind::kUnprocessable);
}

TEST(JsonPatchLimits, ManyOperationsTakeLinearTime) {
  std::string patch = "[";
  for (int i = 0; i < 100'000; ++i) {
    patch += R"({"op":"add","path":"/a/0","value":)" + std::to_string(i) + "},";
  }
  patch.back() = ']';
  const std::string result = Apply(R"({"a":[]})", patch);
  EXPECT_TRUE(result.starts_with(R"({"a":[99999,99998,)"));
  EXPECT_TRUE(result.ends_with(",1,0]}"));
}

TEST(JsonPatchLimits, ThereIsALimitOfWork) {
  EXPECT_EQ(
      ErrorOf(R"({"a":[1,2,3],"b":{}})",
              Repeated(R"({"op":"copy","from":"/a","path":"/b/x"})", 10'000), {.max_work = 10'000}),
      ErrorKind::kUnprocessable);
}

TEST(Identity, TypeAndIdAreKept) {
  const json::Document before = Parse(R"({"resourceType":"Patient","id":"p","active":true})");
  CheckIdentity(before.root(), Parse(R"({"id":"p","resourceType":"Patient"})").root());
  for (const char* after : {R"({"id":"q","resourceType":"Patient"})", R"({"id":"p"})",
                            R"({"id":"p","resourceType":"Basic"})", R"({"resourceType":"Patient"})",
                            R"({"id":["p"],"resourceType":"Patient"})", "[]", "null"}) {
    EXPECT_THROW(CheckIdentity(before.root(), Parse(after).root()), core::Error) << after;
  }
}

// --- At random -----------------------------------------------------------------------------------

enum class Leaves { kAny, kNumbered };

class Maker {
 public:
  explicit Maker(unsigned seed, Leaves leaves = Leaves::kAny) : random_(seed), leaves_(leaves) {}

  std::size_t Below(std::size_t limit) { return random_() % limit; }

  Json Value(int depth) {
    const std::size_t kind = Below(depth > 0 ? 8 : 5);
    if (leaves_ == Leaves::kNumbered && kind < 5) return ++number_;
    switch (kind) {
      case 0:
        return nullptr;
      case 1:
        return Below(2) == 0;
      case 2:
        return static_cast<int>(Below(2000)) - 1000;
      case 3:
        return static_cast<double>(Below(1000)) / 8;
      case 4:
        return Name();
      case 5:
      case 6: {
        Json object = Json::object();
        for (std::size_t n = Below(5); n > 0; --n) object[Name()] = Value(depth - 1);
        return object;
      }
      default: {
        Json array = Json::array();
        for (std::size_t n = Below(5); n > 0; --n) array.push_back(Value(depth - 1));
        return array;
      }
    }
  }

  // Most lead somewhere in `document`.
  std::string Pointer(const Json& document) {
    std::string pointer;
    const Json* at = &document;
    while (Below(4) > 0 && at->is_structured()) {
      if (at->is_object()) {
        const bool existing = !at->empty() && Below(4) > 0;
        const std::string name =
            existing ? std::next(at->begin(), static_cast<std::ptrdiff_t>(Below(at->size()))).key()
                     : Name();
        pointer += "/" + Escaped(name);
        if (!at->contains(name)) break;
        at = &(*at)[name];
      } else {
        const std::size_t index = Below(at->size() + 2);
        if (Below(8) == 0) return pointer + "/-";
        pointer += (Below(30) == 0 ? "/0" : "/") + std::to_string(index);
        if (index >= at->size()) break;
        at = &(*at)[index];
      }
    }
    return pointer;
  }

  Json Operation(const Json& document) {
    static constexpr std::array<const char*, 6> kOps = {"add",  "remove", "replace",
                                                        "move", "copy",   "test"};
    const std::string op = kOps.at(Below(kOps.size()));
    Json operation = {{"op", op}, {"path", Pointer(document)}};
    if (op == "move" || op == "copy") operation["from"] = Pointer(document);
    if (op == "add" || op == "replace") operation["value"] = Value(2);
    if (op == "test") operation["value"] = Tested(document, operation["path"]);
    return operation;
  }

 private:
  std::string Name() {
    static constexpr std::array<const char*, 8> kNames = {"a", "b", "c/d", "e~f",
                                                          "",  "0", "\"",  "\xC3\xA9"};
    return kNames.at(Below(kNames.size()));
  }
  static std::string Escaped(const std::string& name) {
    std::string escaped;
    for (const char c : name) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return escaped;
  }
  Json Tested(const Json& document, const std::string& path) {
    try {
      if (Below(10) > 0) return document.at(Json::json_pointer(path));
    } catch (const Json::exception&) {
    }
    return Value(1);
  }

  std::mt19937 random_;
  Leaves leaves_;
  int number_ = 0;
};

// Where nlohmann is looser than the standard, or does not stand what it is given.
bool IsBeyondNlohmann(const Json& operation, const Json& document) {
  const std::string op = operation["op"];
  const std::string path = operation["path"];
  if (op == "remove" && path.empty()) return true;
  if (op != "move") return false;
  const std::string from = operation["from"];
  if (from.empty() || path == from || path.starts_with(from + "/")) return true;
  try {
    const Json left = document.patch({{{"op", "remove"}, {"path", from}}});
    return path.empty() || !left.at(Json::json_pointer(path).parent_pointer()).is_structured();
  } catch (const Json::exception&) {
    return false;
  }
}

TEST(JsonPatchAtRandom, AgreesWithAnotherImplementation) {
  std::size_t applied = 0;
  std::size_t refused = 0;
  for (unsigned seed = 0; seed < 4000; ++seed) {
    Maker make(seed);
    const Json before = make.Value(4);
    Json after = before;
    Json patch = Json::array();
    bool fails = false;
    for (int i = 0; i < 12 && !fails; ++i) {
      const Json operation = make.Operation(after);
      if (IsBeyondNlohmann(operation, after)) continue;
      patch.push_back(operation);
      try {
        after = after.patch(Json::array({operation}));
      } catch (const Json::exception&) {
        fails = true;
      }
    }
    SCOPED_TRACE(before.dump() + " with " + patch.dump());
    if (fails) {
      ++refused;
      EXPECT_EQ(ErrorOf(before.dump(), patch.dump()), ErrorKind::kUnprocessable);
    } else {
      ++applied;
      const json::Document result = Parse(Apply(before.dump(), patch.dump()));
      EXPECT_TRUE(json::Equal(result.root(), Parse(after.dump()).root())) << result.text();
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(applied, 500U);
  EXPECT_GT(refused, 500U);
}

// `text` with another token for each number in it, each in a form that must be kept.
std::string WithTokens(const std::string& text) {
  std::string out;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string || c < '0' || c > '9') {
      out += c;
      if (in_string && c == '\\') out += text[++at];
      if (c == '"') in_string = !in_string;
      continue;
    }
    const std::size_t end = text.find_first_not_of("0123456789", at);
    const std::string number = text.substr(at, end - at);
    const std::array<std::string, 4> tokens = {number + ".500", R"("\u0041\/)" + number + '"',
                                               "-0." + number + "E+00",
                                               number + "00000000000000000000000.00"};
    out += tokens.at(static_cast<std::size_t>(std::stoi(number)) % tokens.size());
    at = end - 1;
  }
  return out;
}

TEST(JsonPatchAtRandom, KeepsOrderAndTextOfEverythingThatStays) {
  std::size_t applied = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    Maker make(seed, Leaves::kNumbered);
    const Json before = {{"x", make.Value(4)}, {"y", make.Value(3)}};
    Json after = before;
    Json patch = Json::array();
    for (int i = 0; i < 20; ++i) {
      const Json operation = make.Operation(after);
      if (IsBeyondNlohmann(operation, after)) continue;
      try {
        after = after.patch(Json::array({operation}));
        patch.push_back(operation);
      } catch (const Json::exception&) {
      }
    }
    applied += patch.size();
    ASSERT_EQ(Apply(WithTokens(before.dump()), WithTokens(patch.dump())), WithTokens(after.dump()))
        << before.dump() << " with " << patch.dump();
  }
  EXPECT_GT(applied, 10'000U);
}

}  // namespace
}  // namespace healthlake::fhir
