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
  static Rid CurrentRid(const Head& head) { return head.postings.rids[head.at]; }

  static bool Later(const Head* a, const Head* b);

  void Start(BlockSource& source);
  void Push(Head* head);
  // Takes the inputs whose current segment is of the smallest value out of the heap.
  void PopGroup();
  // Emits the group of the active inputs until it ends or `bytes` wait.
  void MergeGroup(BlockSource& source, std::size_t bytes);
  // One input's postings while they are below all others', or one posting's sum.
  void EmitNext();
  void Emit(Rid rid, int sum);
  // Inputs that are used up go on to their next segment, and leave when it is of another value.
  void Refill(BlockSource& source);
  bool IsOfGroup(const Head& head) const {
    return head.valid && head.segment.param == param_ && head.segment.key == key_;
  }

  std::vector<Head> heads_;
  std::vector<Head*> heap_;  // those that are not active, the smallest value first
  const Leftover leftover_;
  RunBuilder& builder_;
  bool started_ = false;
  std::vector<Head*> active_;
  bool in_group_ = false;
  Param param_ = 0;
  Key key_;
};

}  // namespace healthlake::index
