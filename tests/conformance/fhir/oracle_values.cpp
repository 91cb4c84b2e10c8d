// What the values of an expression give to a search parameter, in the words of search.html.
#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

#include "conformance/fhir/oracle_values.hpp"
#include "conformance/fhir/value_text.hpp"
#include "fhir/fhirpath/types.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir::oracle {
namespace {

using Values = std::vector<IndexValue>;

// An element that the engine found, as the rules below ask of it.
struct Item {
  json::Value value;
  std::string_view type;  // "CodeableConcept", "dateTime", "Resource"
  bool primitive = false;
};

Item ItemOf(const fhirpath::Node& node) {
  if (r4::IsPrimitive(node.kind)) return {node.value, fhirpath::NameOf(node.kind), true};
  const std::string_view path = r4::View(r4::kStructures[node.structure].path);
  return {node.value, FindResourceType(path) ? "Resource" : path, false};
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string_view Member(const json::Value& value, std::string_view name) {
  const auto found = value.Find(name);
  if (!found) return {};
  return found->is_string() ? found->string() : found->raw();
}

double NumberIn(std::string_view text) {
  return std::stod(std::string(text));
}

void AddToken(std::string_view system, std::string_view code, Values& out) {
  IndexValue value;
  value.system = system;
  value.text = code;
  if (!system.empty() || !code.empty()) out.push_back(value);
}

void Tokens(const Item& item, Values& out) {
  if (item.type == "CodeableConcept") {
    const auto codings = item.value.Find("coding");
    if (!codings) return;
    for (const json::Value coding : *codings) {
      AddToken(Member(coding, "system"), Member(coding, "code"), out);
    }
  } else if (item.type == "Coding") {
    AddToken(Member(item.value, "system"), Member(item.value, "code"), out);
  } else if (item.type == "Identifier") {
    AddToken(Member(item.value, "system"), Member(item.value, "value"), out);
  } else if (item.type == "ContactPoint") {
    if (!Member(item.value, "value").empty()) {
      AddToken(Member(item.value, "system"), Member(item.value, "value"), out);
      out.back().system_implied = true;  // "phone" is no URI, and no namespace of numbers
    }
  } else if (item.primitive) {
    AddToken({}, item.value.is_string() ? item.value.string() : item.value.raw(), out);
  }
}

void AddReference(std::string_view text, std::string_view type, Values& out) {
  if (text.empty() || text.starts_with('#')) return;
  const ReferenceText parsed = ParseReference(text, {});
  IndexValue value;
  value.kind = ValueKind::kReference;
  value.text = parsed.text;
  value.target = parsed.target;
  if (value.target.IsNone()) value.target = FindResourceType(type).value_or(ResourceType());
  out.push_back(value);
}

void References(const Item& item, std::deque<std::string>& texts, Values& out) {
  if (item.type == "Reference") {
    AddReference(Member(item.value, "reference"), Member(item.value, "type"), out);
    if (const auto identifier = item.value.Find("identifier")) {
      const std::size_t before = out.size();
      AddToken(Member(*identifier, "system"), Member(*identifier, "value"), out);
      for (std::size_t i = before; i < out.size(); ++i) out[i].kind = ValueKind::kIdentifier;
    }
  } else if (item.type == "canonical") {
    AddReference(item.value.string(), {}, out);
    const std::string_view text = item.value.string();
    if (text.find('|') != text.npos) AddReference(text.substr(0, text.find('|')), {}, out);
  } else if (item.type == "uri") {
    AddReference(item.value.string(), {}, out);
  } else if (item.type == "Resource") {
    texts.push_back(std::string(Member(item.value, "resourceType")) + "/" +
                    std::string(Member(item.value, "id")));
    AddReference(texts.back(), {}, out);
  }
}

void AddDate(std::int64_t from, std::int64_t until, Values& out) {
  IndexValue value;
  value.kind = ValueKind::kDate;
  value.from = from;
  value.until = until;
  out.push_back(value);
}

DateInterval PeriodOf(const json::Value& period) {
  const auto start = ParseDateInterval(Member(period, "start"));
  const auto end = ParseDateInterval(Member(period, "end"));
  return {start ? start->from : kBeginningOfTime, end ? end->until : kEndOfTime};
}

void Dates(const Item& item, Values& out) {
  if (item.type == "date" || item.type == "dateTime" || item.type == "instant") {
    const auto interval =
        item.value.is_string() ? ParseDateInterval(item.value.string()) : std::nullopt;
    if (interval) AddDate(interval->from, interval->until, out);
  } else if (item.type == "Period") {
    if (!item.value.Find("start") && !item.value.Find("end")) return;
    const DateInterval interval = PeriodOf(item.value);
    AddDate(interval.from, interval.until, out);
  } else if (item.type == "Timing") {
    std::vector<DateInterval> all;
    if (const auto events = item.value.Find("event")) {
      for (const json::Value event : *events) {
        if (const auto interval = ParseDateInterval(event.string())) all.push_back(*interval);
      }
    }
    const auto repeat = item.value.Find("repeat");
    if (repeat && repeat->Find("boundsPeriod")) {
      all.push_back(PeriodOf(*repeat->Find("boundsPeriod")));
    }
    if (all.empty()) return;
    AddDate(std::ranges::min(all, {}, &DateInterval::from).from,
            std::ranges::max(all, {}, &DateInterval::until).until, out);
  }
}

void AddQuantity(ValueKind kind, std::string_view text, double low, double high,
                 const json::Value& unit, Values& out) {
  IndexValue value;
  value.kind = kind;
  value.text = text;
  value.low = low;
  value.high = high;
  if (kind == ValueKind::kQuantity) {
    value.system = Member(unit, "system");
    value.code = Member(unit, "code");
    value.unit = Member(unit, "unit");
    if (unit.Find("currency")) {
      value.system = "urn:iso:std:iso:4217";
      value.code = Member(unit, "currency");
    }
  }
  out.push_back(value);
}

void Range(const Item& item, ValueKind kind, Values& out) {
  const auto low = item.value.Find("low");
  const auto high = item.value.Find("high");
  const bool has_low = low && low->Find("value");
  const bool has_high = high && high->Find("value");
  if (!has_low && !has_high) return;
  AddQuantity(kind, {}, has_low ? NumberIn(Member(*low, "value")) : -kInfinity,
              has_high ? NumberIn(Member(*high, "value")) : kInfinity, has_low ? *low : *high, out);
}

void Samples(const Item& item, Values& out) {
  const json::Value origin = *item.value.Find("origin");
  const double zero = NumberIn(Member(origin, "value"));
  const auto factor = item.value.Find("factor");
  std::vector<double> samples;
  std::istringstream words{std::string(Member(item.value, "data"))};
  for (std::string word; words >> word;) {
    if (word == "E") continue;
    if (word == "L" || word == "U") {
      const auto limit = item.value.Find(word == "L" ? "lowerLimit" : "upperLimit");
      if (limit) samples.push_back(NumberIn(limit->raw()));
    } else {
      samples.push_back(zero + std::stod(word) * (factor ? NumberIn(factor->raw()) : 1));
    }
  }
  if (samples.empty()) return;
  AddQuantity(ValueKind::kQuantity, {}, std::ranges::min(samples), std::ranges::max(samples),
              origin, out);
}

void Numbers(const Item& item, ValueKind kind, Values& out) {
  if (item.type == "Range") {
    Range(item, kind, out);
  } else if (item.type == "SampledData") {
    Samples(item, out);
  } else if (item.primitive) {
    if (!item.value.is_number()) return;
    const double number = NumberIn(item.value.raw());
    AddQuantity(kind, item.value.raw(), number, number, item.value, out);
  } else if (const auto value = item.value.Find("value")) {
    const double number = NumberIn(value->raw());
    AddQuantity(kind, value->raw(), number, number, item.value, out);
  }
}

void Strings(const Item& item, Values& out) {
  const auto add = [&](const json::Value& text) {
    if (!text.is_string()) return;
    IndexValue value;
    value.kind = ValueKind::kString;
    value.text = text.string();
    out.push_back(value);
  };
  if (item.primitive) return add(item.value);
  // All the string fields of a HumanName or an Address, but not its codes and periods.
  for (const json::Value member : item.value) {
    const std::string_view key = member.key();
    if (key == "use" || key == "type" || key == "id" || key == "period" || key == "extension" ||
        key.starts_with('_')) {
      continue;
    }
    if (member.is_array()) {
      for (const json::Value text : member) add(text);
    } else {
      add(member);
    }
  }
}

void Uris(const Item& item, Values& out) {
  std::string_view text = item.value.string();
  IndexValue value;
  value.kind = ValueKind::kUri;
  value.text = text;
  out.push_back(value);
  if (item.type == "canonical" && text.find('|') != text.npos) {
    value.text = text.substr(0, text.find('|'));
    out.push_back(value);
  }
}

void Position(const Item& item, Values& out) {
  IndexValue value;
  value.kind = ValueKind::kPosition;
  value.low = NumberIn(Member(item.value, "latitude"));
  value.high = NumberIn(Member(item.value, "longitude"));
  out.push_back(value);
}

}  // namespace

std::vector<IndexValue> IndexValuesOf(std::span<const fhirpath::Item> items, SearchType type,
                                      std::deque<std::string>& texts) {
  Values out;
  for (const fhirpath::Item& found : items) {
    if (found.type() == fhirpath::ItemType::kBoolean) {
      AddToken({}, found.boolean() ? "true" : "false", out);
    }
    if (!found.IsElement() || !found.node().value.exists()) continue;
    const Item item = ItemOf(found.node());
    switch (type) {
      case SearchType::kToken:
        Tokens(item, out);
        break;
      case SearchType::kReference:
        References(item, texts, out);
        break;
      case SearchType::kDate:
        Dates(item, out);
        break;
      case SearchType::kNumber:
        Numbers(item, ValueKind::kNumber, out);
        break;
      case SearchType::kQuantity:
        Numbers(item, ValueKind::kQuantity, out);
        break;
      case SearchType::kString:
        Strings(item, out);
        break;
      case SearchType::kUri:
        Uris(item, out);
        break;
      case SearchType::kSpecial:
        Position(item, out);
        break;
      case SearchType::kComposite:
        break;
    }
  }
  return out;
}

std::vector<std::string> ValuesOf(std::span<const fhirpath::Item> items, SearchType type) {
  std::deque<std::string> texts;
  std::vector<std::string> out;
  for (const IndexValue& value : IndexValuesOf(items, type, texts)) out.push_back(TextOf(value));
  return out;
}

}  // namespace healthlake::fhir::oracle
