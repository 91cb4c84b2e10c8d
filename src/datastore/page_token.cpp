#include "datastore/page_token.hpp"

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/hash.hpp"

namespace healthlake::datastore {
namespace {

// The first byte says how the rest is laid out: here 8 bytes of query, 4 of rid.
constexpr char kByRid = 1;
constexpr std::size_t kQueryBytes = 8;
constexpr std::size_t kRidBytes = 4;
constexpr std::size_t kTokenBytes = 1 + kQueryBytes + kRidBytes;

std::uint64_t QueryHash(const fhir::SearchQuery& query) {
  return core::Hash64(query.applied, query.type.number());
}

void Put(std::uint64_t value, std::size_t bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

std::uint64_t Get(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace

std::string EncodePageToken(const fhir::SearchQuery& query, const PagePosition& position) {
  std::string bytes(1, kByRid);
  Put(QueryHash(query), kQueryBytes, bytes);
  Put(position.last, kRidBytes, bytes);
  return core::Base64Encode(bytes);
}

PagePosition DecodePageToken(const fhir::SearchQuery& query) {
  const auto bytes = core::Base64Decode(query.page);
  const bool good = bytes && bytes->size() == kTokenBytes && bytes->front() == kByRid &&
                    Get(std::string_view(*bytes).substr(1, kQueryBytes)) == QueryHash(query);
  if (!good) {
    const std::string message = "Search parameter 'page' is no page token of this search";
    throw core::Error(core::ErrorKind::kInvalid, message,
                      {{core::Severity::kError, "invalid", message, {}}});
  }
  return {static_cast<index::Rid>(Get(std::string_view(*bytes).substr(1 + kQueryBytes)))};
}

}  // namespace healthlake::datastore
