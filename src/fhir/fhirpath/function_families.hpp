// The functions, by family (FHIRPath 5; fhirpath.html, 2.9.1.5).
#pragma once

#include "fhir/fhirpath/evaluation.hpp"

namespace healthlake::fhir::fhirpath {

namespace existence {
Truth All(Call& call);
Truth AllFalse(Call& call);
Truth AllTrue(Call& call);
Truth AnyFalse(Call& call);
Truth AnyTrue(Call& call);
void Count(Call& call);
void Distinct(Call& call);
Truth Empty(Call& call);
Truth Exists(Call& call);
Truth IsDistinct(Call& call);
Truth Negation(Call& call);
Truth SubsetOf(Call& call);
Truth SupersetOf(Call& call);
}  // namespace existence

namespace collection {
void Aggregate(Call& call);
void Children(Call& call);
void Combine(Call& call);
void Descendants(Call& call);
void Exclude(Call& call);
void First(Call& call);
void Iif(Call& call);
void Intersect(Call& call);
void Last(Call& call);
void OfType(Call& call);
void Repeat(Call& call);
void Select(Call& call);
void Single(Call& call);
void Skip(Call& call);
void Tail(Call& call);
void Take(Call& call);
void Trace(Call& call);
void Union(Call& call);
void Where(Call& call);
}  // namespace collection

namespace conversion {
void ToBoolean(Call& call);
void ToDate(Call& call);
void ToDateTime(Call& call);
void ToDecimal(Call& call);
void ToInteger(Call& call);
void ToQuantity(Call& call);
void ToString(Call& call);
void ToTime(Call& call);
Truth ConvertsToBoolean(Call& call);
Truth ConvertsToDate(Call& call);
Truth ConvertsToDateTime(Call& call);
Truth ConvertsToDecimal(Call& call);
Truth ConvertsToInteger(Call& call);
Truth ConvertsToQuantity(Call& call);
Truth ConvertsToString(Call& call);
Truth ConvertsToTime(Call& call);
void Now(Call& call);
void TimeOfDay(Call& call);
void Today(Call& call);
}  // namespace conversion

namespace text {
Truth Contains(Call& call);
Truth EndsWith(Call& call);
void IndexOf(Call& call);
void Length(Call& call);
void Lower(Call& call);
Truth Matches(Call& call);
Truth MatchesFull(Call& call);
void Replace(Call& call);
void ReplaceMatches(Call& call);
Truth StartsWith(Call& call);
void Substring(Call& call);
void ToChars(Call& call);
void Upper(Call& call);
}  // namespace text

namespace math {
void Abs(Call& call);
void Ceiling(Call& call);
void Exp(Call& call);
void Floor(Call& call);
void Ln(Call& call);
void Log(Call& call);
void Power(Call& call);
void Round(Call& call);
void Sqrt(Call& call);
void Truncate(Call& call);
}  // namespace math

namespace element {
void Extension(Call& call);
void GetValue(Call& call);
Truth HasValue(Call& call);
Truth HtmlChecks(Call& call);
Truth MemberOf(Call& call);
void Resolve(Call& call);
// What needs code systems or definitions that the room does not hold: the result is empty.
Truth Unknown(Call& call);
void Nothing(Call& call);
}  // namespace element

}  // namespace healthlake::fhir::fhirpath
