// A search as the property test makes it up: what it asks, how it is written, what answers it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/fhir/search_property/model.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir::search_property {

// One value asked for, of one search type.
struct Atom {
  SearchType type = SearchType::kToken;
  std::string prefix;  // "ge"; of numbers, dates and quantities
  std::string text;    // code, string, uri, reference, date or number as written; without escapes
  // Of tokens and of quantities: whether `|` is written, and what stands before it.
  bool has_system = false;
  std::string system;
  std::string unit;  // quantities: behind the second `|`
};
struct AskedValue {
  std::vector<Atom> parts;  // several for composites
};

struct FilterTest;

struct Condition {
  enum class Kind { kValue, kChain, kHas, kFilter, kList };
  Kind kind = Kind::kValue;
  const SearchParam* param = nullptr;  // kHas: of the type that refers here
  std::string modifier;                // "exact"
  bool missing = false;
  std::vector<AskedValue> any_of;
  // kChain: the type written, none when it is not, and what the resource referred to must satisfy,
  // by code as its parameter depends on the type. kHas: what the referring one must.
  ResourceType target;
  std::vector<Condition> inner;  // one; its `param` is of any type that has it
  // kFilter: tests joined from left to right, written as _filter.
  std::vector<FilterTest> tests;
  std::vector<std::string> lists;  // kList: ids
};

struct FilterTest {
  bool negated = false;
  bool joined_by_or = false;  // with what stands to the left
  Condition condition;        // of kind kValue, with one value
};

struct SortBy {
  const SearchParam* param = nullptr;
  bool descending = false;
};

struct IncludeRule {
  bool reverse = false;
  bool iterate = false;
  ResourceType source;
  const SearchParam* param = nullptr;  // null: `*`
  ResourceType target;                 // none: any
};

struct Question {
  std::vector<ResourceType> types;  // more than one: over the whole store
  std::vector<Condition> all_of;
  std::vector<SortBy> sort;
  std::vector<IncludeRule> includes;
  // "Patient", "1": whose compartment; empty: nobody's.
  ResourceType compartment;
  std::string compartment_id;

  std::string Text() const;  // percent-encoded; without the compartment
};

// What comparisons depend on besides the values.
struct Rules {
  core::Timestamp now{};            // for approximate dates
  bool code_may_be_system = false;  // a bare token: HealthLake's reading (reference 5.3)
  bool converts_units = true;       // plain R4
};

// Answers questions about a model.
class Answerer {
 public:
  Answerer(Model& model, const Rules& rules) : model_(model), rules_(rules) {}

  // Live resources in the order asked for.
  std::vector<Stored*> Answer(const Question& question);
  bool Satisfies(Stored& resource, const Condition& condition);
  // Names ("Type/id") of what comes with a page of these matches, sorted.
  std::vector<std::string> Included(const Question& question, const std::vector<Stored*>& matches);

 private:
  bool HasValue(Stored& resource, const SearchParam& param, const Condition& condition);
  bool Chains(Stored& resource, const Condition& condition);
  bool IsReferredTo(Stored& resource, const Condition& condition);
  bool InCompartment(Stored& resource, const Question& question);
  bool PassesFilter(Stored& resource, const std::vector<FilterTest>& tests);
  bool IsListed(Stored& resource, const std::vector<std::string>& lists);
  bool RefersTo(Stored& resource, const SearchParam& param, const std::string& name);
  // The resources that the rule leads to from `from`.
  std::vector<Stored*> Follow(Stored& from, const IncludeRule& rule);

  Model& model_;
  const Rules rules_;
};

// Whether `value` is what the atom asks for, under the modifier of its parameter.
bool Meets(const Value& value, const Atom& atom, const std::string& modifier, const Rules& rules);

// "Type/id" of a reference into this store, without version; other references as they are.
std::string LocalName(std::string reference);

// Lower case, without accents, runs of blanks as one (for the letters that the generator knows).
std::string Plain(std::string_view text);
std::string Folded(std::string_view code);  // ASCII in lower case

}  // namespace healthlake::fhir::search_property
