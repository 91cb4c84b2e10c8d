#include "index/run_merger.hpp"

#include <algorithm>

#include "healthlake/index/cursor.hpp"

namespace healthlake::index {

RunMerger::RunMerger(const std::vector<Input>& inputs, Leftover leftover, RunBuilder& builder)
    : leftover_(leftover), builder_(builder) {
  heads_.reserve(inputs.size());
  for (const Input& input : inputs) {
    Head& head = heads_.emplace_back();
    head.run = input.run;
    head.blocks = input.blocks;
  }
}

void RunMerger::NextSegment(Head& head, BlockSource& source) {
  head.decoded = false;
  head.at = 0;
  while (!head.scanner.Next(head.segment)) {
    if (head.next_block == head.blocks) {
      head.valid = false;
      return;
    }
    source.Read(head.run, head.next_block++, head.bytes);
    head.scanner = SegmentScanner(head.bytes);
  }
  head.valid = true;
}

void RunMerger::Start(BlockSource& source) {
  if (started_) return;
  started_ = true;
  for (Head& head : heads_) {
    NextSegment(head, source);
    Push(&head);
  }
}

void RunMerger::Push(Head* head) {
  if (!head->valid) return;
  heap_.push_back(head);
  std::push_heap(heap_.begin(), heap_.end(), Later);
}

bool RunMerger::Later(const Head* a, const Head* b) {
  return Precedes(b->segment.param, b->segment.key, a->segment.param, a->segment.key);
}

bool RunMerger::Advance(BlockSource& source, std::size_t bytes) {
  Start(source);
  while (builder_.waiting_bytes() < bytes) {
    if (heap_.empty()) {
      builder_.Finish();
      return true;
    }
    PopGroup();
    MergeGroup(source, bytes);
    for (Head* head : active_) Push(head);
    active_.clear();
  }
  return false;
}

void RunMerger::PopGroup() {
  const Segment& least = heap_.front()->segment;
  if (!in_group_ || least.param != param_ || least.key != key_) {
    in_group_ = true;
    param_ = least.param;
    key_ = least.key;
    builder_.BeginGroup(param_, key_);
  }
  while (!heap_.empty() && IsOfGroup(*heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    Head* head = heap_.back();
    heap_.pop_back();
    active_.push_back(head);
    if (head->decoded) continue;
    Decode(head->segment, head->postings);
    head->decoded = true;
  }
}

void RunMerger::MergeGroup(BlockSource& source, std::size_t bytes) {
  while (!active_.empty() && builder_.waiting_bytes() < bytes) {
    EmitNext();
    Refill(source);
  }
}

void RunMerger::EmitNext() {
  Head* least = active_.front();
  Rid others = Cursor::kEnd;  // the smallest rid that `least` does not have to itself
  for (Head* head : active_) {
    if (head == least) continue;
    if (CurrentRid(*head) < CurrentRid(*least)) {
      others = CurrentRid(*least);
      least = head;
    } else {
      others = std::min(others, CurrentRid(*head));
    }
  }
  const std::vector<Rid>& rids = least->postings.rids;
  const Rid rid = CurrentRid(*least);
  if (rid < others) {
    for (; least->at < rids.size() && rids[least->at] < others; ++least->at) {
      Emit(rids[least->at], least->postings.IsRemoved(least->at) ? -1 : 1);
    }
    return;
  }
  int sum = 0;
  for (Head* head : active_) {
    if (CurrentRid(*head) != rid) continue;
    sum += head->postings.IsRemoved(head->at) ? -1 : 1;
    ++head->at;
  }
  Emit(rid, sum);
}

void RunMerger::Emit(Rid rid, int sum) {
  if (sum > 0) {
    builder_.Add(rid, Sign::kAdd);
  } else if (sum < 0 && leftover_ == Leftover::kKeepRemoves) {
    builder_.Add(rid, Sign::kRemove);
  }
}

void RunMerger::Refill(BlockSource& source) {
  std::erase_if(active_, [&](Head* head) {
    if (head->at < head->postings.rids.size()) return false;
    NextSegment(*head, source);
    if (!IsOfGroup(*head)) {
      Push(head);
      return true;
    }
    Decode(head->segment, head->postings);
    head->decoded = true;
    return false;
  });
}

}  // namespace healthlake::index
