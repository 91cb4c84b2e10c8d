// Issues of one walk and the path of the element at hand, which becomes text only for an issue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/issue.hpp"

namespace healthlake::fhir {

class IssueLog {
 public:
  void Reset(std::string_view root);
  const core::Issues& issues() const noexcept { return issues_; }
  // Adds the issue that counts those beyond kMaxIssues, when there are any.
  void Finish();

  void Enter(std::string_view name) {
    if (depth_ == path_.size()) [[unlikely]]
      path_.resize(depth_ * 2 + 16);
    path_[depth_++] = {name, kNoIndex};
  }
  void SetIndex(std::size_t index) { path_[depth_ - 1].index = index; }
  std::size_t Index() const { return path_[depth_ - 1].index; }
  void Leave() { --depth_; }
  std::string Path() const;

  // An error of code "processing" at the element at hand.
  void Add(std::string diagnostics);
  void Add(core::Severity severity, std::string diagnostics);
  void AddAt(std::string location, std::string diagnostics);
  // At a child of the element at hand: "reference", "meta.security".
  void AddAtChild(std::string_view name, std::string diagnostics);
  void Add(core::Severity severity, std::string location, std::string diagnostics);

 private:
  // When there is no room, counts one more. An error makes room at the cost of a notice.
  bool IsFull(core::Severity severity);

  static constexpr std::size_t kNoIndex = SIZE_MAX;
  struct Step {
    std::string_view name;
    std::size_t index = kNoIndex;
  };
  std::vector<Step> path_;  // the first depth_ are in use
  std::size_t depth_ = 0;
  core::Issues issues_;
  std::size_t notices_ = 0;  // warnings and informations among them
  std::size_t dropped_ = 0;
  core::Severity worst_dropped_ = core::Severity::kInformation;
};

}  // namespace healthlake::fhir
