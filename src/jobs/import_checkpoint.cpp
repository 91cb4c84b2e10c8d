#include "jobs/import_checkpoint.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "healthlake/json/tree.hpp"

namespace healthlake::jobs {
namespace {

struct Place {
  const char* name;
  std::uint64_t ImportCheckpoint::*member;
};
constexpr std::array<Place, 6> kPlaces = {{
    {"file", &ImportCheckpoint::file},
    {"offset", &ImportCheckpoint::offset},
    {"line", &ImportCheckpoint::line},
    {"success", &ImportCheckpoint::success},
    {"failure", &ImportCheckpoint::failure},
    {"flagged", &ImportCheckpoint::flagged},
}};

struct Counter {
  const char* name;
  std::int64_t store::JobProgress::*member;
};
constexpr std::array<Counter, 7> kCounters = {{
    {"scannedFiles", &store::JobProgress::scanned_files},
    {"scannedBytes", &store::JobProgress::scanned_bytes},
    {"importedFiles", &store::JobProgress::imported_files},
    {"resourcesScanned", &store::JobProgress::resources_scanned},
    {"resourcesImported", &store::JobProgress::resources_imported},
    {"resourcesRefused", &store::JobProgress::resources_with_customer_error},
    {"filesNotRead", &store::JobProgress::files_read_with_customer_error},
}};

}  // namespace

std::string ImportCheckpoint::Write() const {
  json::Tree tree;
  tree["phase"] = phase == ImportPhase::kReading ? "reading" : "uploading";
  for (const Place& place : kPlaces) tree[place.name] = this->*place.member;
  tree["importedBytes"] = imported_bytes;
  tree["busyNs"] = busy_ns;
  for (const Counter& counter : kCounters) tree[counter.name] = progress.*counter.member;
  tree["throughput"] = progress.throughput_mb_per_second;
  return json::Write(tree);
}

std::optional<ImportCheckpoint> ImportCheckpoint::Read(std::string_view text) {
  const std::optional<json::Tree> tree = json::ParseTree(text);
  if (!tree || !tree->is_object()) return std::nullopt;
  try {
    ImportCheckpoint checkpoint;
    checkpoint.phase = tree->at("phase").get<std::string>() == "uploading" ? ImportPhase::kUploading
                                                                           : ImportPhase::kReading;
    for (const Place& place : kPlaces) {
      // An earlier version had no flagged lines.
      if (place.member == &ImportCheckpoint::flagged && !tree->contains(place.name)) continue;
      checkpoint.*place.member = tree->at(place.name).get<std::uint64_t>();
    }
    checkpoint.imported_bytes = tree->at("importedBytes").get<std::int64_t>();
    checkpoint.busy_ns = tree->at("busyNs").get<std::int64_t>();
    for (const Counter& counter : kCounters) {
      checkpoint.progress.*counter.member = tree->at(counter.name).get<std::int64_t>();
    }
    checkpoint.progress.throughput_mb_per_second = tree->at("throughput").get<double>();
    return checkpoint;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace healthlake::jobs
