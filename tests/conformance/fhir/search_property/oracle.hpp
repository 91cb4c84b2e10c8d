// The values of search parameters as the FHIRPath engine finds them, by the registry's own
// expressions: what the property test compares, in place of the compiled extraction and the index.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/fhir/registry_expressions.hpp"
#include "fhir/fhirpath/decimal.hpp"
#include "fhir/fhirpath/evaluator.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir::search_property {

using fhirpath::Decimal;

// A value that owns its texts. Members mean what they mean in IndexValue.
struct Value {
  ValueKind kind = ValueKind::kToken;
  bool system_implied = false;
  std::string text;
  std::string system;
  std::string code;
  std::string unit;
  std::int64_t from = 0;
  std::int64_t until = 0;
  std::optional<Decimal> low;  // none: no end on that side
  std::optional<Decimal> high;
  std::vector<Value> parts;  // kComposite
};
using Values = std::vector<Value>;

// Confined to one thread.
class Oracle {
 public:
  explicit Oracle(std::map<std::string, oracle::Definition> definitions)
      : definitions_(std::move(definitions)) {}

  // Of one parameter of the resource's type. Absolute references into `datastore_id` are local.
  Values Find(const json::Value& resource, const SearchParam& param);

 private:
  Values Simple(const SearchParam& param, const oracle::Definition& definition);
  Values Composites(const oracle::Definition& definition);
  std::vector<fhirpath::Item> Evaluate(const fhirpath::Expression& expression,
                                       const fhirpath::Node& focus);

  std::map<std::string, oracle::Definition> definitions_;
  fhirpath::Evaluator evaluator_;
  fhirpath::Environment environment_;
};

}  // namespace healthlake::fhir::search_property
