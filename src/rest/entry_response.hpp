// The answer of an entry, and of the whole Bundle (bundle.html, entry.response; reference 4.9).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/clock.hpp"
#include "healthlake/http/message.hpp"
#include "rest/entry_request.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// All entries of a Bundle's answer together stay below this; what reads beyond it is refused.
inline constexpr std::size_t kMaxBundleAnswer = 100'000'000;

// Gathers answers in any order, writes them in that of the request. Confined to one thread.
class BundleAnswer {
 public:
  // `outer` tells whether what was written is to be shown (Prefer: return=representation).
  BundleAnswer(const Interaction& outer, std::size_t entries);

  // Whether an entry may still show a resource.
  bool full() const noexcept { return size_ >= kMaxBundleAnswer; }

  // Throws core::Error{kTooLarge} for a resource beyond the limit, and kNotAcceptable for an answer
  // that is no FHIR JSON.
  void Add(const EntryRequest& entry, http::Response response, const AnsweredVersion& answered);
  // Of an entry that failed.
  void AddError(std::size_t index, const http::Response& response);

  // 200 with {"resourceType":"Bundle","type":`type`,…}; of no use afterwards.
  http::Response Finish(std::string_view type, std::optional<core::Timestamp> timestamp);

 private:
  void Put(std::size_t index, std::string text);

  const Interaction& outer_;
  const bool show_written_;
  bool flagged_ = false;
  std::vector<std::string> entries_;
  std::size_t size_ = 0;
};

}  // namespace healthlake::rest
