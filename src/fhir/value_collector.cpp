#include "fhir/value_collector.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace healthlake::fhir {
namespace {

// Combinations of the parts at one element, per composite: above, the resource is refused rather
// than indexed in part.
constexpr std::size_t kMaxCombinations = 10'000;
constexpr std::uint16_t kResourceSlots = 0x100;  // above the slots of nodes

std::int64_t Millis(core::Timestamp time) {
  return time.time_since_epoch().count();
}

IndexValue Moment(std::uint16_t param, core::Timestamp time) {
  IndexValue value;
  value.param = ParamId::FromNumber(param);
  value.kind = ValueKind::kDate;
  value.from = Millis(time);
  value.until = value.from + 1;
  return value;
}

// Values that only a modifier asks for: parts of composites have none.
bool AnswersModifier(ValueKind kind) {
  return kind == ValueKind::kIdentifier || kind == ValueKind::kTokenText ||
         kind == ValueKind::kTypedIdentifier;
}

}  // namespace

// In the order of r4::Extractor.
const ValueCollector::Method ValueCollector::kMethods[] = {
    &ValueCollector::ServerId,
    &ValueCollector::ServerLastUpdated,
    &ValueCollector::DatePeriod,
    &ValueCollector::DateText,
    &ValueCollector::DateTiming,
    &ValueCollector::ExistsNotFalse,
    &ValueCollector::Number,
    &ValueCollector::NumberRange,
    &ValueCollector::Position,
    &ValueCollector::QuantityValue,
    &ValueCollector::QuantityMoney,
    &ValueCollector::QuantityRange,
    &ValueCollector::QuantitySampled,
    &ValueCollector::Reference,
    &ValueCollector::ReferenceCanonical,
    &ValueCollector::ReferenceResource,
    &ValueCollector::ReferenceUri,
    &ValueCollector::StringAddress,
    &ValueCollector::StringHumanName,
    &ValueCollector::StringText,
    &ValueCollector::TokenBoolean,
    &ValueCollector::TokenCoding,
    &ValueCollector::TokenConcept,
    &ValueCollector::TokenContactPoint,
    &ValueCollector::TokenIdentifier,
    &ValueCollector::TokenText,
    &ValueCollector::Uri,
    &ValueCollector::UriCanonical,
};

void ValueCollector::Reset(const WalkOptions& options, const json::Value& resource) {
  options_ = &options;
  resource_ = &resource;
  values_.clear();
  captured_.clear();
  texts_.clear();
}

void ValueCollector::AddServerValues(const r4::TypeRow& type) {
  const auto param = [&](int offset) {
    return static_cast<std::uint16_t>(type.first_param + offset);
  };
  if (!options_->id.empty()) {
    IndexValue value;
    value.param = ParamId::FromNumber(param(1));  // the generator sees to it that _id is second
    value.text = options_->id;
    values_.push_back(value);
  }
  if (options_->last_updated) values_.push_back(Moment(param(2), *options_->last_updated));
  if (options_->created_at) values_.push_back(Moment(type.created_param, *options_->created_at));
}

void ValueCollector::Visit(const r4::NodeRow& node, const json::Value& value) {
  const r4::ActionRow* action = r4::kActions + node.first_action;
  for (const r4::ActionRow* end = action + node.action_count; action != end; ++action) {
    if (action->step_count == 0 || action->extractor == r4::Extractor::kExistsNotFalse) {
      Extract(*action, value);
    } else {
      Follow(*action, 0, value);
    }
  }
}

// At most as deep as the action has steps.
void ValueCollector::Follow(const r4::ActionRow& action, std::size_t step,
                            const json::Value& value) {
  if (step == action.step_count) {
    Extract(action, value);
    return;
  }
  const r4::StepRow& row = r4::kSteps[action.first_step + step];
  if (row.op == r4::StepOp::kWhere) {
    const auto found = value.Find(r4::View(row.name));
    if (found && found->is_string() && found->string() == r4::View(row.value)) {
      Follow(action, step + 1, value);
    }
    return;
  }
  const auto child = value.Find(r4::View(row.name));
  if (!child) return;
  const bool indexed = step + 1 < action.step_count &&
                       r4::kSteps[action.first_step + step + 1].op == r4::StepOp::kIndex;
  if (!child->is_array()) {
    if (!indexed || r4::kSteps[action.first_step + step + 1].index == 0) {
      Follow(action, step + (indexed ? 2 : 1), *child);
    }
    return;
  }
  std::size_t at = 0;
  for (const json::Value item : *child) {
    if (!indexed) {
      Follow(action, step + 1, item);
    } else if (at++ == r4::kSteps[action.first_step + step + 1].index) {
      Follow(action, step + 2, item);
      return;
    }
  }
}

void ValueCollector::Extract(const r4::ActionRow& action, const json::Value& value) {
  (this->*kMethods[static_cast<std::size_t>(action.extractor)])(action, value);
}

void ValueCollector::Emit(const r4::ActionRow& action, const IndexValue& value) {
  if (action.sink_count == 0) {  // see Gather
    if (!AnswersModifier(value.kind)) values_.push_back(value);
    return;
  }
  const r4::SinkRow* sink = r4::kSinks + action.first_sink;
  for (const r4::SinkRow* end = sink + action.sink_count; sink != end; ++sink) {
    if (sink->target != 0 && sink->target != value.target.number()) continue;
    if (sink->to & r4::kSlotSink) {
      if (AnswersModifier(value.kind)) continue;
      captured_.push_back({static_cast<std::uint16_t>(sink->to & ~r4::kSlotSink), value});
    } else {
      values_.push_back(value);
      values_.back().param = ParamId::FromNumber(sink->to);
    }
  }
}

void ValueCollector::EndContext(const r4::NodeRow& node, std::size_t mark) {
  if (captured_.size() == mark) return;
  const r4::CompositeRow* composite = r4::kComposites + node.first_composite;
  for (const r4::CompositeRow* end = composite + node.composite_count; composite != end;
       ++composite) {
    if (Gather(*composite, mark)) AddComposites(*composite);
  }
  captured_.resize(mark);
}

// Finds the values of every part; false when one has none.
bool ValueCollector::Gather(const r4::CompositeRow& composite, std::size_t mark) {
  for (std::size_t part = 0; part < composite.part_count; ++part) {
    parts_[part].clear();
    std::uint16_t slot = composite.slot[part];
    std::size_t start = mark;
    if (composite.slot[part] == r4::kNoSlot) {
      slot = static_cast<std::uint16_t>(kResourceSlots + part);
      start = captured_.size();
      // An action without sinks: what it extracts is taken off values_, where it does not belong.
      const std::size_t before = values_.size();
      Follow(r4::kActions[composite.resource_action[part]], 0, *resource_);
      for (std::size_t i = before; i < values_.size(); ++i) captured_.push_back({slot, values_[i]});
      values_.resize(before);
    }
    for (std::size_t i = start; i < captured_.size(); ++i) {
      if (captured_[i].slot == slot) parts_[part].push_back(i);
    }
    if (parts_[part].empty()) return false;
  }
  return true;
}

void ValueCollector::AddComposites(const r4::CompositeRow& composite) {
  std::size_t total = 1;
  for (std::size_t part = 0; part < composite.part_count; ++part) total *= parts_[part].size();
  if (total > kMaxCombinations) {
    issues_->Add("Too many combinations for the search parameter '" +
                 std::string(r4::View(r4::kParams[composite.param].code)) +
                 "': " + std::to_string(total) + " where " + std::to_string(kMaxCombinations) +
                 " are allowed");
    return;
  }
  for (std::size_t combination = 0; combination < total; ++combination) {
    IndexValue header;
    header.param = ParamId::FromNumber(composite.param);
    header.kind = ValueKind::kComposite;
    header.parts = composite.part_count;
    values_.push_back(header);
    std::size_t rest = combination;
    for (std::size_t part = 0; part < composite.part_count; ++part) {
      const std::vector<std::size_t>& choices = parts_[part];
      values_.push_back(captured_[choices[rest % choices.size()]].value);
      values_.back().param = ParamId::FromNumber(composite.part_param[part]);
      rest /= choices.size();
    }
  }
}

}  // namespace healthlake::fhir
