#include "rest/entry_response.hpp"

#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/core/time_text.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/json/tree.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::string_view kOutcomeStart = R"({"resourceType":"OperationOutcome")";

// What `source` still has to give, as far as there is room for it.
void Drain(http::Response& response, const core::Cancel& cancel) {
  while (response.source && response.body.size() < kMaxBundleAnswer) {
    const std::string part = response.source->Next(cancel);
    if (part.empty()) response.source.reset();
    response.body += part;
  }
}

bool IsFhirJson(const http::Response& response) {
  return response.headers.Find("Content-Type").value_or("").starts_with(kFhirJson);
}

// An entry's answer is resource and outcome, each of which may be absent, around the response.
struct Parts {
  std::string_view resource;
  std::string_view outcome;
};

std::string Write(int status, const AnsweredVersion& answered, bool written, const Parts& parts) {
  std::string out = "{";
  out.reserve(parts.resource.size() + parts.outcome.size() + 256);
  if (!parts.resource.empty()) out.append(R"("resource":)").append(parts.resource).append(",");
  out.append(R"("response":{"status":")").append(std::to_string(status)).append("\"");
  if (answered.version > 0) {
    const bool located = written && status != 204;
    if (located) out.append(R"(,"location":")").append(answered.location).append("\"");
    out.append(R"(,"etag":)").append(json::Quote(EntityTag(answered.version)));
    out.append(R"(,"lastModified":")").append(core::FormatInstant(answered.last_updated));
    out.append("\"");
  }
  if (!parts.outcome.empty()) out.append(R"(,"outcome":)").append(parts.outcome);
  out.append("}}");
  return out;
}

}  // namespace

BundleAnswer::BundleAnswer(const Interaction& outer, std::size_t entries)
    : outer_(outer),
      show_written_(Prefers(outer.request, "return=representation")),
      entries_(entries) {}

void BundleAnswer::Add(const EntryRequest& entry, http::Response response,
                       const AnsweredVersion& answered) {
  Drain(response, outer_.cancel);
  const bool written = !entry.IsRead() && answered.version > 0;
  const bool bare = entry.method() == http::Method::kHead || response.status == 204 ||
                    response.status == 304 || response.body.empty();
  Parts parts;
  if (response.headers.Find(kValidationIssuesHeader)) {
    flagged_ = true;
    parts.outcome = fhir::kValidationIssueOutcome;
  }
  if (!bare && !IsFhirJson(response)) {
    throw Error(ErrorKind::kNotAcceptable, "The answer is no FHIR resource.");
  }
  if (!bare && written && response.body.starts_with(kOutcomeStart)) {
    parts.outcome = response.body;  // Prefer: return=OperationOutcome
  } else if (!bare && (!written || show_written_)) {
    const bool fits = size_ + response.body.size() <= kMaxBundleAnswer;
    // What was written is written, shown or not.
    if (!fits && !written) {
      throw Error(ErrorKind::kTooLarge, "The answer to the Bundle would be too large.");
    }
    if (fits) parts.resource = response.body;
  }
  Put(entry.index, Write(response.status, answered, written, parts));
}

void BundleAnswer::AddError(std::size_t index, const http::Response& response) {
  Put(index, Write(response.status, {}, false, {.resource = {}, .outcome = response.body}));
}

void BundleAnswer::Put(std::size_t index, std::string text) {
  size_ += text.size();
  entries_[index] = std::move(text);
}

http::Response BundleAnswer::Finish(std::string_view type,
                                    std::optional<core::Timestamp> timestamp) {
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  if (flagged_) response.headers.Set(kValidationIssuesHeader, "true");
  std::string& out = response.body;
  out.reserve(size_ + entries_.size() + 128);
  out.append(R"({"resourceType":"Bundle","type":")").append(type).append("\"");
  if (timestamp) {
    out.append(R"(,"timestamp":")").append(core::FormatInstant(*timestamp)).append("\"");
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    out.append(i == 0 ? R"(,"entry":[)" : ",").append(entries_[i]);
    std::string().swap(entries_[i]);
  }
  if (!entries_.empty()) out.append("]");
  out.append("}");
  return response;
}

}  // namespace healthlake::rest
