// Bodies of nasty shapes in two sizes: the larger one may take no more memory per byte. (Times are
// measured, not asserted: see tests/benchmark.)
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <string>

#include "healthlake/fhir/outcome.hpp"
#include "healthlake/fhir/profiles.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace {

std::atomic<std::size_t> bytes_allocated;

void* TryAllocate(std::size_t size) noexcept {
  bytes_allocated.fetch_add(size, std::memory_order_relaxed);
  return std::malloc(size);
}
void* Allocate(std::size_t size) {
  if (void* memory = TryAllocate(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return Allocate(size);
}
void* operator new[](std::size_t size) {
  return Allocate(size);
}
// simdjson's
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return TryAllocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return TryAllocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace healthlake::fhir {
namespace {

constexpr std::size_t kSmall = 500;
constexpr std::size_t kGrowth = 8;

std::string Repeat(std::size_t count, const std::function<std::string(std::string)>& item,
                   const std::string& separator = ",") {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += separator;
    out += item(std::to_string(i));
  }
  return out;
}

std::string Patient(const std::string& members) {
  return R"({"resourceType":"Patient",)" + members + "}";
}

std::string Narrative(const std::string& content) {
  return Patient(
      R"("text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">)" +
      content + R"(</div>"})");
}

using Shape = std::function<std::string(std::size_t)>;

const std::map<std::string, Shape>& Shapes() {
  static const std::map<std::string, Shape> shapes = {
      {"many small values",
       [](std::size_t n) {
         return Patient(R"("name":[{"given":[)" + Repeat(n, [](auto) { return R"("x")"; }) + "]}]");
       }},
      {"many twins",
       [](std::size_t n) {
         return Patient(R"("name":[{"given":[)" + Repeat(n, [](auto) { return "null"; }) +
                        R"(],"_given":[)" + Repeat(n, [](auto) { return R"({"id":"x"})"; }) +
                        "]}]");
       }},
      {"many unknown names",
       [](std::size_t n) { return Patient(Repeat(n, [](auto i) { return "\"k" + i + "\":1"; })); }},
      {"the same name again and again",
       [](std::size_t n) { return Patient(Repeat(n, [](auto) { return R"("k":1)"; })); }},
      {"many contained and references to them",
       [](std::size_t n) {
         return R"({"resourceType":"List","status":"current","mode":"working","contained":[)" +
                Repeat(n,
                       [](auto i) { return R"({"resourceType":"Patient","id":"p)" + i + "\"}"; }) +
                R"(],"entry":[)" +
                Repeat(n, [](auto i) { return R"({"item":{"reference":"#p)" + i + "\"}}"; }) + "]}";
       }},
      {"many extensions",
       [](std::size_t n) {
         return Patient(
             R"("extension":[)" +
             Repeat(n,
                    [](auto i) { return R"({"url":"http://x/)" + i + R"(","valueCode":"x"})"; }) +
             "]");
       }},
      {"deep extensions",
       [](std::size_t n) {
         const auto open = [](auto) { return R"({"url":"u","extension":[)"; };
         const auto close = [](auto) { return "]}"; };
         const std::string one =
             Repeat(100, open, "") + R"({"url":"u","valueCode":"x"})" + Repeat(100, close, "");
         return Patient(R"("extension":[)" + Repeat(n / 50, [&](auto) { return one; }) + "]");
       }},
      {"a narrative of many elements",
       [](std::size_t n) {
         return Narrative(Repeat(
             n, [](auto) { return "<p>x</p>"; }, ""));
       }},
      {"a narrative that is not closed",
       [](std::size_t n) {
         return Narrative(Repeat(
             n, [](auto) { return "<"; }, ""));
       }},
      {"a long string",
       [](std::size_t n) { return Patient(R"("gender":")" + std::string(n * 50, 'x') + '"'); }},
      {"a long number",
       [](std::size_t n) {
         return Patient(R"("multipleBirthInteger":1)" + std::string(n * 50, '0'));
       }},
      {"many entries",
       [](std::size_t n) {
         return R"({"resourceType":"Bundle","type":"collection","entry":[)" +
                Repeat(n,
                       [](auto i) {
                         return R"({"fullUrl":"http://x/Patient/)" + i +
                                R"(","resource":{"resourceType":"Patient","id":")" + i + "\"}}";
                       }) +
                "]}";
       }},
      {"many items of a questionnaire",
       [](std::size_t n) {
         return R"({"resourceType":"Questionnaire","status":"draft","item":[)" +
                Repeat(n, [](auto i) { return R"({"linkId":")" + i + R"(","type":"display"})"; }) +
                "]}";
       }},
      {"every component against every code",
       [](std::size_t n) {
         const auto code = [](auto i) { return R"({"code":")" + i + "\"}"; };
         return R"({"resourceType":"Observation","status":"final","valueString":"x","code":)"
                R"({"coding":[)" +
                Repeat(n, code) + R"(]},"component":[)" +
                Repeat(n,
                       [](auto i) {
                         return R"({"code":{"coding":[{"code":"c)" + i +
                                R"("}]},"valueString":"x"})";
                       }) +
                "]}";
       }},
      {"many profiles",
       [](std::size_t n) {
         return Patient(R"("meta":{"profile":[)" +
                        Repeat(n, [](auto i) { return "\"http://x/" + i + '"'; }) + "]}");
       }},
  };
  return shapes;
}

std::size_t BytesFor(const std::string& text) {
  json::Document document;
  ResourceWalk walk;
  WalkOptions options;
  options.profiles = &ProfileSet::Base();
  options.notices = Notices::kOn;
  const std::size_t before = bytes_allocated.load();
  std::string outcome;
  if (const auto error = document.Parse(text)) {
    outcome = error->message;
  } else {
    walk.Run(document.root(), options);
    outcome = OutcomeJson(walk.issues());
  }
  EXPECT_LT(outcome.size(), 300'000U);
  return bytes_allocated.load() - before;
}

class Linearity : public testing::TestWithParam<std::string> {};

TEST_P(Linearity, OfTheMemoryThatABodyTakes) {
  const Shape& shape = Shapes().at(GetParam());
  const std::string small = shape(kSmall);
  const std::string large = shape(kSmall * kGrowth);
  BytesFor(small);  // what is made at first use
  const double growth = static_cast<double>(large.size()) / static_cast<double>(small.size());
  const double before = static_cast<double>(BytesFor(small));
  EXPECT_LE(static_cast<double>(BytesFor(large)), before * growth * 2.5) << before;
}

std::string NameOfShape(const testing::TestParamInfo<std::string>& param) {
  std::string name = param.param;
  for (char& c : name) {
    if (c == ' ') c = '_';
  }
  return name;
}

std::vector<std::string> NamesOfShapes() {
  std::vector<std::string> names;
  for (const auto& [name, shape] : Shapes()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Shapes, Linearity, testing::ValuesIn(NamesOfShapes()), NameOfShape);

}  // namespace
}  // namespace healthlake::fhir
