#include "control/idempotency.hpp"

#include <string>

#include "control/input.hpp"
#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/hash.hpp"

namespace healthlake::control {
namespace {

constexpr std::string_view kToken = "ClientToken";

// Decoded input has its members in the model's order and nothing unknown, so equal requests have
// equal texts.
std::string HashOf(const json::Tree& input) {
  json::Tree rest = input;
  rest.erase(std::string(kToken));
  const core::Hash128Value hash = core::Hash128(json::Write(rest));
  std::string bytes;
  for (const std::uint64_t half : {hash.high, hash.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(static_cast<unsigned char>(half >> shift));
    }
  }
  return core::HexEncode(bytes);
}

}  // namespace

std::optional<store::ClientTokenRow> FindEarlier(const store::ControlTables& tables,
                                                 aws::OperationId operation,
                                                 const core::Owner& owner,
                                                 const json::Tree& input) {
  const auto token = FindText(input, kToken);
  if (!token) return std::nullopt;
  auto row = tables.tokens.Find(owner, std::string(aws::NameOf(operation)), *token);
  if (row && row->request_hash != HashOf(input)) {
    throw core::Error(core::ErrorKind::kInvalid,
                      "ClientToken " + *token + " was used before with another request");
  }
  return row;
}

void Remember(store::ControlTables& tables, aws::OperationId operation, const core::Owner& owner,
              const json::Tree& input, const store::DatastoreId& datastore, const store::JobId& job,
              core::Timestamp now) {
  const auto token = FindText(input, kToken);
  if (!token) return;
  tables.tokens.Insert(
      {owner, std::string(aws::NameOf(operation)), *token, HashOf(input), datastore, job, now});
}

}  // namespace healthlake::control
