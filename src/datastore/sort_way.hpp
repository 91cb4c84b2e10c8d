// How the rows of a sorted page are found.
#pragma once

#include <cstdint>

namespace healthlake::datastore {

enum class SortWay : std::uint8_t {
  kCheapest,
  kWalkChecking,  // the values in order, candidates checked on their bodies
  kWalkMembers,   // the values in order, candidates looked up among all members
  kCollect,       // the keys of all members, taken from their bodies
};

}  // namespace healthlake::datastore
