// Random searches, mostly for values that the data holds.
#pragma once

#include <vector>

#include "conformance/fhir/search_property/model.hpp"
#include "conformance/fhir/search_property/question.hpp"
#include "conformance/fhir/search_property/resource_generator.hpp"

namespace healthlake::fhir::search_property {

class QuestionGenerator {
 public:
  QuestionGenerator(Random& random, Model& model)
      : random_(random), values_(random), model_(model) {}

  Question Make();

 private:
  Question MakeOverTypes();
  Condition MakeCondition(ResourceType type, int depth);
  Condition MakeInner(ResourceType type, int depth);
  Condition MakeFilter(ResourceType type);
  Condition MakeList();
  Condition MakeChain(const SearchParam& reference, int depth);
  Condition MakeHas(ResourceType type, int depth);
  Condition MakeValueCondition(ResourceType type);
  // A parameter of the type, by preference one that some resource has values of; with one of these.
  struct Choice {
    const SearchParam* param;
    const Value* example;  // null: none
  };
  Choice Choose(ResourceType type);
  std::string Modifier(const SearchParam& param, const Value* example);

  AskedValue Ask(const SearchParam& param, const std::string& modifier, const Value* example);
  Atom AskSimple(const SearchParam& param, const std::string& modifier, const Value* example);
  void AskToken(const std::string& modifier, const Value* example, Atom& atom);
  void AskString(const std::string& modifier, const Value* example, Atom& atom);
  void AskReference(const SearchParam& param, const Value* example, Atom& atom);
  void AskDate(const Value* example, Atom& atom);
  void AskNumber(const Value* example, Atom& atom);
  void AskUri(const std::string& modifier, const Value* example, Atom& atom);
  std::vector<SortBy> MakeSort(ResourceType type);
  std::vector<IncludeRule> MakeIncludes(ResourceType type);

  Random& random_;
  ResourceGenerator values_;
  Model& model_;
};

}  // namespace healthlake::fhir::search_property
