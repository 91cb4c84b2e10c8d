// One item of a FHIRPath collection: an element, or a value of a System type.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "fhir/fhirpath/decimal.hpp"
#include "fhir/fhirpath/moment.hpp"
#include "fhir/fhirpath/node.hpp"

namespace healthlake::fhir::fhirpath {

struct Quantity {
  Decimal value;
  std::string_view unit;  // "mg" of 4 'mg'; "day" of 4 days: keywords are kept in the singular
  bool calendar = false;  // the unit is a keyword
};

enum class ItemType : std::uint8_t {
  kElement,  // of a FHIR type: node()
  kBoolean,
  kInteger,
  kDecimal,
  kString,
  kDate,
  kDateTime,
  kTime,
  kQuantity,
};

// Copied freely. What an evaluation gives is valid until the evaluator's next one, and as long as
// the Document is; text of a literal as long as the Expression is.
class Item {
 public:
  Item() noexcept : Item(false) {}
  explicit Item(const Node& node, std::uint32_t owner = 0) noexcept
      : node_(node), owner_(owner), type_(ItemType::kElement) {}
  explicit Item(bool value) noexcept : boolean_(value), type_(ItemType::kBoolean) {}
  explicit Item(std::int64_t value) noexcept : integer_(value), type_(ItemType::kInteger) {}
  explicit Item(const Decimal& value) noexcept : decimal_(value), type_(ItemType::kDecimal) {}
  explicit Item(std::string_view value) noexcept : string_(value), type_(ItemType::kString) {}
  explicit Item(const char*) = delete;
  // kDate, kDateTime or kTime
  Item(const Moment& value, ItemType type) noexcept : moment_(value), type_(type) {}
  explicit Item(const Quantity& value) noexcept : quantity_(value), type_(ItemType::kQuantity) {}

  ItemType type() const noexcept { return type_; }
  bool IsElement() const noexcept { return type_ == ItemType::kElement; }

  // Each only for its type.
  const Node& node() const noexcept { return node_; }
  bool boolean() const noexcept { return boolean_; }
  std::int64_t integer() const noexcept { return integer_; }
  const Decimal& decimal() const noexcept { return decimal_; }
  std::string_view string() const noexcept { return string_; }
  const Moment& moment() const noexcept { return moment_; }  // kDate, kDateTime, kTime
  const Quantity& quantity() const noexcept { return quantity_; }

  // Of an element: which of the resources met in this evaluation it belongs to. The evaluator's
  // own business.
  std::uint32_t owner() const noexcept { return owner_; }

 private:
  union {
    Node node_;
    bool boolean_;
    std::int64_t integer_;
    Decimal decimal_;
    std::string_view string_;
    Moment moment_;
    Quantity quantity_;
  };
  std::uint32_t owner_ = 0;
  ItemType type_;
};
static_assert(std::is_trivially_copyable_v<Item>);

}  // namespace healthlake::fhir::fhirpath
