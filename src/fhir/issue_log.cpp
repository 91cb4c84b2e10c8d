#include "fhir/issue_log.hpp"

#include <utility>

#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {

void IssueLog::Reset(std::string_view root) {
  depth_ = 0;
  Enter(root);
  issues_.clear();
  dropped_ = 0;
}

void IssueLog::Finish() {
  if (dropped_ == 0) return;
  issues_.push_back({core::Severity::kError,
                     "processing",
                     "and " + std::to_string(dropped_) + " more issues",
                     {}});
}

std::string IssueLog::Path() const {
  std::string out;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Step& step = path_[i];
    if (!out.empty()) out += '.';
    out += step.name;
    if (step.index != kNoIndex) out += '[' + std::to_string(step.index) + ']';
  }
  return out;
}

void IssueLog::Add(std::string diagnostics) {
  AddAt(Path(), std::move(diagnostics));
}

void IssueLog::AddAt(std::string location, std::string diagnostics) {
  if (issues_.size() >= kMaxIssues) {
    ++dropped_;
    return;
  }
  issues_.push_back(
      {core::Severity::kError, "processing", std::move(diagnostics), std::move(location)});
}

}  // namespace healthlake::fhir
