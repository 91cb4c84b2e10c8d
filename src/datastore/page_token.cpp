#include "datastore/page_token.hpp"

#include <array>
#include <numeric>
#include <optional>
#include <variant>

#include "datastore/everything.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

// The kinds of pages, which differ in how the bytes of their tokens are laid out.
constexpr std::string_view kOfSearch = "search";
constexpr std::string_view kOfHistory = "history";
constexpr std::string_view kOfEverything = "everything";

// Widths in bytes: turn, rid, version; change, type, rid, version.
constexpr auto kSearchWidths = std::to_array<std::size_t>({1, 4, 8});
constexpr auto kHistoryWidths = std::to_array<std::size_t>({8, 1, 4, 8});

template <std::size_t count>
using Numbers = std::array<std::uint64_t, count>;

template <std::size_t count>
std::string Pack(const Numbers<count>& numbers, const std::array<std::size_t, count>& widths) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t byte = 0; byte < widths[i]; ++byte) {
      bytes.push_back(static_cast<char>(numbers[i] >> (8 * byte) & 0xFF));
    }
  }
  return bytes;
}

template <std::size_t count>
std::optional<Numbers<count>> Unpack(std::string_view bytes,
                                     const std::array<std::size_t, count>& widths) {
  if (bytes.size() != std::accumulate(widths.begin(), widths.end(), std::size_t{0})) {
    return std::nullopt;
  }
  Numbers<count> numbers{};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t byte = widths[i]; byte-- > 0;) {
      numbers[i] = numbers[i] << 8 | static_cast<unsigned char>(bytes[byte]);
    }
    bytes.remove_prefix(widths[i]);
  }
  return numbers;
}

[[noreturn]] void ThrowInvalid(const std::string& of_what) {
  const std::string message = "Search parameter 'page' is no page token of this " + of_what;
  throw core::Error(core::ErrorKind::kInvalid, message,
                    {{core::Severity::kError, "invalid", message, {}}});
}

// What a token is of use for: the rest of a query, as a text that tells it from others.
std::string PurposeOf(std::string_view kind, std::string_view datastore_id) {
  return std::string(kind).append("\n").append(datastore_id).append("\n");
}

std::string PurposeOf(const fhir::SearchQuery& query, std::string_view datastore_id) {
  std::string purpose = PurposeOf(kOfSearch, datastore_id);
  for (const fhir::TypeSearch& search : query.types) {
    purpose.append(fhir::NameOf(search.type)).append("\n");
  }
  // All types of a query share their compartment.
  if (!query.types.empty()) {
    for (const fhir::Criterion& criterion : query.types.front().all_of) {
      const auto* place = std::get_if<fhir::CompartmentCriterion>(&criterion.is);
      if (place == nullptr) continue;
      purpose.append(fhir::NameOf(place->compartment)).append("/").append(place->id).append("\n");
    }
  }
  return purpose + query.applied;
}

std::string PurposeOf(const HistoryQuery& query, std::string_view datastore_id) {
  std::string purpose = PurposeOf(kOfHistory, datastore_id);
  const auto add = [&](core::Timestamp time) {
    purpose += std::to_string(time.time_since_epoch().count()) + ',';
  };
  purpose += std::to_string(query.type.number()) + '/' + query.id + '|';
  if (query.since) add(*query.since);
  purpose += '|';
  if (query.at) {
    add(query.at->from);
    add(query.at->until);
  }
  return purpose;
}

std::string PurposeOf(const EverythingQuery& query, std::string_view datastore_id) {
  return PurposeOf(kOfEverything, datastore_id) + ConditionsOf(query);
}

}  // namespace

std::string PageTokens::Make(const fhir::SearchQuery& query, const PagePosition& position) const {
  return seal_.Close(
      Pack<3>({static_cast<std::uint64_t>(position.turn), position.rid, position.version},
              kSearchWidths),
      PurposeOf(query, datastore_id_));
}

PagePosition PageTokens::Read(const fhir::SearchQuery& query) const {
  const auto bytes = seal_.Open(query.page, PurposeOf(query, datastore_id_));
  const auto numbers = bytes ? Unpack(*bytes, kSearchWidths) : std::nullopt;
  if (!numbers) ThrowInvalid("search");
  const auto& [turn, rid, version] = *numbers;
  return {static_cast<PageTurn>(turn), static_cast<index::Rid>(rid), version};
}

std::string PageTokens::Make(const HistoryQuery& query, const HistoryPosition& position) const {
  const store::LoggedVersion& last = position.version;
  return seal_.Close(Pack<4>({position.change, last.type, last.rid, last.version}, kHistoryWidths),
                     PurposeOf(query, datastore_id_));
}

HistoryPosition PageTokens::Read(const HistoryQuery& query) const {
  const auto bytes = seal_.Open(query.page, PurposeOf(query, datastore_id_));
  const auto numbers = bytes ? Unpack(*bytes, kHistoryWidths) : std::nullopt;
  if (!numbers) ThrowInvalid("history");
  const auto& [change, type, rid, version] = *numbers;
  return {change, {static_cast<store::TypeNumber>(type), static_cast<store::Rid>(rid), version}};
}

std::string PageTokens::Make(const EverythingQuery& query,
                             const EverythingPosition& position) const {
  const std::string type(1, static_cast<char>(position.type.number()));
  return seal_.Close(type + position.id, PurposeOf(query, datastore_id_));
}

EverythingPosition PageTokens::Read(const EverythingQuery& query) const {
  const auto bytes = seal_.Open(query.page, PurposeOf(query, datastore_id_));
  if (!bytes || bytes->empty()) ThrowInvalid("operation");
  return {fhir::ResourceType::FromNumber(static_cast<std::uint8_t>(bytes->front())),
          bytes->substr(1)};
}

}  // namespace healthlake::datastore
