// history: GET [base]/[type]/[id]/_history, [base]/[type]/_history and [base]/_history
// (http.html#history; reference 4.11).
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "healthlake/fhir/search_text.hpp"
#include "rest/bundle_writer.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/page_url.hpp"
#include "rest/query_parameters.hpp"
#include "rest/version_response.hpp"

namespace healthlake::rest {
namespace {

using core::Timestamp;
using Span = datastore::HistoryQuery::Span;

// What was asked for.
struct Asked {
  datastore::HistoryQuery query;
  // The parameters that were understood but _count and page, for links.
  std::string applied;
};

struct Prefix {
  std::string_view text;
  bool from_start;  // the span begins where time does
  bool from_end;    // … where the date ends
  bool to_start;    // the span ends where the date begins
  bool to_end;      // … where time does
};
constexpr auto kPrefixes = std::to_array<Prefix>({
    {"eq", false, false, false, false},
    {"ge", false, false, false, true},
    {"gt", false, true, false, true},
    {"le", true, false, false, false},
    {"lt", true, false, true, false},
});

Timestamp At(std::int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

Span LoadSpan(const QueryParameter& parameter) {
  const auto* prefix = std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const Prefix& row) {
    return parameter.value.starts_with(row.text);
  });
  const bool plain = prefix == kPrefixes.end();
  const Prefix& row = plain ? kPrefixes.front() : *prefix;
  const fhir::DateInterval date =
      ReadDate({parameter.name, parameter.value.substr(plain ? 0 : row.text.size())});
  Span span{At(row.from_end ? date.until : date.from), At(row.to_start ? date.from : date.until)};
  if (row.from_start) span.from = Timestamp::min();
  if (row.to_end) span.until = Timestamp::max();
  return span;
}

void ReadSince(const QueryParameter& parameter, const Interaction&, Asked& asked) {
  asked.query.since = At(ReadDate(parameter).from);
}

void ReadAt(const QueryParameter& parameter, const Interaction&, Asked& asked) {
  const Span span = LoadSpan(parameter);
  auto& at = asked.query.at;
  at = at ? Span{std::max(at->from, span.from), std::min(at->until, span.until)} : span;
  if (at->from >= at->until) ThrowParameter(parameter.name, "is a time that cannot be");
}

constexpr auto kKnown = std::to_array<KnownParameter<Asked>>({
    {"_since", &ReadSince, true},
    {"_at", &ReadAt, true, true},
    {"_count", &ReadPageSize<Asked>, false},
    {"page", &ReadPage<Asked>, false},
    {"_format", &Ignore<Asked>, true},
    {"_pretty", &Ignore<Asked>, true},
});

Asked ReadParameters(const Interaction& interaction) {
  Asked asked;
  asked.query.type = interaction.type;
  asked.query.id = interaction.id;
  asked.query.count = interaction.options.page_size;
  ReadKnownParameters(interaction, kKnown, "a history", asked);
  return asked;
}

std::string UrlOf(const Interaction& interaction, const Asked& asked, std::string_view page) {
  std::string url = interaction.base;
  if (!interaction.type.IsNone()) url.append("/").append(fhir::NameOf(interaction.type));
  if (!interaction.id.empty()) url.append("/").append(interaction.id);
  return PageUrl(url + "/_history", asked.applied, asked.query.count, page);
}

}  // namespace

http::Response History(const Interaction& interaction) {
  const Asked asked = ReadParameters(interaction);
  const datastore::HistoryPage page = interaction.view().History(asked.query, interaction.cancel);
  if (page.items.empty() && !interaction.id.empty() &&
      !interaction.view().Find(interaction.type, interaction.id)) {
    ThrowNotFound(interaction);
  }
  HistoryWriter bundle(page.total);
  bundle.AddLink("self", UrlOf(interaction, asked, asked.query.page));
  if (page.next) bundle.AddLink("next", UrlOf(interaction, asked, *page.next));
  for (const datastore::HistoryItem& item : page.items) bundle.AddEntry(interaction.base, item);
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  response.body = bundle.Finish();
  return response;
}

}  // namespace healthlake::rest
