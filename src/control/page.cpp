#include "control/page.hpp"

#include "control/input.hpp"
#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/hash.hpp"

namespace healthlake::control {
namespace {

constexpr std::size_t kDefaultSize = 100;
constexpr std::uint64_t kSeed = 0x6E657874746F6B65;  // tells page tokens from other hashes
constexpr std::size_t kTokenBytes = 16;

std::string Pack(std::uint64_t first, std::uint64_t second) {
  std::string bytes;
  for (const std::uint64_t value : {first, second}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(static_cast<unsigned char>(value >> shift));
    }
  }
  return bytes;
}

std::uint64_t Unpack(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

Page::Page(aws::OperationId operation, const core::Owner& owner, const json::Tree& input)
    : size_(kDefaultSize) {
  json::Tree filters = input;
  filters.erase("NextToken");
  filters.erase("MaxResults");
  scope_.append(aws::NameOf(operation)).append("\n").append(owner.account).append("\n");
  scope_.append(owner.region).append("\n").append(json::Write(filters));

  if (const json::Tree* size = FindMember(input, "MaxResults")) size_ = size->get<std::size_t>();
  const std::string token = TextOf(input, "NextToken");
  if (token.empty()) return;
  const auto bytes = core::Base64Decode(token);
  if (bytes && bytes->size() == kTokenBytes) {
    const std::string_view view = *bytes;
    const auto sequence = static_cast<std::int64_t>(Unpack(view.substr(0, 8)));
    if (Unpack(view.substr(8)) == CheckOf(sequence)) {
      before_sequence_ = sequence;
      return;
    }
  }
  throw core::Error(core::ErrorKind::kInvalid,
                    "NextToken is not one that was answered to this request");
}

std::uint64_t Page::CheckOf(std::int64_t sequence) const {
  return core::Hash64(scope_ + "\n" + std::to_string(sequence), kSeed);
}

void Page::PutToken(std::int64_t sequence, json::Tree& output) const {
  output["NextToken"] =
      core::Base64Encode(Pack(static_cast<std::uint64_t>(sequence), CheckOf(sequence)));
}

}  // namespace healthlake::control
