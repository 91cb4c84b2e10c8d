#include "datastore/everything.hpp"

#include <string.h>  // memmem

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "datastore/key_codec.hpp"
#include "datastore/page_token.hpp"
#include "datastore/reading.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/clinical_dates.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::datastore {
namespace {

constexpr std::string_view kReferenceMember = R"("reference":")";

// How many rids are read between two looks at the cancellation.
constexpr std::size_t kCursorStride = 16'384;
// How many bodies.
constexpr std::size_t kBodyStride = 256;
// Type and id: the order of the answer.
using Place = std::pair<std::uint8_t, std::string_view>;
Place PlaceOf(const EverythingList& list, const EverythingMember& member) {
  return {member.type.number(), list.IdOf(member)};
}

fhir::ResourceType PatientType() {
  static const fhir::ResourceType type = fhir::FindResourceType("Patient").value();
  return type;
}

bool InPatientCompartments(fhir::ResourceType type) {
  return !fhir::CompartmentParams(PatientType(), type).empty();
}

std::string ReferenceTo(fhir::ResourceType type, std::string_view id) {
  std::string text(fhir::NameOf(type));
  return text.append("/").append(id);
}

index::Key KeyOf(fhir::ResourceType type, std::string_view id) {
  return ReferenceKey(ReferenceTo(type, id), type);
}

// Up to the closing quote.
std::size_t StringEnd(std::string_view json, std::size_t begin) {
  std::size_t end = begin;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2U : 1U;
  return std::min(end, json.size());
}

}  // namespace

void ForEachReference(std::string_view json, const std::function<void(std::string_view)>& each) {
  for (std::size_t from = 0; from < json.size();) {
    const void* found = ::memmem(json.data() + from, json.size() - from, kReferenceMember.data(),
                                 kReferenceMember.size());
    if (found == nullptr) return;
    const std::size_t begin =
        static_cast<std::size_t>(static_cast<const char*>(found) - json.data()) +
        kReferenceMember.size();
    const std::size_t end = StringEnd(json, begin);
    const std::string_view text = json.substr(begin, end - begin);
    if (text.find('\\') == std::string_view::npos) {
      each(text);
    } else {
      json::Document unescaped;
      const std::string quoted(json.substr(begin - 1, end - begin + 2));
      if (!unescaped.Parse(quoted)) each(unescaped.root().string());
    }
    from = end;
  }
}

void PatientEverything::StopWhenCancelled() const {
  if (source_.cancel.Requested()) {
    throw core::Error(core::ErrorKind::kUnavailable, "The operation was stopped");
  }
}

std::string ConditionsOf(const EverythingQuery& query) {
  std::string conditions = query.patient + '|';
  if (query.care) {
    conditions += std::to_string(query.care->from) + ',' + std::to_string(query.care->until);
  }
  conditions += '|';
  if (query.since) conditions += std::to_string(query.since->time_since_epoch().count());
  for (const fhir::ResourceType type : query.types) {
    conditions += '|' + std::to_string(type.number());
  }
  return conditions;
}

std::optional<EverythingPage> PatientEverything::Run() {
  const ListPtr list = FindList();
  if (!list) return std::nullopt;
  return MakePage(*list);
}

PatientEverything::ListPtr PatientEverything::FindList() {
  const EverythingPaging& kept = source_.paging;
  if (kept.lists == nullptr) return MakeList();
  std::string conditions = ConditionsOf(query_);
  if (ListPtr list = kept.lists->Find(kept.change, conditions)) return list;
  ListPtr list = MakeList();
  const bool more_pages = list && list->members.size() > query_.count;
  if (more_pages) kept.lists->Keep(kept.change, std::move(conditions), list);
  return list;
}

PatientEverything::ListPtr PatientEverything::MakeList() {
  const auto patient = source_.tables.Find({PatientType().number(), query_.patient});
  if (!patient || patient->deleted()) return nullptr;
  AddCompartment(ReadCompartment(patient->rid));
  AddReferredTo();
  std::sort(list_.members.begin(), list_.members.end(),
            [this](const EverythingMember& a, const EverythingMember& b) {
              return PlaceOf(list_, a) < PlaceOf(list_, b);
            });
  list_.members.shrink_to_fit();
  list_.ids.shrink_to_fit();
  return std::make_shared<const EverythingList>(std::move(list_));
}

index::CursorPtr PatientEverything::OpenCompartment(index::Rid patient) {
  const index::Key key = KeyOf(PatientType(), query_.patient);
  std::vector<index::CursorPtr> sets;
  sets.push_back(index::Of({patient}));
  for (const fhir::ResourceType type : fhir::AllResourceTypes()) {
    for (const fhir::ParamId param : fhir::CompartmentParams(PatientType(), type)) {
      index::CursorPtr set = source_.reader.Point(ParamOf(param), key);
      if (set->Bound() > 0) sets.push_back(std::move(set));
    }
  }
  return index::Or(std::move(sets));
}

std::vector<index::Rid> PatientEverything::ReadCompartment(index::Rid patient) {
  const index::CursorPtr cursor = OpenCompartment(patient);
  std::vector<index::Rid> rids;
  for (index::Rid rid = cursor->Seek(0); rid != index::Cursor::kEnd; rid = cursor->Next(rid)) {
    if (rids.size() % kCursorStride == 0) StopWhenCancelled();
    rids.push_back(rid);
  }
  return rids;
}

void PatientEverything::AddCompartment(const std::vector<index::Rid>& rids) {
  compartment_.reserve(rids.size());
  for (std::size_t at = 0; at < rids.size(); at += kBodyStride) {
    StopWhenCancelled();
    const auto some = std::span(rids).subspan(at, std::min(kBodyStride, rids.size() - at));
    source_.tables.LoadBodies(
        some, [&](const store::ResourceRow& row, const store::BodyView& body) {
          const auto type = fhir::ResourceType::FromNumber(row.type);
          compartment_.insert(KeyOf(type, body.id));
          if (query_.care) {
            const bool fine = !document_.Parse(body.json);
            if (fine && !fhir::MayBeWithin(type, document_.root(), *query_.care)) return;
          }
          AddMember(row, body, false);
          NoteReferences(body.json, false);
        });
  }
}

PatientEverything::Reach PatientEverything::NoteReferences(std::string_view json, bool only_own) {
  const std::size_t before = targets_.size();
  std::vector<index::Key> fresh;
  Reach reach = Reach::kOwn;
  ForEachReference(json, [&](std::string_view text) {
    const fhir::ReferenceText reference = fhir::ParseReference(text, source_.parts.datastore_id);
    if (!reference.local || reference.target.IsNone()) return;
    const std::string_view id = reference.text.substr(reference.text.find('/') + 1);
    if (reference.target == PatientType()) {
      if (id != query_.patient) reach = Reach::kForeign;
      return;
    }
    const index::Key key = ReferenceKey(reference.text, reference.target);
    if (!noted_.insert(key).second) return;
    fresh.push_back(key);
    targets_.push_back({reference.target, std::string(id)});
  });
  if (!only_own || reach == Reach::kOwn) return Reach::kOwn;
  // Another may refer to the same.
  targets_.resize(before);
  for (const index::Key& key : fresh) noted_.erase(key);
  return Reach::kForeign;
}

std::vector<index::Rid> PatientEverything::FindTargets(const std::vector<Target>& targets) {
  std::vector<store::ResourceKey> keys;
  for (const Target& target : targets) {
    if (compartment_.contains(KeyOf(target.type, target.id))) continue;
    keys.push_back({target.type.number(), target.id});
  }
  std::vector<index::Rid> rids;
  for (std::size_t at = 0; at < keys.size(); at += kBodyStride) {
    StopWhenCancelled();
    const auto some = std::span(keys).subspan(at, std::min(kBodyStride, keys.size() - at));
    for (const auto& row : source_.tables.FindAll(some)) {
      if (row && !row->deleted()) rids.push_back(row->rid);
    }
  }
  std::sort(rids.begin(), rids.end());
  return rids;
}

void PatientEverything::AddReferredTo() {
  while (!targets_.empty()) {
    const std::vector<Target> targets = std::exchange(targets_, {});
    const std::vector<index::Rid> rids = FindTargets(targets);
    for (std::size_t at = 0; at < rids.size(); at += kBodyStride) {
      StopWhenCancelled();
      const auto some = std::span(rids).subspan(at, std::min(kBodyStride, rids.size() - at));
      source_.tables.LoadBodies(
          some, [&](const store::ResourceRow& row, const store::BodyView& body) {
            // Of a type that belongs to patients, and it may be another one's.
            const bool guarded = InPatientCompartments(fhir::ResourceType::FromNumber(row.type));
            if (NoteReferences(body.json, guarded) == Reach::kOwn) AddMember(row, body, true);
          });
    }
  }
}

void PatientEverything::AddMember(const store::ResourceRow& row, const store::BodyView& body,
                                  bool included) {
  const auto type = fhir::ResourceType::FromNumber(row.type);
  if (query_.since && row.last_updated < *query_.since) return;
  if (!query_.types.empty() &&
      std::find(query_.types.begin(), query_.types.end(), type) == query_.types.end()) {
    return;
  }
  list_.members.push_back({type, included, static_cast<std::uint8_t>(body.id.size()), row.rid,
                           static_cast<std::uint32_t>(body.json.size()),
                           static_cast<std::uint32_t>(list_.ids.size())});
  list_.ids += body.id;
}

EverythingPage PatientEverything::MakePage(const EverythingList& list) {
  const EverythingPosition last =
      query_.page.empty() ? EverythingPosition{} : source_.parts.tokens.Read(query_);
  const Place after{last.type.number(), last.id};
  const auto first = std::partition_point(
      list.members.begin(), list.members.end(),
      [&](const EverythingMember& member) { return PlaceOf(list, member) <= after; });
  auto end = first;
  for (std::size_t bytes = 0; end != list.members.end(); ++end) {
    const auto count = static_cast<std::size_t>(end - first);
    bytes += end->bytes;
    if (count == query_.count || (bytes > source_.paging.page_bytes && count > 0)) break;
  }
  EverythingPage page;
  page.total = list.members.size();
  LoadPage({first, end}, page);
  if (end != first && end != list.members.end()) {
    const EverythingMember& member = *(end - 1);
    page.next = source_.parts.tokens.Make(query_, {member.type, std::string(list.IdOf(member))});
  }
  return page;
}

void PatientEverything::LoadPage(std::span<const EverythingMember> members, EverythingPage& page) {
  // Bodies are read in the order in which they lie.
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return members[a].rid < members[b].rid; });
  std::vector<index::Rid> rids;
  rids.reserve(members.size());
  for (const std::size_t at : order) rids.push_back(members[at].rid);
  page.items.resize(members.size());
  auto at = order.begin();
  source_.tables.LoadBodies(rids, [&](const store::ResourceRow&, const store::BodyView& body) {
    const EverythingMember& member = members[*at];
    page.items[*at++] = {member.type, std::string(body.id), std::string(body.json),
                         member.included};
  });
}

std::optional<EverythingPage> Reading::Everything(const EverythingQuery& query,
                                                  index::Reader& reader,
                                                  const EverythingPaging& paging,
                                                  const core::Cancel& cancel) {
  return PatientEverything({parts_, tables_, reader, cancel, paging}, query).Run();
}

}  // namespace healthlake::datastore
