// Strings (FHIRPath 5.6): indexes and lengths count characters.
#include <re2/re2.h>

#include "fhir/fhirpath/function_families.hpp"
#include "fhir/fhirpath/regex.hpp"
#include "fhir/fhirpath/text.hpp"

namespace healthlake::fhir::fhirpath::text {
namespace {

using Text = std::string_view;

// Calls `make` with the input and the argument, if both are there.
template <typename Make>
void WithTwo(Call& call, const Make& make) {
  const auto input = call.Text(call.Input());
  const auto argument = call.Text(call.Argument(0));
  call.BeginResult();
  if (input && argument) make(*input, *argument);
}
// What looking for a part costs at worst.
bool StepSearch(Call& call, Text input, Text part) {
  return call.evaluation().Step(1 + input.size() / 16 + input.size() * part.size() / 512);
}

template <typename Test>
Truth TestTwo(Call& call, const Test& test) {
  Truth truth = Truth::kUnknown;
  WithTwo(call, [&](Text input, Text argument) { truth = TruthOf(test(input, argument)); });
  return truth;
}

// Compiled with the expression, or now.
class Regex {
 public:
  Regex(Call& call, Text pattern) {
    if (call.node().regex != 0) {
      regex_ = call.evaluation().ast().regexes[call.node().regex - 1].get();
      return;
    }
    // As long to compile as a text of that many characters is to read.
    constexpr std::size_t kStepsOfCharacter = 16;
    if (!call.evaluation().Step(kStepsOfCharacter * pattern.size())) return;
    own_ = CompileRegularExpression(pattern);
    if (!own_) call.evaluation().Fail("not a regular expression");
    regex_ = own_.get();
  }
  const re2::RE2* get() const { return regex_; }

 private:
  std::unique_ptr<const re2::RE2> own_;
  const re2::RE2* regex_ = nullptr;
};

Truth TestRegex(Call& call, bool whole) {
  return TestTwo(call, [&](Text input, Text pattern) {
    const Regex regex(call, pattern);
    if (!call.evaluation().Step(1 + input.size() / 16) || regex.get() == nullptr) return false;
    return fhirpath::Matches(*regex.get(), input, whole);
  });
}

void PushText(Call& call, std::string made) {
  call.Push(Item(call.evaluation().Keep(std::move(made))));
}

}  // namespace

Truth Contains(Call& call) {
  return TestTwo(call, [&](Text input, Text part) {
    return StepSearch(call, input, part) && input.find(part) != input.npos;
  });
}

Truth EndsWith(Call& call) {
  return TestTwo(call, [](Text input, Text suffix) { return input.ends_with(suffix); });
}

void IndexOf(Call& call) {
  WithTwo(call, [&](Text input, Text part) {
    if (!StepSearch(call, input, part)) return;
    const std::size_t place = input.find(part);
    call.Push(Item(place == input.npos
                       ? std::int64_t{-1}
                       : static_cast<std::int64_t>(CharacterCount(input.substr(0, place)))));
  });
}

void Length(Call& call) {
  const auto input = call.Text(call.Input());
  call.BeginResult();
  if (input) call.Push(Item(static_cast<std::int64_t>(CharacterCount(*input))));
}

void Lower(Call& call) {
  const auto input = call.Text(call.Input());
  call.BeginResult();
  if (input) PushText(call, fhirpath::Lower(*input));
}

// Some part of the text; the expressions that mean all of it have ^ and $ (as has eld-16).
Truth Matches(Call& call) {
  return TestRegex(call, false);
}
Truth MatchesFull(Call& call) {
  return TestRegex(call, true);
}

void Replace(Call& call) {
  const auto input = call.Text(call.Input());
  const auto pattern = call.Text(call.Argument(0));
  const auto substitute = call.Text(call.Argument(1));
  call.BeginResult();
  if (!input || !pattern || !substitute) return;
  if (!StepSearch(call, *input, *pattern)) return;
  std::string out;
  Text rest = *input;
  while (call.evaluation().Step() && call.evaluation().HasRoomForText(out.size())) {
    if (pattern->empty()) {  // around every character
      out += *substitute;
      if (rest.empty()) break;
      const std::size_t size = CharacterSize(rest);
      out += rest.substr(0, size);
      rest.remove_prefix(size);
      continue;
    }
    const std::size_t place = rest.find(*pattern);
    out += rest.substr(0, place);
    if (place == rest.npos) break;
    out += *substitute;
    rest.remove_prefix(place + pattern->size());
  }
  PushText(call, std::move(out));
}

void ReplaceMatches(Call& call) {
  const auto input = call.Text(call.Input());
  const auto pattern = call.Text(call.Argument(0));
  const auto substitute = call.Text(call.Argument(1));
  call.BeginResult();
  if (!input || !pattern || !substitute) return;
  const Regex regex(call, *pattern);
  if (regex.get() == nullptr) return;
  // A match at every character, at worst.
  if (!call.evaluation().Step(1 + input->size()) ||
      !call.evaluation().HasRoomForText((1 + input->size()) * (1 + substitute->size()))) {
    return;
  }
  PushText(call, fhirpath::ReplaceMatches(*regex.get(), *input, *substitute));
}

Truth StartsWith(Call& call) {
  return TestTwo(call, [](Text input, Text prefix) { return input.starts_with(prefix); });
}

void Substring(Call& call) {
  const auto input = call.Text(call.Input());
  const auto start = call.Integer(call.Argument(0));
  std::optional<std::int64_t> length;
  if (call.argument_count() > 1) length = call.Integer(call.Argument(1));
  call.BeginResult();
  if (!input || !start || *start < 0) return;
  if (!call.evaluation().Step(1 + input->size() / 16)) return;
  const Text rest = input->substr(PlaceOf(*input, static_cast<std::size_t>(*start)));
  if (rest.empty()) return;
  if (!length) return call.Push(Item(rest));
  const std::size_t count = *length > 0 ? static_cast<std::size_t>(*length) : 0;
  call.Push(Item(rest.substr(0, PlaceOf(rest, count))));
}

void ToChars(Call& call) {
  const auto input = call.Text(call.Input());
  call.BeginResult();
  if (!input || !call.evaluation().Step(input->size())) return;
  for (Text rest = *input; !rest.empty();) {
    const std::size_t size = CharacterSize(rest);
    call.Push(Item(rest.substr(0, size)));
    rest.remove_prefix(size);
  }
}

void Upper(Call& call) {
  const auto input = call.Text(call.Input());
  call.BeginResult();
  if (input) PushText(call, fhirpath::Upper(*input));
}

}  // namespace healthlake::fhir::fhirpath::text
