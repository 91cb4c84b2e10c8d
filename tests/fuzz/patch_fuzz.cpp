// A resource and a patch for it, of either kind: the input is one JSON array of the two.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/expect.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/patch.hpp"
#include "healthlake/json/equality.hpp"

namespace {

using namespace healthlake;

// So that no input takes long.
constexpr fhir::PatchLimits kLimits = {.max_bytes = 1UL << 20, .max_work = 20'000'000};

class Target {
 public:
  void Run(std::string_view bytes) {
    if (input_.Parse(bytes)) return;
    const json::Value root = input_.root();
    if (!root.is_array() || root.size() != 2) return;
    json::Value::Iterator at = root.begin();
    const json::Value resource = *at;
    const json::Value patch = *++at;
    ExpectSound(patch.is_array() ? &fhir::ApplyJsonPatch : &fhir::ApplyFhirPathPatch, resource,
                patch);
  }

 private:
  using Apply = decltype(&fhir::ApplyJsonPatch);

  void ExpectSound(Apply apply, const json::Value& resource, const json::Value& patch) {
    try {
      const json::Document result = apply(resource, patch, kLimits);
      HEALTHLAKE_EXPECT(result.text().size() <= kLimits.max_bytes + input_.text().size());
      ExpectSame(result);
      // The same patch of the same resource gives the same.
      HEALTHLAKE_EXPECT(apply(resource, patch, kLimits).text() == result.text());
    } catch (const core::Error& error) {
      HEALTHLAKE_EXPECT(error.kind() == core::ErrorKind::kInvalid ||
                        error.kind() == core::ErrorKind::kUnprocessable ||
                        error.kind() == core::ErrorKind::kTooLarge);
      HEALTHLAKE_EXPECT(!error.message().empty() && error.message().size() < 2'000);
    }
  }

  // A patch that replaces the whole by the result, and one that tests for it.
  void ExpectSame(const json::Document& result) {
    const std::string text(result.text());
    const std::string patch = R"([{"op":"replace","path":"","value":)" + text +
                              R"(},{"op":"test","path":"","value":)" + text + "}]";
    // Two levels deeper than what was just at the limit.
    HEALTHLAKE_EXPECT(!again_.Parse(patch, {.max_depth = 300}));
    HEALTHLAKE_EXPECT(fhir::ApplyJsonPatch(input_.root(), again_.root()).text() == text);
  }

  json::Document input_;
  json::Document again_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  target.Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
