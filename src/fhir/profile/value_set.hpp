// Which codings a value set holds, as far as the definitions at hand tell.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {

enum class Membership : std::uint8_t { kNo, kUnknown, kYes };

// A set of strings that is asked with views.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>()(text);
  }
};
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

// Immutable; shared by threads. A question takes constant time in the number of codes.
class CodeSet {
 public:
  virtual ~CodeSet() = default;
  // Codings without system belong to no set.
  virtual Membership Holds(std::string_view system, std::string_view code) const = 0;
  // Of an element of type code, whose system is not written.
  virtual Membership HoldsCode(std::string_view code) const = 0;
};

// A set of the base specification that the tables list.
class BaseCodeSet final : public CodeSet {
 public:
  explicit BaseCodeSet(CodeSetId id) : id_(id) {}
  Membership Holds(std::string_view system, std::string_view code) const override;
  Membership HoldsCode(std::string_view code) const override;

 private:
  CodeSetId id_;
};

// ValueSet.compose, or ValueSet.expansion as includes of listed codes.
class ComposedCodeSet final : public CodeSet {
 public:
  struct Part {
    bool any_system = false;  // no system given: codes of the value sets alone
    std::string system;
    bool listed = false;   // only `codes`
    bool unknown = false;  // which codes of the system cannot be told
    TextSet codes;
    std::vector<std::shared_ptr<const CodeSet>> value_sets;  // all must hold the coding
  };

  ComposedCodeSet(std::vector<Part> included, std::vector<Part> excluded);

  Membership Holds(std::string_view system, std::string_view code) const override;
  Membership HoldsCode(std::string_view code) const override;

 private:
  std::vector<Part> included_;
  std::vector<Part> excluded_;
};

}  // namespace healthlake::fhir
