#include "aws/validator.hpp"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "aws/model/table.hpp"
#include "aws/pattern.hpp"
#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::aws {
namespace {

using json::Tree;
using model::Kind;
using model::MemberRow;
using model::ShapeRow;

// The first second of the year 10000, and as far on the other side: what a timestamp may hold.
constexpr double kEndOfTime = 253'402'300'800.0;

std::string LowerCamel(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::string Join(std::span<const std::string_view> values) {
  std::string text;
  for (std::string_view value : values) {
    if (!text.empty()) text += ", ";
    text += value;
  }
  return text;
}

bool IsInteger(const Tree& value) {
  return value.is_number_integer();
}
bool IsTime(const Tree& value) {
  return value.is_number() && std::abs(value.get<double>()) < kEndOfTime;
}

struct TypeRow {
  bool (*accepts)(const Tree& value);
  std::string_view name;
};

// In the order of Kind.
constexpr std::array<TypeRow, 7> kTypes = {{
    {[](const Tree& value) { return value.is_object(); }, "an object"},
    {[](const Tree& value) { return value.is_array(); }, "an array"},
    {[](const Tree& value) { return value.is_string(); }, "a string"},
    {IsInteger, "an integer"},
    {[](const Tree& value) { return value.is_number(); }, "a number"},
    {[](const Tree& value) { return value.is_boolean(); }, "a boolean"},
    {IsTime, "a time in epoch seconds"},
}};
static_assert(static_cast<std::size_t>(Kind::kTimestamp) + 1 == kTypes.size());

class Walk {
 public:
  explicit Walk(std::vector<std::string>& violations) : violations_(violations) {}

  Tree Visit(const ShapeRow& shape, const Tree& value) {
    const TypeRow& type = kTypes[static_cast<std::size_t>(shape.kind)];
    if (!type.accepts(value)) {
      throw core::Error(core::ErrorKind::kSerialization,
                        path_.empty()
                            ? "The body must be a JSON object"
                            : "The value at '" + path_ + "' must be " + std::string(type.name));
    }
    switch (shape.kind) {
      case Kind::kStructure:
        return VisitStructure(shape, value);
      case Kind::kList:
        return VisitList(shape, value);
      case Kind::kString:
        CheckText(shape, value.get_ref<const std::string&>());
        return value;
      case Kind::kInteger:
        CheckRange(shape, value);
        return value;
      default:
        return value;
    }
  }

 private:
  // Extends the path for the time of one visit.
  class Step {
   public:
    Step(std::string& path, std::string_view name) : path_(path), length_(path.size()) {
      if (!path_.empty()) path_ += '.';
      path_ += name;
    }
    ~Step() { path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& path_;
    std::size_t length_;
  };

  Tree VisitStructure(const ShapeRow& shape, const Tree& value) {
    Tree known = Tree::object();
    for (const MemberRow& member : model::MembersOf(shape)) {
      const Step step(path_, LowerCamel(member.name));
      const auto found = value.find(member.name);
      if (found == value.end() || found->is_null()) {
        if (member.required) Violation({}, "Member must not be null");
        continue;
      }
      known[std::string(member.name)] = Visit(model::ShapeAt(member.shape), *found);
    }
    if (shape.is_union && known.size() != 1) {
      std::string names;
      for (const MemberRow& member : model::MembersOf(shape)) {
        if (!names.empty()) names += ", ";
        names += LowerCamel(member.name);
      }
      Violation({}, "Member must have exactly one of these set: [" + names + "]");
    }
    return known;
  }

  Tree VisitList(const ShapeRow& shape, const Tree& value) {
    CheckLength(shape, {}, value.size());
    Tree known = Tree::array();
    std::int64_t position = 0;
    for (const Tree& element : value) {
      ++position;
      const Step step(path_, std::to_string(position) + ".member");
      // A list that is too long is one fault; the text of the answer must not grow with its length.
      const bool beyond = position > shape.max;
      muted_ += beyond ? 1 : 0;
      if (element.is_null()) {
        Violation({}, "Member must not be null");
      } else {
        known.push_back(Visit(model::ShapeAt(shape.element), element));
      }
      muted_ -= beyond ? 1 : 0;
    }
    return known;
  }

  void CheckText(const ShapeRow& shape, const std::string& text) {
    const auto values = model::EnumValuesOf(shape);
    if (!values.empty() && std::find(values.begin(), values.end(), text) == values.end()) {
      Violation(text, "Member must satisfy enum value set: [" + Join(values) + "]");
    }
    if (shape.pattern >= 0 && !MatchesPattern(shape.pattern, text)) {
      const auto& pattern = model::Patterns()[static_cast<std::size_t>(shape.pattern)];
      Violation(text,
                "Member must satisfy regular expression pattern: " + std::string(pattern.text));
    }
    CheckLength(shape, text, core::CodePoints(text));
  }

  void CheckLength(const ShapeRow& shape, std::string_view shown, std::size_t length) {
    CheckBounds(shape, shown, static_cast<std::int64_t>(length), "length");
  }

  void CheckRange(const ShapeRow& shape, const Tree& value) {
    constexpr auto kLargest = static_cast<std::uint64_t>(model::kNoMax);
    const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > kLargest;
    CheckBounds(shape, value.dump(), huge ? model::kNoMax : value.get<std::int64_t>(), "value");
  }

  void CheckBounds(const ShapeRow& shape, std::string_view shown, std::int64_t measured,
                   std::string_view what) {
    if (measured < shape.min) {
      Violation(shown, "Member must have " + std::string(what) + " greater than or equal to " +
                           std::to_string(shape.min));
    }
    if (measured > shape.max) {
      Violation(shown, "Member must have " + std::string(what) + " less than or equal to " +
                           std::to_string(shape.max));
    }
  }

  // An empty `shown` prints no value, as AWS does for what is absent or empty.
  void Violation(std::string_view shown, const std::string& constraint) {
    if (muted_ > 0) return;
    std::string text = "Value ";
    if (!shown.empty()) text.append("'").append(shown).append("' ");
    text.append("at '").append(path_).append("' failed to satisfy constraint: ");
    text += constraint;
    violations_.push_back(std::move(text));
  }

  std::vector<std::string>& violations_;
  std::string path_;
  int muted_ = 0;
};

}  // namespace

Tree CheckShape(int shape, const Tree& value, std::vector<std::string>& violations) {
  return Walk(violations).Visit(model::ShapeAt(shape), value);
}

std::string DescribeViolations(const std::vector<std::string>& violations) {
  std::string text = std::to_string(violations.size());
  text += violations.size() == 1 ? " validation error detected: " : " validation errors detected: ";
  for (std::size_t i = 0; i < violations.size(); ++i) {
    if (i > 0) text += "; ";
    text += violations[i];
  }
  return text;
}

}  // namespace healthlake::aws
