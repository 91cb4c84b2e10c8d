// Why a parameter of a search is not taken, and how much one search may ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace healthlake::fhir {

struct Refusal {
  enum class Kind : std::uint8_t {
    kInvalid,       // malformed
    kNotSupported,  // known, and refused
    kUnknown,       // no such parameter: left out under SearchHandling::kLenient
    kTooMuch,       // over a bound of QueryBudget: nothing else helps
  };
  Kind kind = Kind::kInvalid;
  std::string why;  // reads on after "Search parameter 'x'"

  // Sets it, and is the result of a reader that refuses.
  std::nullopt_t Set(Kind of, std::string text) {
    kind = of;
    why = std::move(text);
    return std::nullopt;
  }
};

inline constexpr std::string_view kTooMuchAtOnce =
    "is more than one search may ask; a chain that names types, as in subject:Patient.name, asks "
    "less";

// Anyone may send a query, in a form body of megabytes: what it makes is bounded, whatever the
// number of types that a chain without a type leads to.
class QueryBudget {
 public:
  explicit QueryBudget(std::size_t terms) : terms_(terms) {}

  std::size_t terms() const noexcept { return terms_; }

  // One value, or one criterion without values; false: no more.
  bool TakeTerm() noexcept { return Take(taken_terms_, 1, terms_); }
  // Text that is kept.
  bool TakeText(std::size_t bytes) noexcept { return Take(taken_text_, bytes, kMaxText); }
  // One parameter looked up in one type.
  bool TakeStep() noexcept { return Take(taken_steps_, 1, kMaxSteps); }

 private:
  static constexpr std::size_t kMaxText = 8'000'000;
  static constexpr std::size_t kMaxSteps = 20'000;

  static bool Take(std::size_t& taken, std::size_t more, std::size_t limit) noexcept {
    if (more > limit - taken) return false;
    taken += more;
    return true;
  }

  std::size_t terms_;
  std::size_t taken_terms_ = 0;
  std::size_t taken_text_ = 0;
  std::size_t taken_steps_ = 0;
};

}  // namespace healthlake::fhir
