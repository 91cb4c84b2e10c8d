#include "datastore/page_token.hpp"

#include <array>
#include <numeric>
#include <optional>

#include "datastore/everything.hpp"
#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/hash.hpp"

namespace healthlake::datastore {
namespace {

// A token: one byte that says how the rest is laid out, the hash of the query, numbers.
enum class Layout : char { kByRid = 1, kByVersion = 2, kByName = 3 };

constexpr std::size_t kHashBytes = 8;
// Widths in bytes: rid; change, type, rid, version.
constexpr auto kByRidNumbers = std::to_array<std::size_t>({4});
constexpr auto kByVersionNumbers = std::to_array<std::size_t>({8, 1, 4, 8});

void Put(std::uint64_t value, std::size_t bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

std::uint64_t Take(std::size_t count, std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(count);
  return value;
}

template <std::size_t count>
using Numbers = std::array<std::uint64_t, count>;

template <std::size_t count>
std::string Encode(Layout layout, std::uint64_t query, const Numbers<count>& numbers,
                   const std::array<std::size_t, count>& widths) {
  std::string bytes(1, static_cast<char>(layout));
  Put(query, kHashBytes, bytes);
  for (std::size_t i = 0; i < count; ++i) Put(numbers[i], widths[i], bytes);
  return core::Base64Encode(bytes);
}

template <std::size_t count>
std::optional<Numbers<count>> Decode(Layout layout, std::uint64_t query, std::string_view token,
                                     const std::array<std::size_t, count>& widths) {
  const auto bytes = core::Base64Decode(token);
  const std::size_t size =
      std::accumulate(widths.begin(), widths.end(), std::size_t{1} + kHashBytes);
  if (!bytes || bytes->size() != size || bytes->front() != static_cast<char>(layout)) {
    return std::nullopt;
  }
  std::string_view rest = std::string_view(*bytes).substr(1);
  if (Take(kHashBytes, rest) != query) return std::nullopt;
  Numbers<count> numbers{};
  for (std::size_t i = 0; i < count; ++i) numbers[i] = Take(widths[i], rest);
  return numbers;
}

[[noreturn]] void ThrowInvalid(const std::string& of_what) {
  const std::string message = "Search parameter 'page' is no page token of this " + of_what;
  throw core::Error(core::ErrorKind::kInvalid, message,
                    {{core::Severity::kError, "invalid", message, {}}});
}

std::uint64_t HashOf(const fhir::SearchQuery& query) {
  return core::Hash64(query.applied, query.types.front().type.number());
}

std::uint64_t HashOf(const HistoryQuery& query) {
  std::string conditions = query.id + '|';
  const auto add = [&](core::Timestamp time) {
    conditions += std::to_string(time.time_since_epoch().count()) + ',';
  };
  if (query.since) add(*query.since);
  conditions += '|';
  if (query.at) {
    add(query.at->from);
    add(query.at->until);
  }
  return core::Hash64(conditions, query.type.number());
}

std::uint64_t HashOf(const EverythingQuery& query) {
  return core::Hash64(ConditionsOf(query));
}

}  // namespace

std::string EncodePageToken(const fhir::SearchQuery& query, const PagePosition& position) {
  return Encode<1>(Layout::kByRid, HashOf(query), {position.last}, kByRidNumbers);
}

PagePosition DecodePageToken(const fhir::SearchQuery& query) {
  const auto numbers = Decode(Layout::kByRid, HashOf(query), query.page, kByRidNumbers);
  if (!numbers) ThrowInvalid("search");
  return {static_cast<index::Rid>((*numbers)[0])};
}

std::string EncodeHistoryToken(const HistoryQuery& query, const HistoryPosition& position) {
  const store::LoggedVersion& last = position.version;
  return Encode<4>(Layout::kByVersion, HashOf(query),
                   {position.change, last.type, last.rid, last.version}, kByVersionNumbers);
}

HistoryPosition DecodeHistoryToken(const HistoryQuery& query) {
  const auto numbers = Decode(Layout::kByVersion, HashOf(query), query.page, kByVersionNumbers);
  if (!numbers) ThrowInvalid("history");
  const auto& [change, type, rid, version] = *numbers;
  return {change, {static_cast<store::TypeNumber>(type), static_cast<store::Rid>(rid), version}};
}

std::string EncodeEverythingToken(const EverythingQuery& query,
                                  const EverythingPosition& position) {
  std::string bytes(1, static_cast<char>(Layout::kByName));
  Put(HashOf(query), kHashBytes, bytes);
  Put(position.type.number(), 1, bytes);
  return core::Base64Encode(bytes + position.id);
}

EverythingPosition DecodeEverythingToken(const EverythingQuery& query) {
  const auto bytes = core::Base64Decode(query.page);
  std::string_view rest = bytes ? std::string_view(*bytes) : std::string_view();
  const bool whole = rest.size() > 2 + kHashBytes && rest[0] == static_cast<char>(Layout::kByName);
  if (whole) rest.remove_prefix(1);
  if (!whole || Take(kHashBytes, rest) != HashOf(query)) ThrowInvalid("operation");
  const auto type = fhir::ResourceType::FromNumber(static_cast<std::uint8_t>(Take(1, rest)));
  return {type, std::string(rest)};
}

}  // namespace healthlake::datastore
