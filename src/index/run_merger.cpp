#include "index/run_merger.hpp"

#include <algorithm>

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

bool RunMerger::Advance(BlockSource& source, std::size_t bytes) {
  if (!started_) {
    for (Head& head : heads_) NextSegment(head, source);
    started_ = true;
  }
  while (builder_.waiting_bytes() < bytes) {
    FindActive();
    if (active_.empty()) {
      builder_.Finish();
      return true;
    }
    const Segment& segment = active_.front()->segment;
    if (!in_group_ || segment.param != param_ || segment.key != key_) {
      in_group_ = true;
      param_ = segment.param;
      key_ = segment.key;
      builder_.BeginGroup(param_, key_);
    }
    MergeActive(source);
  }
  return false;
}

void RunMerger::FindActive() {
  active_.clear();
  for (Head& head : heads_) {
    if (!head.valid) continue;
    if (!active_.empty()) {
      const Segment& least = active_.front()->segment;
      if (Precedes(least.param, least.key, head.segment.param, head.segment.key)) continue;
      if (Precedes(head.segment.param, head.segment.key, least.param, least.key)) active_.clear();
    }
    active_.push_back(&head);
  }
}

void RunMerger::MergeActive(BlockSource& source) {
  for (Head* head : active_) {
    if (head->decoded) continue;
    Decode(head->segment, head->postings);
    head->decoded = true;
  }
  if (active_.size() == 1) {
    EmitOne(*active_.front());
  } else {
    Rid last = active_.front()->postings.rids.back();
    for (const Head* head : active_) last = std::min(last, head->postings.rids.back());
    EmitSums(last);
  }
  for (Head* head : active_) {
    if (head->at == head->postings.rids.size()) NextSegment(*head, source);
  }
}

void RunMerger::EmitOne(Head& head) {
  for (; head.at < head.postings.rids.size(); ++head.at) {
    const bool removed = head.postings.IsRemoved(head.at);
    if (removed && leftover_ == Leftover::kDropRemoves) continue;
    builder_.Add(head.postings.rids[head.at], removed ? Sign::kRemove : Sign::kAdd);
  }
}

void RunMerger::EmitSums(Rid last) {
  for (;;) {
    std::uint64_t least = std::uint64_t{last} + 1;
    for (const Head* head : active_) {
      if (head->at < head->postings.rids.size()) {
        least = std::min<std::uint64_t>(least, head->postings.rids[head->at]);
      }
    }
    if (least > last) return;
    int sum = 0;
    for (Head* head : active_) {
      if (head->at == head->postings.rids.size() || head->postings.rids[head->at] != least)
        continue;
      sum += head->postings.IsRemoved(head->at) ? -1 : 1;
      ++head->at;
    }
    if (sum == 0 || (sum < 0 && leftover_ == Leftover::kDropRemoves)) continue;
    builder_.Add(static_cast<Rid>(least), sum < 0 ? Sign::kRemove : Sign::kAdd);
  }
}

}  // namespace healthlake::index
