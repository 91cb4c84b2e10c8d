// As many resources as a search benchmark wants, from a few: copies under ids of their own, with
// their references kept among themselves, and dates, numbers and names moved a little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace healthlake::benchmark {

// Confined to one thread. What a copy looks like follows from its number alone.
class Replica {
 public:
  // Reads the *.ndjson files below `folder`, in the order of their names. Every patient gets ten
  // RiskAssessments besides, as Synthea has no parameter of type number.
  explicit Replica(const std::filesystem::path& folder);

  std::size_t size() const noexcept { return lines_.size(); }  // resources of one copy
  // Resource `at` in copy `copy`; copy 0 is the resource as it was read. Valid until the next call.
  std::string_view Line(std::size_t at, std::uint32_t copy);

 private:
  enum class EditKind : std::uint8_t {
    kSuffix,  // "-7" is put in
    kDate,    // ten characters, a number of days later
    kDigits,  // other digits, as many
    kLastDigit,
  };
  struct Edit {
    std::size_t at;
    std::size_t length;
    EditKind kind;
  };
  struct Template {
    std::string text;
    std::vector<Edit> edits;  // ascending
  };
  class Scan;

  void AddRiskAssessments(std::string_view patient);

  std::vector<Template> lines_;
  std::unordered_set<std::string> ids_;  // and "Type/id"
  std::string out_;
};

}  // namespace healthlake::benchmark
