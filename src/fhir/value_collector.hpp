// Turns elements into index values, as the actions at the nodes of a type's trie say.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue_log.hpp"
#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Elements of the wrong JSON type give no value: the structure may be unchecked.
class ValueCollector {
 public:
  explicit ValueCollector(IssueLog& issues) : issues_(&issues) {}

  void Reset(const WalkOptions& options, const json::Value& resource);
  // Adds what the server sets, at the end of a walk.
  void AddServerValues(const r4::TypeRow& type);

  // Runs the actions of `node` on one value of its element.
  void Visit(const r4::NodeRow& node, const json::Value& value);
  // Around the children of a value whose node has composites; `mark` comes from Begin.
  std::size_t BeginContext() const { return captured_.size(); }
  void EndContext(const r4::NodeRow& node, std::size_t mark);

  const std::vector<IndexValue>& values() const { return values_; }

 private:
  struct Captured {
    std::uint16_t slot;
    IndexValue value;
  };
  struct Quantity {
    std::string_view number;
    std::string_view system;
    std::string_view code;
    std::string_view unit;
  };

  void Follow(const r4::ActionRow& action, std::size_t step, const json::Value& value);
  void Extract(const r4::ActionRow& action, const json::Value& value);
  void Emit(const r4::ActionRow& action, const IndexValue& value);
  bool Gather(const r4::CompositeRow& composite, std::size_t mark);
  void AddComposites(const r4::CompositeRow& composite);

  void TokenText(const r4::ActionRow& action, const json::Value& value);
  void TokenBoolean(const r4::ActionRow& action, const json::Value& value);
  void TokenCoding(const r4::ActionRow& action, const json::Value& value);
  void TokenConcept(const r4::ActionRow& action, const json::Value& value);
  void TokenIdentifier(const r4::ActionRow& action, const json::Value& value);
  void TokenContactPoint(const r4::ActionRow& action, const json::Value& value);
  void ExistsNotFalse(const r4::ActionRow& action, const json::Value& value);
  void Reference(const r4::ActionRow& action, const json::Value& value);
  void ReferenceCanonical(const r4::ActionRow& action, const json::Value& value);
  void ReferenceUri(const r4::ActionRow& action, const json::Value& value);
  void ReferenceResource(const r4::ActionRow& action, const json::Value& value);
  void Uri(const r4::ActionRow& action, const json::Value& value);
  void UriCanonical(const r4::ActionRow& action, const json::Value& value);
  void DateText(const r4::ActionRow& action, const json::Value& value);
  void DatePeriod(const r4::ActionRow& action, const json::Value& value);
  void DateTiming(const r4::ActionRow& action, const json::Value& value);
  void Number(const r4::ActionRow& action, const json::Value& value);
  void NumberRange(const r4::ActionRow& action, const json::Value& value);
  void QuantityValue(const r4::ActionRow& action, const json::Value& value);
  void QuantityMoney(const r4::ActionRow& action, const json::Value& value);
  void QuantityRange(const r4::ActionRow& action, const json::Value& value);
  void QuantitySampled(const r4::ActionRow& action, const json::Value& value);
  void StringText(const r4::ActionRow& action, const json::Value& value);
  void StringHumanName(const r4::ActionRow& action, const json::Value& value);
  void StringAddress(const r4::ActionRow& action, const json::Value& value);
  void Position(const r4::ActionRow& action, const json::Value& value);
  void ServerId(const r4::ActionRow& action, const json::Value& value);
  void ServerLastUpdated(const r4::ActionRow& action, const json::Value& value);

  // Under TokenTexts::kOn.
  void TextOfToken(const r4::ActionRow& action, const json::Value& value, std::string_view name);
  void IdentifierType(const r4::ActionRow& action, const json::Value& identifier,
                      std::string_view number);

  void EmitText(const r4::ActionRow& action, ValueKind kind, std::string_view text);
  void EmitReference(const r4::ActionRow& action, std::string_view text);
  bool RangeOf(const json::Value& value, IndexValue& out) const;
  static Quantity ReadQuantity(const json::Value& value);
  using Method = void (ValueCollector::*)(const r4::ActionRow&, const json::Value&);
  static const Method kMethods[];

  IssueLog* issues_;
  const WalkOptions* options_ = nullptr;
  const json::Value* resource_ = nullptr;
  std::vector<IndexValue> values_;
  std::vector<Captured> captured_;  // parts of composites not yet put together
  std::vector<std::size_t> parts_[3];
  std::deque<std::string> texts_;  // the few texts that do not stand in the resource
};

}  // namespace healthlake::fhir
