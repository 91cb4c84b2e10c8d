// The query of an interaction that is no search: its parameters by name.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/encoding.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/fhir/search_text.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"

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

// A parameter that an interaction knows: how it is read into `Asked`, what was asked for, which has
// a member `applied` for links and a `query` with count and page.
template <typename Asked>
struct KnownParameter {
  std::string_view name;
  void (*read)(const QueryParameter& parameter, const Interaction& interaction, Asked& asked);
  bool in_links;
  bool repeats = false;
};

// Rows that several interactions have in common.
template <typename Asked>
void ReadPageSize(const QueryParameter& parameter, const Interaction& interaction, Asked& asked) {
  asked.query.count = ReadCount(parameter, interaction.options.rules);
}
template <typename Asked>
void ReadPage(const QueryParameter& parameter, const Interaction&, Asked& asked) {
  asked.query.page = ReadPageToken(parameter);
}
// What is looked at with the request's other headers: _format, _pretty.
template <typename Asked>
void Ignore(const QueryParameter&, const Interaction&, Asked&) {}

// Reads the request's query by the table. Throws as ThrowParameter does for a parameter that is
// given more than once and does not repeat, and, unless Prefer has handling=lenient, for one that
// the table lacks: it "is not known to `whom`".
template <typename Asked, std::size_t count>
void ReadKnownParameters(const Interaction& interaction,
                         const std::array<KnownParameter<Asked>, count>& known,
                         std::string_view whom, Asked& asked) {
  const bool lenient = HandlingOf(interaction.request) == fhir::SearchHandling::kLenient;
  std::array<bool, count> seen{};
  for (const QueryParameter& parameter : ParseQuery(interaction.request.query)) {
    std::size_t row = 0;
    while (row < count && known[row].name != parameter.name) ++row;
    if (row == count) {
      if (lenient) continue;
      ThrowParameter(parameter.name, "is not known to " + std::string(whom));
    }
    if (seen[row] && !known[row].repeats) {
      ThrowParameter(parameter.name, "is given more than once");
    }
    seen[row] = true;
    known[row].read(parameter, interaction, asked);
    if (!known[row].in_links) continue;
    if (!asked.applied.empty()) asked.applied += '&';
    asked.applied += parameter.name + '=' + core::PercentEncode(parameter.value, ",:");
  }
}

}  // namespace healthlake::rest
