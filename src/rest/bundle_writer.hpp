// Bundles as text: stored resources are copied in, not parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::rest {

// Writes one searchset Bundle (bundle.html; reference 5.9): links first, then entries. Confined to
// one thread.
class SearchsetWriter {
 public:
  explicit SearchsetWriter(std::optional<std::uint64_t> total);
  void AddLink(std::string_view relation, std::string_view url);
  // `mode`: match, include, outcome. `json` is one resource.
  void AddEntry(std::string_view full_url, std::string_view json, std::string_view mode);
  std::string Finish();

 private:
  enum class Part { kNone, kLinks, kEntries };
  void Begin(Part part, std::string_view name);

  std::string out_;
  Part part_ = Part::kNone;
};

}  // namespace healthlake::rest
