// Merges runs that are neighbours in age into one.
#pragma once

#include <cstdint>
#include <vector>

#include "index/run_builder.hpp"
#include "index/run_view.hpp"

namespace healthlake::index {

enum class Leftover {
  kKeepRemoves,  // older runs may hold the adds
  kDropRemoves,  // the oldest run is among the inputs
};

// Can be stopped between pieces and go on with another source of the same blocks: runs are
// immutable.
class RunMerger {
 public:
  struct Input {
    std::uint64_t run;
    std::uint64_t blocks;
  };

  RunMerger(const std::vector<Input>& inputs, Leftover leftover, RunBuilder& builder);

  // Goes on until `bytes` wait in the builder; true when all has been merged and the builder is
  // finished.
  bool Advance(BlockSource& source, std::size_t bytes);

 private:
  // The current segment of one input, decoded when its turn comes.
  struct Head {
    std::uint64_t run;
    std::uint64_t blocks;
    BlockNumber next_block = 0;
    std::string bytes;
    SegmentScanner scanner{{}};
    Segment segment;
    bool valid = false;
    bool decoded = false;
    Postings postings;
    std::size_t at = 0;
  };

  static void NextSegment(Head& head, BlockSource& source);
  // The inputs whose current segment is of the smallest value.
  void FindActive();
  // Emits what no later segment can precede, and moves on the inputs that are used up.
  void MergeActive(BlockSource& source);
  void EmitOne(Head& head);
  void EmitSums(Rid last);

  std::vector<Head> heads_;
  const Leftover leftover_;
  RunBuilder& builder_;
  bool started_ = false;
  std::vector<Head*> active_;
  bool in_group_ = false;
  Param param_ = 0;
  Key key_;
};

}  // namespace healthlake::index
