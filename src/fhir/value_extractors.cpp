// The extractors of ValueCollector but those of tokens: one per kind of element and search type
// (search.html of R4, "Search Parameter Types").
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "fhir/token_pair.hpp"
#include "fhir/value_collector.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::string_view kCurrencies = "urn:iso:std:iso:4217";

std::string_view NumberText(const json::Value& value) {
  return value.is_number() ? value.raw() : std::string_view();
}

// The text is a JSON number; one that a double cannot hold becomes the largest or zero, as in a
// search for it: infinity is the open end of a Range.
double ToDouble(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && text.find('-', exponent) != text.npos;
    if (tiny) return 0;
    const double largest = std::numeric_limits<double>::max();
    return text.starts_with('-') ? -largest : largest;
  }
  return number;
}

std::optional<DateInterval> DateOf(const std::optional<json::Value>& value) {
  return value && value->is_string() ? ParseDateInterval(value->string()) : std::nullopt;
}

// False when the period says nothing, or nothing readable.
bool ReadPeriod(const json::Value& period, DateInterval& out) {
  const auto start = period.Find("start");
  const auto end = period.Find("end");
  const auto from = DateOf(start);
  const auto until = DateOf(end);
  if ((!from && !until) || (start && !from) || (end && !until)) return false;
  out.from = from ? from->from : kBeginningOfTime;
  out.until = until ? until->until : kEndOfTime;
  return true;
}

template <typename Function>
void ForEachText(const json::Value& value, std::span<const std::string_view> names,
                 const Function& function) {
  if (!value.is_object()) return;
  for (const json::Value member : value) {
    if (std::ranges::find(names, member.key()) == names.end()) continue;
    if (member.is_array()) {
      for (const json::Value item : member) function(TextOf(item));
    } else {
      function(TextOf(member));
    }
  }
}

}  // namespace

// --- References and URIs -------------------------------------------------------------------------

void ValueCollector::EmitText(const r4::ActionRow& action, ValueKind kind, std::string_view text) {
  if (text.empty()) return;
  IndexValue value;
  value.kind = kind;
  value.text = text;
  Emit(action, value);
}

void ValueCollector::EmitReference(const r4::ActionRow& action, std::string_view text) {
  const ReferenceText parsed = ParseReference(text, options_->datastore_id);
  IndexValue value;
  value.kind = ValueKind::kReference;
  value.text = parsed.text;
  value.target = parsed.target;
  Emit(action, value);
}

void ValueCollector::Reference(const r4::ActionRow& action, const json::Value& value) {
  if (!value.is_object()) return;
  std::string_view reference;
  std::string_view type;
  std::optional<json::Value> identifier;
  for (const json::Value member : value) {
    const std::string_view key = member.key();
    if (key == "reference") {
      reference = TextOf(member);
    } else if (key == "type") {
      type = TextOf(member);
    } else if (key == "identifier") {
      identifier = member;
    }
  }
  ResourceType target;
  if (!type.empty()) target = FindResourceType(type).value_or(ResourceType());
  if (!reference.empty() && reference.front() != '#') {
    const ReferenceText parsed = ParseReference(reference, options_->datastore_id);
    if (!parsed.target.IsNone()) target = parsed.target;
    IndexValue out;
    out.kind = ValueKind::kReference;
    out.text = parsed.text;
    out.target = target;
    Emit(action, out);
  }
  if (identifier) {
    const TokenPair pair = ReadPair(*identifier, "value");
    if (pair.code.empty() && pair.system.empty()) return;
    IndexValue out;
    out.kind = ValueKind::kIdentifier;
    out.system = pair.system;
    out.text = pair.code;
    out.target = target;
    Emit(action, out);
  }
}

void ValueCollector::ReferenceCanonical(const r4::ActionRow& action, const json::Value& value) {
  const std::string_view text = TextOf(value);
  if (text.empty() || text.front() == '#') return;
  EmitReference(action, text);
  const std::size_t bar = text.find('|');
  if (bar != std::string_view::npos && bar > 0) EmitReference(action, text.substr(0, bar));
}

void ValueCollector::ReferenceUri(const r4::ActionRow& action, const json::Value& value) {
  const std::string_view text = TextOf(value);
  if (!text.empty() && text.front() != '#') EmitReference(action, text);
}

// Bundle.entry[0].resource: the resource itself, as far as the parameter is about its type.
void ValueCollector::ReferenceResource(const r4::ActionRow& action, const json::Value& value) {
  const auto type_name = value.Find("resourceType");
  const auto id = value.Find("id");
  if (!type_name || !id || TextOf(*id).empty()) return;
  const auto type = FindResourceType(TextOf(*type_name));
  if (!type) return;
  for (std::size_t i = 0; i < action.sink_count; ++i) {
    const ParamId param = ParamId::FromNumber(r4::kSinks[action.first_sink + i].to);
    const SearchParam* definition = FindSearchParam(param);
    if (!definition || std::ranges::find(definition->targets, *type) == definition->targets.end()) {
      continue;
    }
    texts_.push_back(std::string(NameOf(*type)) + "/" + std::string(TextOf(*id)));
    IndexValue out;
    out.param = param;
    out.kind = ValueKind::kReference;
    out.text = texts_.back();
    out.target = *type;
    values_.push_back(out);
  }
}

void ValueCollector::Uri(const r4::ActionRow& action, const json::Value& value) {
  EmitText(action, ValueKind::kUri, TextOf(value));
}

void ValueCollector::UriCanonical(const r4::ActionRow& action, const json::Value& value) {
  const std::string_view text = TextOf(value);
  EmitText(action, ValueKind::kUri, text);
  const std::size_t bar = text.find('|');
  if (bar != std::string_view::npos) EmitText(action, ValueKind::kUri, text.substr(0, bar));
}

// --- Dates ---------------------------------------------------------------------------------------

void ValueCollector::DateText(const r4::ActionRow& action, const json::Value& value) {
  const auto interval = DateOf(value);
  if (!interval) return;
  IndexValue out;
  out.kind = ValueKind::kDate;
  out.from = interval->from;
  out.until = interval->until;
  Emit(action, out);
}

void ValueCollector::ServerLastUpdated(const r4::ActionRow& action, const json::Value& value) {
  if (!options_->last_updated) DateText(action, value);
}

void ValueCollector::DatePeriod(const r4::ActionRow& action, const json::Value& value) {
  DateInterval interval{};
  if (!ReadPeriod(value, interval)) return;
  IndexValue out;
  out.kind = ValueKind::kDate;
  out.from = interval.from;
  out.until = interval.until;
  Emit(action, out);
}

void ValueCollector::DateTiming(const r4::ActionRow& action, const json::Value& value) {
  bool any = false;
  DateInterval limits{kEndOfTime, kBeginningOfTime};
  const auto widen = [&](const DateInterval& interval) {
    any = true;
    limits.from = std::min(limits.from, interval.from);
    limits.until = std::max(limits.until, interval.until);
  };
  if (const auto events = value.Find("event"); events && events->is_array()) {
    for (const json::Value event : *events) {
      if (const auto interval = DateOf(event)) widen(*interval);
    }
  }
  if (const auto repeat = value.Find("repeat")) {
    DateInterval bounds{};
    const auto period = repeat->Find("boundsPeriod");
    if (period && ReadPeriod(*period, bounds)) widen(bounds);
  }
  if (!any) return;
  IndexValue out;
  out.kind = ValueKind::kDate;
  out.from = limits.from;
  out.until = limits.until;
  Emit(action, out);
}

// --- Numbers and quantities ----------------------------------------------------------------------

void ValueCollector::Number(const r4::ActionRow& action, const json::Value& value) {
  IndexValue out;
  out.kind = ValueKind::kNumber;
  out.text = NumberText(value);
  if (out.text.empty()) return;
  out.low = out.high = ToDouble(out.text);
  Emit(action, out);
}

ValueCollector::Quantity ValueCollector::ReadQuantity(const json::Value& value) {
  Quantity quantity;
  if (!value.is_object()) return quantity;
  for (const json::Value member : value) {
    const std::string_view key = member.key();
    if (key == "value") {
      quantity.number = NumberText(member);
    } else if (key == "system") {
      quantity.system = TextOf(member);
    } else if (key == "code") {
      quantity.code = TextOf(member);
    } else if (key == "unit") {
      quantity.unit = TextOf(member);
    }
  }
  return quantity;
}

void ValueCollector::QuantityValue(const r4::ActionRow& action, const json::Value& value) {
  const Quantity quantity = ReadQuantity(value);
  if (quantity.number.empty()) return;
  IndexValue out;
  out.kind = ValueKind::kQuantity;
  out.text = quantity.number;
  out.system = quantity.system;
  out.code = quantity.code;
  out.unit = quantity.unit;
  out.low = out.high = ToDouble(quantity.number);
  Emit(action, out);
}

void ValueCollector::QuantityMoney(const r4::ActionRow& action, const json::Value& value) {
  const auto number = value.Find("value");
  if (!number || !number->is_number()) return;
  IndexValue out;
  out.kind = ValueKind::kQuantity;
  out.text = number->raw();
  out.low = out.high = ToDouble(out.text);
  const auto currency = value.Find("currency");
  if (currency && !TextOf(*currency).empty()) {
    out.system = kCurrencies;
    out.code = TextOf(*currency);
  }
  Emit(action, out);
}

// Both ends, open ones infinite, and the unit of whichever end has one; false without any end.
bool ValueCollector::RangeOf(const json::Value& value, IndexValue& out) const {
  Quantity low;
  Quantity high;
  if (const auto found = value.Find("low")) low = ReadQuantity(*found);
  if (const auto found = value.Find("high")) high = ReadQuantity(*found);
  if (low.number.empty() && high.number.empty()) return false;
  out.low = low.number.empty() ? -kInfinity : ToDouble(low.number);
  out.high = high.number.empty() ? kInfinity : ToDouble(high.number);
  const Quantity& unit = low.number.empty() ? high : low;
  out.system = unit.system;
  out.code = unit.code;
  out.unit = unit.unit;
  return true;
}

void ValueCollector::NumberRange(const r4::ActionRow& action, const json::Value& value) {
  IndexValue out;
  if (!RangeOf(value, out)) return;
  out.kind = ValueKind::kNumber;
  out.system = out.code = out.unit = {};
  Emit(action, out);
}

void ValueCollector::QuantityRange(const r4::ActionRow& action, const json::Value& value) {
  IndexValue out;
  if (!RangeOf(value, out)) return;
  out.kind = ValueKind::kQuantity;
  Emit(action, out);
}

// The bounds of the sampled values (parameter value-quantity of Observation).
void ValueCollector::QuantitySampled(const r4::ActionRow& action, const json::Value& value) {
  const auto number = [&](std::string_view name) -> std::optional<double> {
    const auto found = value.Find(name);
    if (!found || !found->is_number()) return std::nullopt;
    return ToDouble(found->raw());
  };
  const auto origin = value.Find("origin");
  const auto data = value.Find("data");
  if (!origin || !data || !data->is_string()) return;
  const Quantity unit = ReadQuantity(*origin);
  const double zero = unit.number.empty() ? 0 : ToDouble(unit.number);
  const double factor = number("factor").value_or(1);
  IndexValue out;
  out.kind = ValueKind::kQuantity;
  out.low = kInfinity;
  out.high = -kInfinity;
  const auto widen = [&](double sample) {
    out.low = std::min(out.low, sample);
    out.high = std::max(out.high, sample);
  };
  std::string_view rest = data->string();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view sample = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (sample == "L" || sample == "U") {  // beyond what the device measures
      const auto limit = number(sample == "L" ? "lowerLimit" : "upperLimit");
      if (limit) widen(*limit);
      continue;
    }
    double raw = 0;
    const auto [stop, error] = std::from_chars(sample.data(), sample.data() + sample.size(), raw);
    if (error == std::errc() && stop == sample.data() + sample.size()) widen(zero + raw * factor);
  }
  if (out.low > out.high) return;
  out.system = unit.system;
  out.code = unit.code;
  out.unit = unit.unit;
  Emit(action, out);
}

void ValueCollector::Position(const r4::ActionRow& action, const json::Value& value) {
  const auto latitude = value.Find("latitude");
  const auto longitude = value.Find("longitude");
  if (!latitude || !longitude || !latitude->is_number() || !longitude->is_number()) return;
  IndexValue out;
  out.kind = ValueKind::kPosition;
  out.low = ToDouble(latitude->raw());
  out.high = ToDouble(longitude->raw());
  Emit(action, out);
}

// --- Strings -------------------------------------------------------------------------------------

void ValueCollector::StringText(const r4::ActionRow& action, const json::Value& value) {
  EmitText(action, ValueKind::kString, TextOf(value));
}

void ValueCollector::StringHumanName(const r4::ActionRow& action, const json::Value& value) {
  static constexpr std::array<std::string_view, 5> kParts = {"text", "family", "given", "prefix",
                                                             "suffix"};
  ForEachText(value, kParts,
              [&](std::string_view text) { EmitText(action, ValueKind::kString, text); });
}

void ValueCollector::StringAddress(const r4::ActionRow& action, const json::Value& value) {
  static constexpr std::array<std::string_view, 7> kParts = {
      "text", "line", "city", "district", "state", "postalCode", "country"};
  ForEachText(value, kParts,
              [&](std::string_view text) { EmitText(action, ValueKind::kString, text); });
}

}  // namespace healthlake::fhir
