// $everything: GET [base]/Patient/[id]/$everything (patient-operation-everything.html; reference
// 6.1): the patient's compartment, and what it refers to.
#include <array>
#include <string>
#include <string_view>

#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/fhir/search_text.hpp"
#include "rest/bundle_writer.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/page_url.hpp"
#include "rest/query_parameters.hpp"
#include "rest/type_rules.hpp"
#include "rest/version_response.hpp"

namespace healthlake::rest {
namespace {

// What was asked for.
struct Asked {
  datastore::EverythingQuery query;
  // The parameters that were understood but _count and page, for links.
  std::string applied;
};

fhir::DateInterval& CareOf(Asked& asked) {
  if (!asked.query.care) asked.query.care = {fhir::kBeginningOfTime, fhir::kEndOfTime};
  return *asked.query.care;
}

void ReadStart(const QueryParameter& parameter, const Interaction&, Asked& asked) {
  CareOf(asked).from = ReadDate(parameter).from;
}

void ReadEnd(const QueryParameter& parameter, const Interaction&, Asked& asked) {
  CareOf(asked).until = ReadDate(parameter).until;
}

void ReadSince(const QueryParameter& parameter, const Interaction&, Asked& asked) {
  asked.query.since = core::Timestamp(std::chrono::milliseconds(ReadDate(parameter).from));
}

void ReadTypes(const QueryParameter& parameter, const Interaction& interaction, Asked& asked) {
  std::string_view names = parameter.value;
  while (true) {
    const std::size_t end = std::min(names.find(','), names.size());
    const auto type = fhir::FindResourceType(names.substr(0, end));
    if (!type || !MayAccess(*type, Access::kRead, interaction.options.rules)) {
      ThrowParameter(parameter.name, "names '" + std::string(names.substr(0, end)) +
                                         "', which is no resource type that is served");
    }
    asked.query.types.push_back(*type);
    if (end == names.size()) return;
    names.remove_prefix(end + 1);
  }
}

constexpr auto kKnown = std::to_array<KnownParameter<Asked>>({
    {"start", &ReadStart, true},
    {"end", &ReadEnd, true},
    {"since", &ReadSince, true},
    // As R4 spells it.
    {"_since", &ReadSince, true},
    {"_type", &ReadTypes, true, true},
    {"_count", &ReadPageSize<Asked>, false},
    {"page", &ReadPage<Asked>, false},
    {"_format", &Ignore<Asked>, true},
    {"_pretty", &Ignore<Asked>, true},
});

Asked ReadParameters(const Interaction& interaction) {
  Asked asked;
  asked.query.patient = interaction.id;
  asked.query.count = interaction.options.page_size;
  ReadKnownParameters(interaction, kKnown, "$everything", asked);
  if (asked.query.care && asked.query.care->from >= asked.query.care->until) {
    ThrowParameter("start", "is after 'end'");
  }
  return asked;
}

}  // namespace

http::Response PatientEverything(const Interaction& interaction) {
  const Asked asked = ReadParameters(interaction);
  const auto page = interaction.view().Everything(asked.query, interaction.cancel);
  if (!page) {
    if (interaction.view().Find(interaction.type, interaction.id)) ThrowGone(interaction);
    ThrowNotFound(interaction);
  }
  SearchsetWriter bundle(page->total);
  const std::string target = interaction.base + "/Patient/" + interaction.id + "/$everything";
  const auto add_link = [&](std::string_view relation, std::string_view token) {
    bundle.AddLink(relation, PageUrl(target, asked.applied, asked.query.count, token));
  };
  add_link("self", asked.query.page);
  if (page->next) add_link("next", *page->next);
  for (const datastore::EverythingItem& item : page->items) {
    bundle.AddEntry(interaction.base + '/' + std::string(fhir::NameOf(item.type)) + '/' + item.id,
                    item.json, item.included ? "include" : "match");
  }
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  response.body = bundle.Finish();
  return response;
}

}  // namespace healthlake::rest
