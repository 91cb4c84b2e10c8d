#include "datastore/body_scan.hpp"

#include <utility>

namespace healthlake::datastore {
namespace {

class ScanCursor final : public index::Cursor {
 public:
  ScanCursor(const SearchSource& source, index::CursorPtr from, Condition& condition)
      : source_(source), from_(std::move(from)), condition_(condition), candidate_(source) {}

  index::Rid Seek(index::Rid rid) override {
    if (rid <= current_ && positioned_) return current_;
    positioned_ = true;
    for (current_ = from_->Seek(rid); current_ != kEnd; current_ = from_->Next(current_)) {
      StopWhenCancelled(source_.cancel);
      candidate_.Choose(current_);
      if (candidate_.Live() && condition_.Holds(candidate_)) break;
    }
    return current_;
  }
  std::uint64_t Bound() const override { return from_->Bound(); }

 private:
  const SearchSource& source_;
  index::CursorPtr from_;
  Condition& condition_;
  Candidate candidate_;
  bool positioned_ = false;
  index::Rid current_ = 0;
};

}  // namespace

index::CursorPtr ScanBodies(const SearchSource& source, index::CursorPtr from,
                            Condition& condition) {
  return std::make_unique<ScanCursor>(source, std::move(from), condition);
}

}  // namespace healthlake::datastore
