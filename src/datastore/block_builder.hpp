// Bodies on their way into blocks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "healthlake/store/body_codec.hpp"

namespace healthlake::datastore {

// Collects bodies until a block is full.
class BlockBuilder {
 public:
  // Closed blocks are appended to `blocks`.
  BlockBuilder(const store::BodyCodec& codec, std::vector<std::string>& blocks)
      : codec_(codec), blocks_(blocks) {}

  // The slot in the block that is built now. `json` must live until the block is closed.
  std::uint32_t Add(const store::BodyView& body) {
    bodies_[count_] = body;
    bytes_ += body.json.size();
    return static_cast<std::uint32_t>(count_++);
  }
  bool Full() const { return count_ == bodies_.size() || bytes_ >= kMaxBytes; }
  std::size_t count() const { return count_; }
  void Close() {
    if (count_ == 0) return;
    blocks_.push_back(codec_.Compress({bodies_.data(), count_}));
    count_ = 0;
    bytes_ = 0;
  }

 private:
  // A block is decompressed whole to read one of its bodies: large bodies get fewer neighbours.
  static constexpr std::size_t kMaxBytes = std::size_t{128} << 10;

  const store::BodyCodec& codec_;
  std::vector<std::string>& blocks_;
  std::array<store::BodyView, store::kBodiesPerBlock> bodies_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace healthlake::datastore
