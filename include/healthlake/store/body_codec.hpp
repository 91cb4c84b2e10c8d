// Resource bodies as they lie in the file: zstd blocks of up to 8 (src/store/README.md, body
// blocks).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::store {

class Connection;
class StoreFile;

// The block size that storage measured best with; a single write makes a block of 1.
inline constexpr std::size_t kBodiesPerBlock = 8;
inline constexpr std::size_t kMaxBodiesPerBlock = 255;

// A body with the id of its resource, which stands beside it so that a tombstone (empty json) and a
// collision of keys can be told without parsing.
struct BodyView {
  std::string_view id;
  std::string_view json;
};

// A block, decompressed. Reused for the next block without allocating.
class BodyBlock {
 public:
  std::size_t size() const noexcept { return bodies_.size(); }
  // Views into the block: valid until it is decoded into again or destroyed.
  const BodyView& operator[](std::size_t slot) const { return bodies_[slot]; }

 private:
  friend class BodyCodec;
  std::string bytes_;
  std::vector<BodyView> bodies_;
};

// Immutable and thread-safe; contexts are kept per thread.
class BodyCodec {
 public:
  // Knows the built-in dictionary only; shared by the process.
  static std::shared_ptr<const BodyCodec> BuiltIn();
  // Knows the dictionaries that `file` holds; the built-in codec itself when that is all.
  static std::shared_ptr<const BodyCodec> Load(StoreFile& file);

  BodyCodec(const BodyCodec&) = delete;
  BodyCodec& operator=(const BodyCodec&) = delete;
  ~BodyCodec();

  // One block, ready for ResourceTables::AddBlock. 1 to kMaxBodiesPerBlock bodies. CPU work only:
  // call it outside of a write transaction.
  std::string Compress(std::span<const BodyView> bodies) const;

  // Throws core::Error{kInternal} for bytes that are no block or need a dictionary that is missing.
  void Decompress(std::string_view block, BodyBlock& into) const;

 private:
  struct Dictionaries;
  explicit BodyCodec(std::unique_ptr<Dictionaries> dictionaries);
  std::unique_ptr<Dictionaries> dictionaries_;
};

}  // namespace healthlake::store
