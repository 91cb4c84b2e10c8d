#include "fhir/profile/datum.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace healthlake::fhir {
namespace {

bool SameNumber(std::string_view a, std::string_view b) {
  if (a == b) return true;
  double x = 0;
  double y = 0;
  std::from_chars(a.data(), a.data() + a.size(), x);
  std::from_chars(b.data(), b.data() + b.size(), y);
  return x == y;
}

// Nullopt: not scalars.
std::optional<bool> SameScalar(const Datum& datum, const json::Value& value) {
  if (datum.type != value.type()) return false;
  switch (datum.type) {
    case json::Type::kArray:
    case json::Type::kObject:
      return std::nullopt;
    case json::Type::kString:
      return datum.text == value.string();
    case json::Type::kNumber:
      return SameNumber(datum.text, value.raw());
    default:
      return datum.text == value.raw();
  }
}

void Append(std::string& out, const Datum& datum) {
  const bool object = datum.type == json::Type::kObject;
  if (!object && datum.type != json::Type::kArray) {
    out += datum.type == json::Type::kString ? '"' + datum.text + '"' : datum.text;
    return;
  }
  out += object ? '{' : '[';
  for (const Datum& child : datum.children) {
    if (&child != datum.children.data()) out += ',';
    if (object) out += '"' + child.name + "\":";
    Append(out, child);
  }
  out += object ? '}' : ']';
}

}  // namespace

Datum Datum::From(const json::Value& value) {
  Datum datum;
  datum.type = value.type();
  datum.name = value.key();
  if (value.is_object() || value.is_array()) {
    datum.children.reserve(value.size());
    for (const json::Value child : value) datum.children.push_back(From(child));
  } else {
    datum.text = value.is_string() ? value.string() : value.raw();
  }
  return datum;
}

const Datum* Datum::Find(std::string_view member) const {
  if (type != json::Type::kObject) return nullptr;
  const auto found = std::ranges::find(children, member, &Datum::name);
  return found == children.end() ? nullptr : &*found;
}

std::string Datum::Json() const {
  std::string out;
  Append(out, *this);
  return out;
}

bool EqualsFixed(const Datum& fixed, const json::Value& value) {
  if (const auto same = SameScalar(fixed, value)) return *same;
  if (fixed.children.size() != value.size()) return false;
  if (fixed.type == json::Type::kArray) {
    return std::equal(fixed.children.begin(), fixed.children.end(), value.begin(), EqualsFixed);
  }
  return std::ranges::all_of(fixed.children, [&](const Datum& child) {
    const auto found = value.Find(child.name);
    return found && EqualsFixed(child, *found);
  });
}

bool MatchesPattern(const Datum& pattern, const json::Value& value) {
  if (const auto same = SameScalar(pattern, value)) return *same;
  if (pattern.type == json::Type::kArray) {
    return std::ranges::all_of(pattern.children, [&](const Datum& item) {
      return std::any_of(value.begin(), value.end(),
                         [&](const json::Value& each) { return MatchesPattern(item, each); });
    });
  }
  return std::ranges::all_of(pattern.children, [&](const Datum& child) {
    const auto found = value.Find(child.name);
    return found && MatchesPattern(child, *found);
  });
}

}  // namespace healthlake::fhir
