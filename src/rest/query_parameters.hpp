// The query of an interaction that is no search: its parameters by name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/search_query.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::rest {

struct QueryParameter {
  std::string name;
  std::string value;
};

// In the order given, percent-decoded ('+' is a space). Throws core::Error{kInvalid} for what is
// not percent-encoded UTF-8 of the form name=value.
std::vector<QueryParameter> ParseQuery(std::string_view query);

// core::Error{kInvalid} that names the parameter: "Parameter 'start' is no date".
[[noreturn]] void ThrowParameter(std::string_view name, std::string_view why);

// _count: 1 to 100 under HealthLake's rules (reference 4.14), else 0 to 1,000, where more counts as
// 1,000. Throws as ThrowParameter does.
std::size_t ReadCount(const QueryParameter& parameter, fhir::SearchRules rules);

// A date of any precision, as the interval that it stands for: the '+' of a zone that was not
// percent-encoded has become a space. Throws as ThrowParameter does.
fhir::DateInterval ReadDate(const QueryParameter& parameter);

// The token of a page: a '+' of it that was not percent-encoded has become a space.
std::string ReadPageToken(const QueryParameter& parameter);

}  // namespace healthlake::rest
