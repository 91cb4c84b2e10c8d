// Checks values against the rules of profiles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/fhirpath/node.hpp"
#include "fhir/issue_log.hpp"
#include "fhir/profile/definition.hpp"
#include "fhir/profile/element_rules.hpp"
#include "fhir/profile/reference_resolver.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {

// Confined to one thread; its memory stays. Recursion is as deep as the document. Values may be
// unsound in any way: what the base walk reports is passed over here.
class RuleChecker {
 public:
  explicit RuleChecker(IssueLog& log) : log_(log) {}

  void Reset(std::size_t budget, Notices notices);
  // What the values checked next stand in.
  fhirpath::Environment& around() { return around_; }

  // Reports at the element that the log is at.
  void Check(const Definition& definition, const fhirpath::Node& node);

 private:
  // Whether it holds; reports nothing.
  bool Conforms(const Definition& definition, const fhirpath::Node& node);

  void Value(const ElementRules& rules, const fhirpath::Node& node);
  void Scalars(const ElementRules& rules, const fhirpath::Node& node);
  void Bindings(const ElementRules& rules, const fhirpath::Node& node);
  void Constraints(const ElementRules& rules, const fhirpath::Node& node);
  void Types(const ElementRules& rules, const fhirpath::Node& node);
  void Resources(const ElementRules& rules, const fhirpath::Node& node);
  void Children(const ElementRules& rules, const fhirpath::Node& node);

  void Object(const ChildRules& children, const json::Value& object, std::uint16_t structure);
  void Member(const ElementRules& rules, std::size_t slot, const json::Value& object,
              const json::Value& value, const r4::MemberRow& member, bool only_twin);
  void Array(const ElementRules& rules, std::size_t slot, const json::Value& value,
             const json::Value& twin, const r4::MemberRow& member);
  void Count(const ElementRules& rules, std::size_t slot, const fhirpath::Node& node);
  void Slice(const ElementRules& rules, std::size_t slot, const fhirpath::Node& node);
  void Finish(const ElementRules& rules, std::size_t slot, bool needed);

  bool InSlice(const fhir::Slice& slice, const fhirpath::Node& node);
  bool Reaches(const SliceTest& test, std::size_t step, const fhirpath::Node& node);
  bool ReachesChild(const SliceTest& test, std::size_t step, const fhirpath::Node& node);
  bool Passes(const SliceTest& test, const fhirpath::Node& node);

  // Whether it is all the same what else is found.
  bool Decided() const { return quiet_ && faults_ > 0; }
  // `text` is made only when it is reported.
  template <class Text>
  void Fault(const ElementRules& rules, const Text& text) {
    ++faults_;
    if (quiet_) return;
    if (log_.issues().size() < kMaxIssues) {
      Report(core::Severity::kError, rules.path, text());
    } else {
      log_.AddAt({}, {});  // counted only
    }
  }
  void Report(core::Severity severity, const std::string& path, const std::string& text);

  IssueLog& log_;
  const Definition* at_ = nullptr;
  fhirpath::Environment around_;
  fhirpath::Evaluator evaluator_;
  ReferenceResolver resolver_;
  std::vector<std::uint32_t> counts_;  // a stack: see ElementRules::slots
  Notices notices_ = Notices::kOff;
  bool quiet_ = false;
  std::size_t faults_ = 0;
  int hops_ = 0;  // references followed to where the walk is
};

}  // namespace healthlake::fhir
