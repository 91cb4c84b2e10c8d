#include "control/page.hpp"

#include "control/input.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::control {
namespace {

constexpr std::size_t kDefaultSize = 100;

}  // namespace

Page::Page(const core::Seal& seal, aws::OperationId operation, const core::Owner& owner,
           const json::Tree& input)
    : seal_(seal), size_(kDefaultSize) {
  json::Tree filters = input;
  filters.erase("NextToken");
  filters.erase("MaxResults");
  scope_.append(aws::NameOf(operation)).append("\n").append(owner.account).append("\n");
  scope_.append(owner.region).append("\n").append(json::Write(filters));

  if (const json::Tree* size = FindMember(input, "MaxResults")) size_ = size->get<std::size_t>();
  const std::string token = TextOf(input, "NextToken");
  if (token.empty()) return;
  if (const auto sequence = seal_.Open(token, scope_)) {
    before_sequence_ = std::stoll(*sequence);
    return;
  }
  throw core::Error(core::ErrorKind::kInvalid,
                    "NextToken is not one that was answered to this request");
}

void Page::PutToken(std::int64_t sequence, json::Tree& output) const {
  output["NextToken"] = seal_.Close(std::to_string(sequence), scope_);
}

}  // namespace healthlake::control
