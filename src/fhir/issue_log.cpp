#include "fhir/issue_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

bool IsNotice(core::Severity severity) {
  return severity > core::Severity::kError;
}

}  // namespace

void IssueLog::Reset(std::string_view root) {
  depth_ = 0;
  Enter(root);
  issues_.clear();
  notices_ = 0;
  dropped_ = 0;
  worst_dropped_ = core::Severity::kInformation;
}

void IssueLog::Finish() {
  if (dropped_ == 0) return;
  issues_.push_back(
      {worst_dropped_, "processing", "and " + std::to_string(dropped_) + " more issues", {}});
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
  Add(core::Severity::kError, std::move(diagnostics));
}

// The path of a fault that is only counted is never made: it may be long, and there may be many.
void IssueLog::Add(core::Severity severity, std::string diagnostics) {
  if (IsFull(severity)) return;
  Add(severity, Path(), std::move(diagnostics));
}

void IssueLog::AddAt(std::string location, std::string diagnostics) {
  Add(core::Severity::kError, std::move(location), std::move(diagnostics));
}

void IssueLog::AddAtChild(std::string_view name, std::string diagnostics) {
  if (IsFull(core::Severity::kError)) return;
  Add(core::Severity::kError, Path() + "." + std::string(name), std::move(diagnostics));
}

void IssueLog::Add(core::Severity severity, std::string location, std::string diagnostics) {
  if (IsFull(severity)) return;
  if (IsNotice(severity)) ++notices_;
  issues_.push_back({severity, "processing", std::move(diagnostics), std::move(location)});
}

bool IssueLog::IsFull(core::Severity severity) {
  if (issues_.size() < kMaxIssues) return false;
  ++dropped_;
  if (IsNotice(severity) || notices_ == 0) {
    worst_dropped_ = std::min(worst_dropped_, severity);
    return true;
  }
  // An error is worth more than the last notice.
  const auto last =
      std::ranges::find_if(issues_.rbegin(), issues_.rend(),
                           [](const core::Issue& issue) { return IsNotice(issue.severity); });
  worst_dropped_ = std::min(worst_dropped_, last->severity);
  issues_.erase(std::next(last).base());
  --notices_;
  return false;
}

}  // namespace healthlake::fhir
