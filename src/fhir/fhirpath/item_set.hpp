// Items of the stack without those that are equal to an earlier one.
#pragma once

#include <cstdint>
#include <vector>

#include "fhir/fhirpath/evaluation.hpp"

namespace healthlake::fhir::fhirpath {

// Few items are compared one by one, many by their hash.
class ItemSet {
 public:
  explicit ItemSet(Evaluation& evaluation) : evaluation_(evaluation) {}

  // The item at that place of the stack, which must stay there; false when an equal one is within.
  bool Insert(std::size_t at);
  bool Contains(const Item& item) const;

 private:
  static constexpr std::size_t kFew = 16;

  void Hash(std::size_t at, std::uint64_t hash);
  bool Same(std::size_t at, const Item& item) const;

  Evaluation& evaluation_;
  std::vector<std::size_t> few_;
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t place = 0;  // + 1; 0: free
  };
  std::vector<Slot> slots_;  // a power of two
  std::size_t used_ = 0;
};

}  // namespace healthlake::fhir::fhirpath
