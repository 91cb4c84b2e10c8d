#include "index/snapshot.hpp"

#include <utility>

namespace healthlake::index {

Snapshot::Snapshot(store::Connection& connection, Catalog& catalog, Seen seen)
    : connection_(connection), tables_(connection), catalog_(catalog), seen_(seen) {
  const std::shared_ptr<const RunList> runs = LoadRuns();
  for (const store::IndexRunRow& run : *runs) {
    if (run.state == store::IndexRunState::kLive) views_.emplace_back(run.run, run.removes, *this);
  }
}

std::shared_ptr<const RunList> Snapshot::LoadRuns() {
  if (seen_ == Seen::kUncommitted) return std::make_shared<RunList>(tables_.Runs());
  const std::uint64_t generation = tables_.Generation();
  auto runs = catalog_.FindRuns(generation);
  if (!runs) {
    runs = std::make_shared<RunList>(tables_.Runs());
    catalog_.KeepRuns(generation, runs);
  }
  return runs;
}

void Snapshot::Read(std::uint64_t run, BlockNumber block, std::string& bytes) {
  ++work_.blocks;
  tables_.ReadBlock(run, block, bytes);
}

std::shared_ptr<const Directory> Snapshot::LoadDirectory(std::uint64_t run) {
  if (auto kept = catalog_.FindDirectory(run)) return kept;
  auto directory = std::make_shared<Directory>();
  for (const std::string& part : tables_.DirectoryParts(run)) directory->AppendPart(part);
  if (seen_ == Seen::kCommitted) catalog_.KeepDirectory(run, directory);
  return directory;
}

bool Snapshot::HasDelta() {
  if (seen_ == Seen::kUncommitted) return true;
  if (!has_delta_) has_delta_ = !tables_.DeltaIsEmpty();
  return *has_delta_;
}

}  // namespace healthlake::index
