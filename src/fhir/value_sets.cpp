#include "healthlake/fhir/value_sets.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "fhir/code_hierarchy.hpp"
#include "fhir/profile/code_system.hpp"
#include "fhir/r4/tables.hpp"

namespace healthlake::fhir {
namespace {

std::string_view Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

template <typename Function>
void ForEach(const json::Value& object, std::string_view name, const Function& function) {
  const auto list = object.Find(name);
  if (!list || !list->is_array()) return;
  for (const json::Value item : *list) function(item);
}

bool IsTrue(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_boolean() && found->boolean();
}

std::optional<std::size_t> Number(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  if (!found || !found->is_number()) return std::nullopt;
  const std::string_view text = found->raw();
  std::size_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// Codes of one system: those listed, or all but those.
struct Selection {
  bool all_but = false;
  std::set<std::string, std::less<>> listed;

  Selection Opposite() && { return {!all_but, std::move(listed)}; }
  bool IsEmpty() const { return !all_but && listed.empty(); }
};

Selection Unite(Selection a, Selection b) {
  if (a.all_but == b.all_but) {
    std::set<std::string, std::less<>> both;
    if (a.all_but) {
      std::ranges::set_intersection(a.listed, b.listed, std::inserter(both, both.end()));
    } else {
      both = std::move(a.listed);
      both.merge(b.listed);
    }
    return {a.all_but, std::move(both)};
  }
  if (b.all_but) std::swap(a, b);
  for (const std::string& code : b.listed) a.listed.erase(code);
  return a;
}

// A set of codings: nothing of a system that it does not mention.
struct Codings {
  std::map<std::string, Selection, std::less<>> systems;
  bool complete = true;

  void Add(Codings other) {
    for (auto& [system, selection] : other.systems) {
      Selection& own = systems[system];
      own = Unite(std::move(own), std::move(selection));
    }
    complete = complete && other.complete;
  }
  void Remove(Codings other) {
    for (auto& [system, selection] : other.systems) {
      const auto own = systems.find(system);
      if (own == systems.end()) continue;
      own->second = Unite(std::move(own->second).Opposite(), std::move(selection)).Opposite();
    }
    complete = complete && other.complete;
  }
  void KeepOnly(Codings other) {
    for (auto& [system, selection] : systems) {
      const auto found = other.systems.find(system);
      Selection theirs = found == other.systems.end() ? Selection() : std::move(found->second);
      selection = Unite(std::move(selection).Opposite(), std::move(theirs).Opposite()).Opposite();
    }
    complete = complete && other.complete;
  }
  std::size_t size() const {
    std::size_t count = 0;
    for (const auto& [system, selection] : systems) count += selection.listed.size();
    return count;
  }
};

Codings Unknown() {
  Codings codings;
  codings.complete = false;
  return codings;
}

class Reader {
 public:
  Reader(const FindDefinition& find, const ValueSetLimits& limits)
      : find_(find), codes_left_(limits.max_codes), value_sets_left_(limits.max_value_sets) {}

  Codings Read(const json::Value& value_set) {
    const auto compose = value_set.Find("compose");
    Codings codings;
    const bool whole = ReadExpansion(value_set, codings);
    if (whole || !compose) {
      codings.complete = codings.complete && whole;
      return codings;
    }
    codings = Codings();
    ForEach(*compose, "include", [&](const json::Value& each) { codings.Add(ReadPart(each)); });
    ForEach(*compose, "exclude", [&](const json::Value& each) { codings.Remove(ReadPart(each)); });
    return codings;
  }

  // A set that includes itself, through others even, is not to be told (valueset.html, 4.9.5).
  std::optional<Codings> Find(std::string_view canonical) {
    const auto known = known_.find(canonical);
    if (known != known_.end()) return Spend(known->second);
    static const ResourceType kValueSet = FindResourceType("ValueSet").value();
    const auto document = find_ ? find_(kValueSet, canonical) : nullptr;
    if (!document) return ReadBase(FindCodeSet(canonical));
    if (value_sets_left_ == 0) return Unknown();
    --value_sets_left_;
    known_.emplace(canonical, Unknown());
    return known_.find(canonical)->second = Read(document->root());
  }

 private:
  // What is copied counts as what is read.
  Codings Spend(const Codings& codings) {
    const std::size_t size = codings.size();
    if (size > codes_left_) return Unknown();
    codes_left_ -= size;
    return codings;
  }

  bool AddCode(Codings& codings, std::string_view system, std::string_view code) {
    if (codes_left_ == 0) {
      codings.complete = false;
      return false;
    }
    --codes_left_;
    auto found = codings.systems.find(system);
    if (found == codings.systems.end()) {
      found = codings.systems.emplace(std::string(system), Selection()).first;
    }
    found->second.listed.emplace(code);
    return true;
  }

  // False when there is none, or but a part of one.
  bool ReadExpansion(const json::Value& value_set, Codings& codings) {
    const auto expansion = value_set.Find("expansion");
    if (!expansion) return false;
    std::size_t count = 0;
    ReadContains(*expansion, codings, count);
    const auto total = Number(*expansion, "total");
    return total ? *total <= count : count > 0;
  }

  // Recursion is as deep as the document, which its parser limits.
  void ReadContains(const json::Value& parent, Codings& codings, std::size_t& count) {
    ForEach(parent, "contains", [&](const json::Value& each) {
      ++count;
      const std::string_view system = Text(each, "system");
      const std::string_view code = Text(each, "code");
      if (!system.empty() && !code.empty() && !IsTrue(each, "abstract")) {
        AddCode(codings, system, code);
      }
      ReadContains(each, codings, count);
    });
  }

  // ConceptSet of valueset.html: what its system, concepts and filters say, and all of the value
  // sets.
  Codings ReadPart(const json::Value& part) {
    std::optional<Codings> codings;
    if (!Text(part, "system").empty()) codings = ReadSystem(part);
    ForEach(part, "valueSet", [&](const json::Value& each) {
      auto found = each.is_string() ? Find(each.string()) : std::nullopt;
      if (!found) found = Unknown();
      if (codings) {
        codings->KeepOnly(std::move(*found));
      } else {
        codings = std::move(found);
      }
    });
    return codings ? std::move(*codings) : Unknown();
  }

  Codings ReadSystem(const json::Value& part) {
    const std::string_view system = Text(part, "system");
    Codings codings;
    const auto concepts = part.Find("concept");
    if (concepts && concepts->is_array()) {
      for (const json::Value each : *concepts) AddCode(codings, system, Text(each, "code"));
      return codings;
    }
    std::vector<ConceptFilter> filters;
    ForEach(part, "filter", [&](const json::Value& each) {
      filters.push_back({std::string(Text(each, "property")), std::string(Text(each, "op")),
                         std::string(Text(each, "value"))});
    });
    if (filters.empty()) {
      codings.systems.emplace(std::string(system), Selection{true, {}});
      return codings;
    }
    const auto selected = Select(part, filters);
    if (!selected) return Unknown();
    for (const std::string& code : *selected) AddCode(codings, system, code);
    return codings;
  }

  std::optional<std::unordered_set<std::string>> Select(
      const json::Value& part, const std::vector<ConceptFilter>& filters) const {
    static const ResourceType kCodeSystem = FindResourceType("CodeSystem").value();
    const std::string_view system = Text(part, "system");
    std::string canonical(system);
    const std::string_view version = Text(part, "version");
    if (!version.empty()) canonical.append("|").append(version);
    auto document = find_ ? find_(kCodeSystem, canonical) : nullptr;
    if (find_ && !document && !version.empty()) document = find_(kCodeSystem, system);
    if (!document) return std::nullopt;
    return CodeSystem(document->root()).Select(filters);
  }

  std::optional<Codings> ReadBase(CodeSetId set) {
    if (set.IsNone()) return std::nullopt;
    Codings codings;
    const r4::CodeSetRow& row = r4::kCodeSets[set.number()];
    switch (row.grammar) {
      case r4::CodeGrammar::kListed:
        for (const ListedCode& each : CodesOf(set)) AddCode(codings, each.system, each.code);
        break;
      case r4::CodeGrammar::kLoincAnswer:  // some of LOINC's codes
        codings.complete = false;
        break;
      default:
        codings.systems.emplace(std::string(r4::View(row.system)), Selection{true, {}});
    }
    return codings;
  }

  const FindDefinition& find_;
  std::size_t codes_left_;
  std::size_t value_sets_left_;
  std::map<std::string, Codings, std::less<>> known_;
};

ValueSetCodes ToLists(const Codings& codings) {
  ValueSetCodes lists;
  lists.complete = codings.complete;
  for (const auto& [system, selection] : codings.systems) {
    if (selection.all_but) lists.systems.push_back(system);
    for (const std::string& code : selection.listed) {
      (selection.all_but ? lists.except : lists.codes).push_back({system, code});
    }
  }
  return lists;
}

bool Contains(const std::vector<SystemCode>& sorted, std::string_view system,
              std::string_view code) {
  const auto views = [](const SystemCode& each) {
    return std::pair<std::string_view, std::string_view>(each.system, each.code);
  };
  return std::ranges::binary_search(sorted, std::pair(system, code), {}, views);
}

}  // namespace

bool ValueSetCodes::Holds(std::string_view system, std::string_view code) const {
  if (std::ranges::binary_search(systems, system)) return !Contains(except, system, code);
  return Contains(codes, system, code);
}

ValueSetCodes ReadValueSet(const json::Value& value_set, const FindDefinition& find,
                           const ValueSetLimits& limits) {
  return ToLists(Reader(find, limits).Read(value_set));
}

std::optional<ValueSetCodes> FindValueSet(std::string_view canonical, const FindDefinition& find,
                                          const ValueSetLimits& limits) {
  const auto codings = Reader(find, limits).Find(canonical);
  return codings ? std::optional(ToLists(*codings)) : std::nullopt;
}

std::vector<std::string> CodesAtOrBelow(const json::Value& code_system, std::string_view code) {
  return CodeHierarchy(code_system).AtOrBelow(code);
}

std::vector<std::string> CodesAtOrAbove(const json::Value& code_system, std::string_view code) {
  return CodeHierarchy(code_system).AtOrAbove(code);
}

}  // namespace healthlake::fhir
