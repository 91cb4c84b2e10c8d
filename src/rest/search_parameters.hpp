// What a search interaction is asked for, by GET or by POST (http.html#search; reference 5.1).
#pragma once

#include <string>

#include "healthlake/fhir/search_query.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// The text behind '?', or the form in the body of a POST. A POST may have its parameters in the URL
// instead; in both places, HealthLake refuses it (core::Error{kInvalid}), R4 takes them together.
// Throws core::Error{kUnsupportedMediaType} for a body that is no form.
std::string ParametersOf(const Interaction& interaction);

fhir::SearchLimits LimitsOf(const Interaction& interaction);

}  // namespace healthlake::rest
