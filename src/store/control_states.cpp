#include "healthlake/store/control_states.hpp"

#include <algorithm>

namespace healthlake::store {
namespace {

template <typename Status, std::size_t kCount>
std::optional<Status> FindIn(const std::array<std::string_view, kCount>& names,
                             std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Status>(found - names.begin());
}

}  // namespace

std::optional<DatastoreStatus> FindDatastoreStatus(std::string_view name) {
  return FindIn<DatastoreStatus>(kDatastoreStatusNames, name);
}

std::optional<JobStatus> FindJobStatus(std::string_view name) {
  return FindIn<JobStatus>(kJobStatusNames, name);
}

std::optional<TransactionStatus> FindTransactionStatus(std::string_view name) {
  return FindIn<TransactionStatus>(kTransactionStatusNames, name);
}

}  // namespace healthlake::store
