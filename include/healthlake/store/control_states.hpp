// The states of data stores, jobs and asynchronous transactions, and which may follow which (AWS
// API reference; reference 1.7, 2.3, 3.4, 4.10). The names are AWS's and are stored in databases:
// do not change them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace healthlake::store {

enum class DatastoreStatus : std::uint8_t {
  kCreating,
  kActive,
  kDeleting,
  kDeleted,
  kCreateFailed
};

enum class JobKind : std::uint8_t { kImport, kExport };

enum class JobStatus : std::uint8_t {
  kSubmitted,
  kQueued,
  kInProgress,
  kCompletedWithErrors,
  kCompleted,
  kFailed,
  kCancelSubmitted,
  kCancelInProgress,
  kCancelCompleted,
  kCancelFailed,
};

enum class TransactionStatus : std::uint8_t { kSubmitted, kInProgress, kCompleted, kFailed };

inline constexpr std::array<std::string_view, 5> kDatastoreStatusNames = {
    "CREATING", "ACTIVE", "DELETING", "DELETED", "CREATE_FAILED"};

inline constexpr std::array<std::string_view, 2> kJobKindNames = {"IMPORT", "EXPORT"};

inline constexpr std::array<std::string_view, 10> kJobStatusNames = {
    "SUBMITTED",        "QUEUED",       "IN_PROGRESS",      "COMPLETED_WITH_ERRORS",
    "COMPLETED",        "FAILED",       "CANCEL_SUBMITTED", "CANCEL_IN_PROGRESS",
    "CANCEL_COMPLETED", "CANCEL_FAILED"};

// The last two are ours: HealthLake shows the answer in their place.
inline constexpr std::array<std::string_view, 4> kTransactionStatusNames = {
    "SUBMITTED", "IN_PROGRESS", "COMPLETED", "FAILED"};

constexpr std::string_view NameOf(DatastoreStatus status) {
  return kDatastoreStatusNames[static_cast<std::size_t>(status)];
}
constexpr std::string_view NameOf(JobKind kind) {
  return kJobKindNames[static_cast<std::size_t>(kind)];
}
constexpr std::string_view NameOf(JobStatus status) {
  return kJobStatusNames[static_cast<std::size_t>(status)];
}
constexpr std::string_view NameOf(TransactionStatus status) {
  return kTransactionStatusNames[static_cast<std::size_t>(status)];
}

// nullopt for a name that the tables above lack.
std::optional<DatastoreStatus> FindDatastoreStatus(std::string_view name);
std::optional<JobStatus> FindJobStatus(std::string_view name);
std::optional<TransactionStatus> FindTransactionStatus(std::string_view name);

template <typename Status>
struct Step {
  Status from;
  Status to;
};

inline constexpr auto kDatastoreSteps = std::to_array<Step<DatastoreStatus>>({
    {DatastoreStatus::kCreating, DatastoreStatus::kActive},
    {DatastoreStatus::kCreating, DatastoreStatus::kCreateFailed},
    {DatastoreStatus::kActive, DatastoreStatus::kDeleting},
    {DatastoreStatus::kCreateFailed, DatastoreStatus::kDeleting},
    {DatastoreStatus::kDeleting, DatastoreStatus::kDeleted},
});

inline constexpr auto kJobSteps = std::to_array<Step<JobStatus>>({
    {JobStatus::kSubmitted, JobStatus::kQueued},
    {JobStatus::kSubmitted, JobStatus::kFailed},
    {JobStatus::kSubmitted, JobStatus::kCancelSubmitted},
    {JobStatus::kQueued, JobStatus::kInProgress},
    {JobStatus::kQueued, JobStatus::kFailed},
    {JobStatus::kQueued, JobStatus::kCancelSubmitted},
    {JobStatus::kInProgress, JobStatus::kCompleted},
    {JobStatus::kInProgress, JobStatus::kCompletedWithErrors},
    {JobStatus::kInProgress, JobStatus::kFailed},
    {JobStatus::kInProgress, JobStatus::kCancelSubmitted},
    {JobStatus::kCancelSubmitted, JobStatus::kCancelInProgress},
    {JobStatus::kCancelSubmitted, JobStatus::kFailed},
    {JobStatus::kCancelInProgress, JobStatus::kCancelCompleted},
    {JobStatus::kCancelInProgress, JobStatus::kCancelFailed},
});

inline constexpr auto kTransactionSteps = std::to_array<Step<TransactionStatus>>({
    {TransactionStatus::kSubmitted, TransactionStatus::kInProgress},
    {TransactionStatus::kInProgress, TransactionStatus::kCompleted},
    {TransactionStatus::kInProgress, TransactionStatus::kFailed},
});

template <typename Status>
constexpr bool MayFollow(std::span<const Step<Status>> steps, Status from, Status to) {
  for (const Step<Status>& step : steps) {
    if (step.from == from && step.to == to) return true;
  }
  return false;
}
constexpr bool MayFollow(DatastoreStatus from, DatastoreStatus to) {
  return MayFollow<DatastoreStatus>(kDatastoreSteps, from, to);
}
constexpr bool MayFollow(JobStatus from, JobStatus to) {
  return MayFollow<JobStatus>(kJobSteps, from, to);
}
constexpr bool MayFollow(TransactionStatus from, TransactionStatus to) {
  return MayFollow<TransactionStatus>(kTransactionSteps, from, to);
}

// Final: no step leads away.
template <typename Status>
constexpr bool HasEnded(std::span<const Step<Status>> steps, Status status) {
  for (const Step<Status>& step : steps) {
    if (step.from == status) return false;
  }
  return true;
}
constexpr bool HasEnded(JobStatus status) {
  return HasEnded<JobStatus>(kJobSteps, status);
}
constexpr bool HasEnded(TransactionStatus status) {
  return HasEnded<TransactionStatus>(kTransactionSteps, status);
}

}  // namespace healthlake::store
