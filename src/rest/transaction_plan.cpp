#include "rest/transaction_plan.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "healthlake/core/error.hpp"
#include "rest/conditional.hpp"
#include "rest/entry_error.hpp"
#include "rest/type_rules.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;
using http::Method;

std::string_view IdInBody(const json::Value& resource) {
  const std::optional<json::Value> id = resource.Find("id");
  return id && id->is_string() ? id->string() : std::string_view();
}

fhir::ResourceType TypeOf(const Context& context, const EntryRequest& request) {
  return LoadType(request.match.values.type, request.match.route->access, context.options.rules);
}

// Otherwise the versions to come need not be looked up.
bool MentionVersions(const std::vector<PlannedEntry>& entries) {
  return std::any_of(entries.begin(), entries.end(), [](const PlannedEntry& entry) {
    const json::Value& resource = entry.request.resource;
    return resource.exists() && resource.raw().find("/_history/") != std::string_view::npos;
  });
}

std::string Target(std::string_view type, std::string_view id) {
  std::string target(type);
  return target.append("/").append(id);
}

}  // namespace

TransactionPlan::TransactionPlan(const Context& context, std::vector<PlannedEntry>& entries)
    : context_(context), entries_(entries), versions_matter_(MentionVersions(entries)) {
  claimed_.reserve(entries.size());
  for (PlannedEntry& entry : entries) {
    if (entry.request.method() == Method::kPost) continue;
    ForEntry(entry.request.index, [&] {
      Settle(entry);
      AddFullUrl(entry);
    });
  }
}

void TransactionPlan::SettleCreations() {
  for (PlannedEntry& entry : entries_) {
    if (entry.request.method() != Method::kPost) continue;
    ForEntry(entry.request.index, [&] {
      Settle(entry);
      AddFullUrl(entry);
    });
  }
}

void TransactionPlan::Settle(PlannedEntry& entry) {
  const EntryRequest& request = entry.request;
  if (request.IsRead()) return;
  const bool patches = request.method() == Method::kPatch;
  if (patches) {
    entry.settled.references = this;
  } else if (request.resource.exists() &&
             request.resource.raw().find('?') != std::string_view::npos) {
    fhir::FindConditionalReferences(request.resource, entry.conditional_references);
  }
  if (request.method() == Method::kPost) {
    if (request.IsCreate()) SettleCreate(entry);
  } else if (request.IsConditional()) {
    if (!patches) SettleCriteria(entry);
  } else {
    entry.target = Target(request.match.values.type, request.match.values.id);
    Claim(entry.target);
  }
}

// Two entries that create unless the same criteria find something mean one resource: the second one
// finds what the first one made.
void TransactionPlan::SettleCreate(PlannedEntry& entry) {
  const std::string_view type = entry.request.match.values.type;
  entry.settled.id = context_.store.NewId();
  entry.target = Target(type, entry.settled.id);
  const std::optional<std::string> criteria = FindNoneExist(entry.request.request);
  if (!criteria) return;
  const std::string key = std::string(type) + "?" + *criteria;
  if (const auto made = created_.find(key); made != created_.end()) {
    entry.settled.matches = {made->second};
  } else {
    entry.settled.matches =
        FindMatches(context_, context_.view(), TypeOf(context_, entry.request), *criteria);
    if (entry.settled.matches->empty()) created_.emplace(key, entry.settled.id);
  }
  if (entry.settled.matches->size() == 1) {
    entry.target = Target(type, entry.settled.matches->front());
  }
}

void TransactionPlan::SettleCriteria(PlannedEntry& entry) {
  const std::string_view type = entry.request.match.values.type;
  entry.settled.matches = FindMatches(context_, context_.view(), TypeOf(context_, entry.request),
                                      CriteriaOf(entry.request.request.query));
  const std::vector<std::string>& matches = *entry.settled.matches;
  if (matches.size() == 1) {
    entry.target = Target(type, matches.front());
    Claim(entry.target);
  } else if (matches.empty() && entry.request.method() == Method::kPut) {
    entry.settled.id = IdInBody(entry.request.resource);
    if (entry.settled.id.empty()) entry.settled.id = context_.store.NewId();
    entry.target = Target(type, entry.settled.id);
    Claim(entry.target);
  }
}

void TransactionPlan::SettleInTurn(PlannedEntry& entry) {
  if (entry.request.method() == Method::kPatch && entry.request.IsConditional()) {
    SettleCriteria(entry);
  }
}

bool TransactionPlan::MakesTheOnlyOne(const PlannedEntry& entry) const {
  return entry.settled.matches && entry.settled.matches->empty() && !entry.settled.id.empty();
}

void TransactionPlan::CheckOnlyOnes() const {
  for (const PlannedEntry& entry : entries_) {
    if (!MakesTheOnlyOne(entry)) continue;
    ForEntry(entry.request.index, [&] {
      const std::string criteria = entry.request.IsCreate()
                                       ? FindNoneExist(entry.request.request).value_or("")
                                       : CriteriaOf(entry.request.request.query);
      FindOnlyMatch(context_, context_.view(), TypeOf(context_, entry.request), criteria);
    });
  }
}

void TransactionPlan::Claim(const std::string& target) {
  if (claimed_.insert(target).second) return;
  throw Error(ErrorKind::kInvalid, "Two entries of the transaction are about " + target +
                                       "; a resource may be written once only.");
}

void TransactionPlan::AddFullUrl(const PlannedEntry& entry) {
  const std::string_view url = entry.request.full_url;
  if (url.empty() || entry.target.empty() || entry.request.method() == Method::kDelete) return;
  if (!full_urls_.insert(url).second) {
    throw Error(ErrorKind::kInvalid,
                "Two entries of the transaction have the fullUrl " + std::string(url) + ".");
  }
  if (url == context_.base + "/" + entry.target) return;
  targets_.Add(url, {entry.target, versions_matter_ ? VersionOf(entry) : 0});
}

// The version that the entry will make.
std::uint64_t TransactionPlan::VersionOf(const PlannedEntry& entry) {
  const bool creates = entry.target.ends_with(entry.settled.id) && !entry.settled.id.empty();
  if (entry.request.IsCreate() && creates) return 1;
  const std::size_t slash = entry.target.find('/');
  const auto stored = context_.view().Find(TypeOf(context_, entry.request),
                                           std::string_view(entry.target).substr(slash + 1));
  if (!stored) return 1;
  return entry.request.IsCreate() ? stored->version : stored->version + 1;
}

TransactionPlan::Phase TransactionPlan::PhaseOf(const PlannedEntry& entry) {
  if (entry.request.IsRead()) return Phase::kRead;
  const bool refers = !entry.conditional_references.empty();
  switch (entry.request.method()) {
    case Method::kDelete:
      return Phase::kDelete;
    case Method::kPost:
      return refers ? Phase::kReferringCreate : Phase::kCreate;
    case Method::kPut:
    case Method::kPatch:
      return refers ? Phase::kReferringUpdate : Phase::kUpdate;
    default:
      return Phase::kRead;
  }
}

std::vector<std::size_t> TransactionPlan::Order() const {
  std::array<std::vector<std::size_t>, static_cast<std::size_t>(Phase::kRead) + 1> phases;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    phases[static_cast<std::size_t>(PhaseOf(entries_[i]))].push_back(i);
  }
  std::vector<std::size_t> order;
  order.reserve(entries_.size());
  for (const std::vector<std::size_t>& phase : phases) {
    order.insert(order.end(), phase.begin(), phase.end());
  }
  return order;
}

void TransactionPlan::ResolveReferences(std::span<const std::string_view> references) {
  for (const std::string_view reference : references) {
    if (targets_.Find(reference) != nullptr) continue;
    const std::size_t mark = reference.find('?');
    const std::string_view name = reference.substr(0, mark);
    const fhir::ResourceType type = LoadType(name, Access::kSearch, context_.options.rules);
    const std::string criteria = CriteriaOf(reference.substr(mark + 1));
    const auto made = created_.find(std::string(name) + "?" + criteria);
    const std::vector<std::string> ids =
        made != created_.end() ? std::vector<std::string>{made->second}
                               : FindMatches(context_, context_.view(), type, criteria);
    if (ids.size() != 1) {
      throw Error(ErrorKind::kPreconditionFailed,
                  "The conditional reference '" + std::string(reference) + "' means " +
                      (ids.empty() ? "no resource." : "several resources."));
    }
    targets_.Add(reference, {Target(name, ids.front()), 0});
  }
}

bool TransactionPlan::Rewrite(const json::Value& resource, std::string& out) {
  std::vector<std::string_view> references;
  fhir::FindConditionalReferences(resource, references);
  ResolveReferences(references);
  return fhir::RewriteReferences(resource, {}, targets_, out);
}

std::string_view TransactionPlan::BodyOf(const PlannedEntry& entry, std::string& buffer) {
  const EntryRequest& request = entry.request;
  if (!request.resource.exists() || request.method() == Method::kPatch) return request.Body();
  ResolveReferences(entry.conditional_references);
  const std::string_view base = fhir::BaseOfFullUrl(request.full_url);
  return fhir::RewriteReferences(request.resource, base, targets_, buffer)
             ? std::string_view(buffer)
             : request.Body();
}

}  // namespace healthlake::rest
