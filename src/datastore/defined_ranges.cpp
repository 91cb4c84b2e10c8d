#include "datastore/defined_ranges.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "datastore/candidate.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/search_text.hpp"
#include "healthlake/fhir/value_sets.hpp"

namespace healthlake::datastore {
namespace {

using fhir::SearchModifier;
using fhir::SearchType;

constexpr std::size_t kMaxValues = 10'000;

[[noreturn]] void Refuse(const fhir::SearchClause& clause, const std::string& why,
                         std::string_view code) {
  const std::string message = "Search parameter '" + std::string(clause.param->code) + "' " + why;
  throw core::Error(core::ErrorKind::kInvalid, message,
                    {{core::Severity::kError, std::string(code), message, {}}});
}

template <typename Term>
const Term& TermOf(const fhir::SearchTerm& term) {
  return std::get<Term>(std::get<fhir::SimpleTerm>(term));
}

std::string_view TextOf(const json::Value& resource, std::string_view name) {
  const auto value = resource.Find(name);
  return value && value->is_string() ? value->string() : std::string_view();
}

class DefinedRanges {
 public:
  DefinedRanges(const SearchSource& source, const fhir::SearchClause& clause)
      : source_(source), clause_(clause), candidate_(source) {}

  ValueRanges Take() {
    for (const fhir::SearchTerm& term : clause_.any_of) {
      if (clause_.modifier == SearchModifier::kIn || clause_.modifier == SearchModifier::kNotIn) {
        AddValueSet(TermOf<fhir::UriTerm>(term).text);
      } else if (clause_.param->type == SearchType::kToken) {
        AddSubsumed(TermOf<fhir::TokenTerm>(term));
      } else {
        AddRelated(TermOf<fhir::ReferenceTerm>(term));
      }
    }
    return std::move(ranges_);
  }

 private:
  // --- Value sets and code systems -----------------------------------------------------------

  std::shared_ptr<const json::Document> FindDefinition(fhir::ResourceType type,
                                                       std::string_view canonical) {
    const std::size_t bar = std::min(canonical.find('|'), canonical.size());
    const std::string_view version = canonical.substr(std::min(bar + 1, canonical.size()));
    const fhir::SearchParam* url = fhir::FindSearchParam(type, "url");
    const auto symbol = FindSymbol(UriSymbol(canonical.substr(0, bar)));
    if (url == nullptr || !symbol) return nullptr;
    const index::CursorPtr named = source_.reader.Point(ParamOf(url->id), {*symbol, 0});
    for (index::Rid rid = named->Seek(0); rid != index::Cursor::kEnd; rid = named->Next(rid)) {
      candidate_.Choose(rid);
      if (!version.empty() && TextOf(candidate_.root(), "version") != version) continue;
      auto document = std::make_shared<json::Document>();
      if (!document->Parse(candidate_.json())) return document;
    }
    return nullptr;
  }

  // By its canonical URL, or as a resource of this store: "ValueSet/id".
  std::optional<fhir::ValueSetCodes> FindValueSet(const std::string& name) {
    const fhir::FindDefinition find = [this](fhir::ResourceType type, std::string_view url) {
      return FindDefinition(type, url);
    };
    const fhir::ValueSetLimits limits{.max_codes = kMaxValues, .max_value_sets = 100};
    const auto reference = fhir::ParseReference(name, source_.parts.datastore_id);
    if (!reference.local || fhir::NameOf(reference.target) != "ValueSet") {
      return fhir::FindValueSet(name, find, limits);
    }
    const std::string_view id = reference.text.substr(reference.text.find('/') + 1);
    const auto row = source_.tables.Find({reference.target.number(), id});
    if (!row || row->deleted()) return std::nullopt;
    json::Document document;
    candidate_.Choose(row->rid);
    if (document.Parse(candidate_.json())) return std::nullopt;
    return fhir::ReadValueSet(document.root(), find, limits);
  }

  void AddValueSet(const std::string& canonical) {
    const auto codes = FindValueSet(canonical);
    if (!codes) {
      Refuse(clause_, "names the value set '" + canonical + "', which is not stored here",
             "not-found");
    }
    if (!codes->complete) {
      Refuse(clause_,
             "names the value set '" + canonical + "', whose codes cannot all be told here",
             "too-costly");
    }
    Bound(codes->codes.size());
    for (const auto& [system, code] : codes->codes) AddCode(system, code);
    for (const std::string& system : codes->systems) AddSystem(system, codes->except);
  }

  void AddSubsumed(const fhir::TokenTerm& term) {
    if (term.form != fhir::TokenForm::kSystemAndCode) {
      Refuse(clause_, "needs system|code with this modifier", "invalid");
    }
    const auto system = FindDefinition(fhir::FindResourceType("CodeSystem").value(), term.system);
    if (!system) {
      Refuse(clause_,
             "names the code system '" + term.system +
                 "', whose hierarchy is unknown as it is not stored here",
             "not-supported");
    }
    const std::vector<std::string> codes = clause_.modifier == SearchModifier::kBelow
                                               ? fhir::CodesAtOrBelow(system->root(), term.code)
                                               : fhir::CodesAtOrAbove(system->root(), term.code);
    Bound(codes.size());
    for (const std::string& code : codes) AddCode(term.system, code);
  }

  void AddCode(std::string_view system, std::string_view code) {
    const auto symbol = FindSymbol(SystemSymbol(system));
    if (!symbol) return;
    const index::Param param = ParamOf(clause_.param->id);
    for (const SystemOrigin origin : {SystemOrigin::kStated, SystemOrigin::kImplied}) {
      const index::Key key = TokenKey(HashCode(code), *symbol, origin);
      // Most codes of a large set are those of no resource.
      if (source_.reader.CountPoint(param, key) > 0) ranges_.push_back(KeyRange::Of(param, key));
    }
  }

  void AddSystem(const std::string& system, const std::vector<fhir::SystemCode>& except) {
    const auto symbol = FindSymbol(SystemSymbol(system));
    if (!symbol) return;
    std::vector<CodeHash> left_out;
    for (const fhir::SystemCode& one : except) {
      if (one.system == system) left_out.push_back(HashCode(one.code));
    }
    ranges_.push_back(KeyRange{ParamOf(clause_.param->id),
                               0,
                               UINT64_MAX,
                               [symbol = *symbol, left_out](const index::Key& key) {
                                 return SystemOf(key) == symbol &&
                                        std::ranges::none_of(left_out, [&](const CodeHash& code) {
                                          return SameCode(key, code);
                                        });
                               },
                               {}});
  }

  // --- Hierarchies of resources --------------------------------------------------------------

  // The parameter of `type` by which a resource names the one that it is a part of.
  static const fhir::SearchParam* PartOf(fhir::ResourceType type) {
    for (const std::string_view code : {"partof", "part-of"}) {
      const fhir::SearchParam* param = fhir::FindSearchParam(type, code);
      if (param == nullptr || param->type != SearchType::kReference) continue;
      if (std::ranges::find(param->targets, type) != param->targets.end()) return param;
    }
    return nullptr;
  }

  void AddRelated(const fhir::ReferenceTerm& term) {
    std::string start = term.text;
    fhir::ResourceType type = term.target;
    if (start.empty() && clause_.param->targets.size() == 1) {
      type = clause_.param->targets.front();
      start = std::string(fhir::NameOf(type)) + '/' + term.id;
    }
    const fhir::SearchParam* part_of = type.IsNone() ? nullptr : PartOf(type);
    if (part_of == nullptr) {
      Refuse(clause_, "refers to resources that have no hierarchy", "not-supported");
    }
    std::set<std::string> known{start};
    std::deque<std::string> open{start};
    while (!open.empty()) {
      StopWhenCancelled(source_.cancel);
      Bound(known.size());
      const std::string reference = std::move(open.front());
      open.pop_front();
      ranges_.push_back(KeyRange::Of(ParamOf(clause_.param->id), ReferenceKey(reference, type)));
      for (std::string& next : clause_.modifier == SearchModifier::kBelow
                                   ? PartsOf(*part_of, type, reference)
                                   : WholesOf(*part_of, type, reference)) {
        if (known.insert(next).second) open.push_back(std::move(next));
      }
    }
  }

  std::vector<std::string> PartsOf(const fhir::SearchParam& part_of, fhir::ResourceType type,
                                   std::string_view reference) {
    std::vector<std::string> parts;
    const index::CursorPtr rids =
        source_.reader.Point(ParamOf(part_of.id), ReferenceKey(reference, type));
    for (index::Rid rid = rids->Seek(0); rid != index::Cursor::kEnd; rid = rids->Next(rid)) {
      candidate_.Choose(rid);
      parts.push_back(std::string(fhir::NameOf(type)) + '/' + std::string(candidate_.id()));
      Bound(parts.size());
    }
    return parts;
  }

  std::vector<std::string> WholesOf(const fhir::SearchParam& part_of, fhir::ResourceType type,
                                    std::string_view reference) {
    std::vector<std::string> wholes;
    const auto row =
        source_.tables.Find({type.number(), reference.substr(reference.find('/') + 1)});
    if (!row || row->deleted()) return wholes;
    candidate_.Choose(row->rid);
    for (const fhir::IndexValue& value : candidate_.values()) {
      const bool whole = value.param == part_of.id && value.target == type &&
                         value.kind == fhir::ValueKind::kReference;
      if (whole) wholes.emplace_back(value.text);
    }
    return wholes;
  }

  void Bound(std::size_t values) const {
    if (values <= kMaxValues) return;
    Refuse(clause_, "stands for more than " + std::to_string(kMaxValues) + " values", "too-costly");
  }

  std::optional<store::SymbolId> FindSymbol(const std::string& text) {
    return source_.parts.symbols.Find(source_.connection, text);
  }

  const SearchSource& source_;
  const fhir::SearchClause& clause_;
  Candidate candidate_;
  ValueRanges ranges_;
};

}  // namespace

bool IsDefined(const fhir::SearchClause& clause) {
  switch (clause.modifier) {
    case SearchModifier::kIn:
    case SearchModifier::kNotIn:
      return true;
    case SearchModifier::kAbove:
    case SearchModifier::kBelow:
      return clause.param->type != SearchType::kUri;
    default:
      return false;
  }
}

ValueRanges DefinedRangesOf(const SearchSource& source, const fhir::SearchClause& clause) {
  return DefinedRanges(source, clause).Take();
}

}  // namespace healthlake::datastore
