#include "fhir/fhirpath/functions.hpp"

#include <algorithm>
#include <array>

#include "fhir/fhirpath/function_families.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

constexpr std::size_t kFunctionCount = static_cast<std::size_t>(Function::kWhere) + 1;

// In the order of Function, which is that of the names.
constexpr std::array<FunctionRow, kFunctionCount> kFunctions = {{
    {"abs", 0, 0, math::Abs, nullptr},
    {"aggregate", 1, 2, collection::Aggregate, nullptr},
    {"all", 1, 1, nullptr, existence::All},
    {"allFalse", 0, 0, nullptr, existence::AllFalse},
    {"allTrue", 0, 0, nullptr, existence::AllTrue},
    {"anyFalse", 0, 0, nullptr, existence::AnyFalse},
    {"anyTrue", 0, 0, nullptr, existence::AnyTrue},
    {"ceiling", 0, 0, math::Ceiling, nullptr},
    {"checkModifiers", 0, 16, element::Nothing, nullptr},
    {"children", 0, 0, collection::Children, nullptr},
    {"combine", 1, 1, collection::Combine, nullptr},
    {"conformsTo", 1, 1, nullptr, element::Unknown},
    {"contains", 1, 1, nullptr, text::Contains},
    {"convertsToBoolean", 0, 0, nullptr, conversion::ConvertsToBoolean},
    {"convertsToDate", 0, 0, nullptr, conversion::ConvertsToDate},
    {"convertsToDateTime", 0, 0, nullptr, conversion::ConvertsToDateTime},
    {"convertsToDecimal", 0, 0, nullptr, conversion::ConvertsToDecimal},
    {"convertsToInteger", 0, 0, nullptr, conversion::ConvertsToInteger},
    {"convertsToQuantity", 0, 1, nullptr, conversion::ConvertsToQuantity},
    {"convertsToString", 0, 0, nullptr, conversion::ConvertsToString},
    {"convertsToTime", 0, 0, nullptr, conversion::ConvertsToTime},
    {"count", 0, 0, existence::Count, nullptr},
    {"descendants", 0, 0, collection::Descendants, nullptr},
    {"distinct", 0, 0, existence::Distinct, nullptr},
    {"elementDefinition", 0, 0, element::Nothing, nullptr},
    {"empty", 0, 0, nullptr, existence::Empty},
    {"endsWith", 1, 1, nullptr, text::EndsWith},
    {"exclude", 1, 1, collection::Exclude, nullptr},
    {"exists", 0, 1, nullptr, existence::Exists},
    {"exp", 0, 0, math::Exp, nullptr},
    {"extension", 1, 1, element::Extension, nullptr},
    {"first", 0, 0, collection::First, nullptr},
    {"floor", 0, 0, math::Floor, nullptr},
    {"getValue", 0, 0, element::GetValue, nullptr},
    {"hasValue", 0, 0, nullptr, element::HasValue},
    {"htmlChecks", 0, 0, nullptr, element::HtmlChecks},
    {"iif", 2, 3, collection::Iif, nullptr},
    {"indexOf", 1, 1, text::IndexOf, nullptr},
    {"intersect", 1, 1, collection::Intersect, nullptr},
    {"isDistinct", 0, 0, nullptr, existence::IsDistinct},
    {"last", 0, 0, collection::Last, nullptr},
    {"length", 0, 0, text::Length, nullptr},
    {"ln", 0, 0, math::Ln, nullptr},
    {"log", 1, 1, math::Log, nullptr},
    {"lower", 0, 0, text::Lower, nullptr},
    {"matches", 1, 1, nullptr, text::Matches},
    {"matchesFull", 1, 1, nullptr, text::MatchesFull},
    {"memberOf", 1, 1, nullptr, element::MemberOf},
    {"not", 0, 0, nullptr, existence::Negation},
    {"now", 0, 0, conversion::Now, nullptr},
    {"ofType", 0, 0, collection::OfType, nullptr},
    {"power", 1, 1, math::Power, nullptr},
    {"repeat", 1, 1, collection::Repeat, nullptr},
    {"replace", 2, 2, text::Replace, nullptr},
    {"replaceMatches", 2, 2, text::ReplaceMatches, nullptr},
    {"resolve", 0, 0, element::Resolve, nullptr},
    {"round", 0, 1, math::Round, nullptr},
    {"select", 1, 1, collection::Select, nullptr},
    {"single", 0, 0, collection::Single, nullptr},
    {"skip", 1, 1, collection::Skip, nullptr},
    {"slice", 2, 2, element::Nothing, nullptr},
    {"sqrt", 0, 0, math::Sqrt, nullptr},
    {"startsWith", 1, 1, nullptr, text::StartsWith},
    {"subsetOf", 1, 1, nullptr, existence::SubsetOf},
    {"substring", 1, 2, text::Substring, nullptr},
    {"subsumedBy", 1, 1, nullptr, element::Unknown},
    {"subsumes", 1, 1, nullptr, element::Unknown},
    {"supersetOf", 1, 1, nullptr, existence::SupersetOf},
    {"tail", 0, 0, collection::Tail, nullptr},
    {"take", 1, 1, collection::Take, nullptr},
    {"timeOfDay", 0, 0, conversion::TimeOfDay, nullptr},
    {"toBoolean", 0, 0, conversion::ToBoolean, nullptr},
    {"toChars", 0, 0, text::ToChars, nullptr},
    {"toDate", 0, 0, conversion::ToDate, nullptr},
    {"toDateTime", 0, 0, conversion::ToDateTime, nullptr},
    {"toDecimal", 0, 0, conversion::ToDecimal, nullptr},
    {"toInteger", 0, 0, conversion::ToInteger, nullptr},
    {"toQuantity", 0, 1, conversion::ToQuantity, nullptr},
    {"toString", 0, 0, conversion::ToString, nullptr},
    {"toTime", 0, 0, conversion::ToTime, nullptr},
    {"today", 0, 0, conversion::Today, nullptr},
    {"trace", 1, 2, collection::Trace, nullptr},
    {"truncate", 0, 0, math::Truncate, nullptr},
    {"union", 1, 1, collection::Union, nullptr},
    {"upper", 0, 0, text::Upper, nullptr},
    {"where", 1, 1, collection::Where, nullptr},
}};
static_assert(std::ranges::is_sorted(kFunctions, {}, &FunctionRow::name));

}  // namespace

const FunctionRow* FindFunction(std::string_view name) {
  const auto found = std::ranges::lower_bound(kFunctions, name, {}, &FunctionRow::name);
  return found != kFunctions.end() && found->name == name ? &*found : nullptr;
}

Function FunctionOf(const FunctionRow& row) {
  return static_cast<Function>(&row - kFunctions.data());
}

const FunctionRow& RowOf(Function function) {
  return kFunctions[static_cast<std::size_t>(function)];
}

std::string_view NameOf(Function function) {
  return RowOf(function).name;
}

}  // namespace healthlake::fhir::fhirpath
