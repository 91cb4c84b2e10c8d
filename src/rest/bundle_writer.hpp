// Bundles as text: stored resources are copied in, not parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/datastore/view.hpp"

namespace healthlake::rest {

// Writes one Bundle (bundle.html): links first, then entries. Confined to one thread.
class BundleWriter {
 public:
  explicit BundleWriter(std::string_view type, std::optional<std::uint64_t> total = std::nullopt);
  void AddLink(std::string_view relation, std::string_view url);
  std::string Finish();

 protected:
  // The text so far, ready for one entry more.
  std::string& BeginEntry();

 private:
  enum class Part { kNone, kLinks, kEntries };
  void Begin(Part part, std::string_view name);

  std::string out_;
  Part part_ = Part::kNone;
};

// What a search found (reference 5.9).
class SearchsetWriter : public BundleWriter {
 public:
  explicit SearchsetWriter(std::optional<std::uint64_t> total) : BundleWriter("searchset", total) {}
  // `mode`: match, include, outcome. `json` is one resource; `full_url` is empty for an outcome,
  // which is nowhere.
  void AddEntry(std::string_view full_url, std::string_view json, std::string_view mode);
};

// Versions, newest first (http.html#history).
class HistoryWriter : public BundleWriter {
 public:
  explicit HistoryWriter(std::optional<std::uint64_t> total) : BundleWriter("history", total) {}
  // `base`: http://host/datastore/<id>/r4.
  void AddEntry(std::string_view base, const datastore::HistoryItem& item);
};

// What became of each of several deletions (reference 4.7).
class DeletionsWriter : public BundleWriter {
 public:
  DeletionsWriter() : BundleWriter("batch-response") {}
  // `location`: Patient/123.
  void AddDeleted(std::string_view location);
};

}  // namespace healthlake::rest
