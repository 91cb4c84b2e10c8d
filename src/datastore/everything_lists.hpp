// What all pages of one answer to $everything share: the resources in their order, without bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/index/entry.hpp"

namespace healthlake::datastore {

struct EverythingMember {
  fhir::ResourceType type;
  bool included = false;
  std::uint8_t id_size = 0;  // an id has 64 characters at most
  index::Rid rid = 0;
  std::uint32_t bytes = 0;  // of the body
  std::uint32_t id_begin = 0;
};

struct EverythingList {
  std::vector<EverythingMember> members;
  std::string ids;

  std::string_view IdOf(const EverythingMember& member) const {
    return std::string_view(ids).substr(member.id_begin, member.id_size);
  }
  std::size_t bytes() const {
    return members.capacity() * sizeof(EverythingMember) + ids.capacity();
  }
};

// Keeps lists for the pages that follow, as making one reads every body: a walk over all pages of a
// large patient would take the square of its size. Thread-safe. Lists of another state of the store
// than the latest seen are forgotten.
class EverythingLists {
 public:
  using ListPtr = std::shared_ptr<const EverythingList>;

  // `change`: the store's change number, which tells its states apart; `conditions`: the query's.
  // Null when it is not kept.
  ListPtr Find(std::uint64_t change, std::string_view conditions);
  void Keep(std::uint64_t change, std::string conditions, ListPtr list);

 private:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
  static constexpr std::size_t kMaxLists = 8;

  struct Kept {
    std::string conditions;
    ListPtr list;
  };
  void Forget(std::list<Kept>::iterator kept);

  std::mutex mutex_;
  std::uint64_t change_ = 0;
  std::list<Kept> kept_;  // most recently used first
  std::size_t bytes_ = 0;
};

struct EverythingPaging {
  // Where lists are found and kept; null: nowhere, as in an open write transaction.
  EverythingLists* lists = nullptr;
  std::uint64_t change = 0;  // of the reader's snapshot
  // A page of larger bodies ends early; one resource is always on it.
  std::size_t page_bytes = std::size_t{32} << 20;
};

}  // namespace healthlake::datastore
