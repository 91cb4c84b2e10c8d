#include "datastore/includes.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "datastore/key_codec.hpp"
#include "datastore/search_source.hpp"

namespace healthlake::datastore {
namespace {

using fhir::Include;
using fhir::IndexValue;

// What an entry takes besides its body.
constexpr std::size_t kEntryBytes = 128;

// The id of "Type/id"; nullopt for references that do not lead into this store.
std::optional<std::string_view> LocalId(const IndexValue& value) {
  if (value.kind != fhir::ValueKind::kReference || value.target.IsNone()) return std::nullopt;
  const std::string_view type = fhir::NameOf(value.target);
  const std::string_view text = value.text;
  if (!text.starts_with(type) || text.size() <= type.size() + 1 || text[type.size()] != '/') {
    return std::nullopt;
  }
  const std::string_view id = text.substr(type.size() + 1);
  return id.find('/') == std::string_view::npos ? std::optional(id) : std::nullopt;
}

std::string TextOf(fhir::ResourceType type, std::string_view id) {
  return std::string(fhir::NameOf(type)) + "/" + std::string(id);
}

bool MayReferTo(const fhir::SearchParam& param, fhir::ResourceType target) {
  return param.type == fhir::SearchType::kReference &&
         (param.targets.empty() || std::ranges::find(param.targets, target) != param.targets.end());
}

}  // namespace

Includes::Includes(const fhir::SearchQuery& query, store::ResourceTables& tables,
                   index::Reader& reader, Candidate& candidate, const core::Cancel& cancel)
    : query_(query),
      tables_(tables),
      reader_(reader),
      candidate_(candidate),
      cancel_(cancel),
      iterates_(std::ranges::any_of(query.includes, &Include::iterate)) {}

bool Includes::Applies(const Include& rule, Include::Way way, Round round) const {
  return rule.way == way && (rule.iterate || round == Round::kOfMatches);
}

bool Includes::MayIterate(std::size_t iterations) const {
  return query_.include_levels == 0 || iterations < query_.include_levels;
}

bool Includes::forward() const {
  return std::ranges::any_of(
      query_.includes, [](const Include& rule) { return rule.way == Include::Way::kForward; });
}

std::vector<IncludeTarget> Includes::TargetsOf(Candidate& match) const {
  return Targets(match, 0, Round::kOfMatches);
}

std::vector<IncludeTarget> Includes::Targets(Candidate& resource, std::size_t iterations,
                                             Round round) const {
  std::vector<IncludeTarget> targets;
  const fhir::ResourceType type = resource.type();
  const auto asks = [&](const Include& rule, const IndexValue& value) {
    return Applies(rule, Include::Way::kForward, round) &&
           (rule.source.IsNone() || rule.source == type) &&
           (rule.param == nullptr || rule.param->id == value.param) &&
           (rule.target.IsNone() || rule.target == value.target);
  };
  const auto values = resource.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const IndexValue& value = values[i];
    if (value.kind == fhir::ValueKind::kComposite) {
      i += value.parts;
      continue;
    }
    const auto id = LocalId(value);
    if (!id) continue;
    std::optional<std::size_t> least;
    for (const Include& rule : query_.includes) {
      if (!asks(rule, value)) continue;
      const std::size_t steps = iterations + (rule.iterate ? 1 : 0);
      least = std::min(least.value_or(steps), steps);
    }
    if (least) targets.push_back({value.target, std::string(*id), *least});
  }
  return targets;
}

bool Includes::Append(std::span<const PageRow> matches, std::size_t bytes,
                      std::vector<SearchEntry>& entries) {
  if (query_.includes.empty()) return true;
  present_.clear();
  bytes_left_ = bytes;
  std::vector<Node> nodes;
  for (const PageRow& row : matches) {
    present_.insert(row.rid);
    nodes.push_back({row.entry.type, row.entry.id, 0, row.targets});
  }
  const std::size_t before = entries.size();
  for (Round round = Round::kOfMatches; !nodes.empty(); round = Round::kOfIncluded) {
    if (!Expand(round, nodes, entries)) {
      entries.resize(before);
      return false;
    }
  }
  return true;
}

bool Includes::Expand(Round round, std::vector<Node>& nodes, std::vector<SearchEntry>& entries) {
  Reached reached;
  for (const Node& node : nodes) {
    StopWhenCancelled(cancel_);
    FollowTargets(node, reached);
    FollowReferrers(node, round, reached);
    if (reached.size() > bytes_left_ / kEntryBytes) return false;
  }
  nodes.clear();
  for (const auto& [rid, iterations] : reached) {
    StopWhenCancelled(cancel_);
    candidate_.Choose(rid);
    const std::size_t bytes = candidate_.json().size() + kEntryBytes;
    if (bytes > bytes_left_) return false;
    bytes_left_ -= bytes;
    present_.insert(rid);
    entries.push_back({candidate_.type(), std::string(candidate_.id()),
                       std::string(candidate_.json()), SearchMode::kInclude});
    if (!iterates_ || !MayIterate(iterations)) continue;
    nodes.push_back({candidate_.type(), std::string(candidate_.id()), iterations,
                     Targets(candidate_, iterations, Round::kOfIncluded)});
  }
  // What has been reached in fewer steps may go on for longer.
  std::ranges::stable_sort(nodes, {}, &Node::iterations);
  return true;
}

void Includes::Reach(index::Rid rid, std::size_t iterations, Reached& reached) {
  if (present_.contains(rid)) return;
  const auto [at, is_new] = reached.try_emplace(rid, iterations);
  if (!is_new) at->second = std::min(at->second, iterations);
}

void Includes::FollowTargets(const Node& node, Reached& reached) {
  for (const IncludeTarget& target : node.targets) {
    const auto [known, is_new] = targets_.try_emplace(TextOf(target.type, target.id), 0);
    if (is_new) {
      const auto row = tables_.Find({target.type.number(), target.id});
      if (row && !row->deleted()) known->second = row->rid;
    }
    if (known->second != 0) Reach(known->second, target.iterations, reached);
  }
}

void Includes::FollowReferrers(const Node& node, Round round, Reached& reached) {
  const index::Key key = ReferenceKey(TextOf(node.type, node.id), node.type);
  for (const Include& rule : query_.includes) {
    if (!Applies(rule, Include::Way::kReverse, round)) continue;
    if (!rule.target.IsNone() && rule.target != node.type) continue;
    const std::size_t iterations = node.iterations + (rule.iterate ? 1 : 0);
    for (const index::Param param : ReferrersOf(rule, node.type)) {
      const index::CursorPtr cursor = reader_.Point(param, key);
      for (index::Rid rid = cursor->Seek(0); rid != index::Cursor::kEnd; rid = cursor->Next(rid)) {
        Reach(rid, iterations, reached);
        if (reached.size() > bytes_left_ / kEntryBytes) return;
      }
    }
  }
}

const std::vector<index::Param>& Includes::ReferrersOf(const Include& rule,
                                                       fhir::ResourceType target) {
  const auto [at, is_new] = referrers_.try_emplace({&rule, target});
  if (!is_new) return at->second;
  const auto add = [&](const fhir::SearchParam& param) {
    if (MayReferTo(param, target)) at->second.push_back(ParamOf(param.id));
  };
  const auto add_all = [&](fhir::ResourceType source) {
    if (!HasLive(source)) return;
    for (const fhir::SearchParam& param : fhir::SearchParamsOf(source)) add(param);
  };
  if (rule.param != nullptr) {
    add(*rule.param);
  } else if (!rule.source.IsNone()) {
    add_all(rule.source);
  } else {
    for (const fhir::ResourceType source : fhir::AllResourceTypes()) add_all(source);
  }
  return at->second;
}

bool Includes::HasLive(fhir::ResourceType type) {
  return reader_.CountPoint(LiveParam(type), kLiveKey) > 0;
}

}  // namespace healthlake::datastore
