#include "datastore/key_walk.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "datastore/key_codec.hpp"
#include "datastore/value_encoder.hpp"

namespace healthlake::datastore {
namespace {

using fhir::SearchType;

// Bits of a date's key below its place: the top of its width.
constexpr int kDateWidthBits = 15;

int ShiftOf(const fhir::SearchParam& param) {
  return param.type == SearchType::kDate ? kDateWidthBits : 0;
}

std::uint64_t FirstOrder(const fhir::SearchParam& param, std::uint64_t place) {
  return place << ShiftOf(param);
}

// An open end has no place and stays what it is.
std::uint64_t LastOrder(const fhir::SearchParam& param, std::uint64_t place) {
  const std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  const int shift = ShiftOf(param);
  return place >= last >> shift ? last : (place << shift) | ((std::uint64_t{1} << shift) - 1);
}

bool HasLooseKeys(const fhir::SearchParam& param) {
  return param.type == SearchType::kNumber || param.type == SearchType::kQuantity;
}

// Values of one place are neighbours in each stream: units of a number, widths of a date.
class PlaceWalk final : public KeyWalk {
 public:
  PlaceWalk(index::Reader& reader, const fhir::SearchParam& param, index::Direction direction,
            const SortKey* start, const SortBounds& bounds)
      : direction_(direction), shift_(ShiftOf(param)) {
    std::uint64_t from = bounds.first;
    std::uint64_t to = bounds.last;
    if (start != nullptr && direction == index::Direction::kAscending) {
      from = std::max(from, start->place);
    } else if (start != nullptr) {
      to = std::min(to, start->place);
    }
    if (from > to) return;
    const std::uint64_t first = FirstOrder(param, from);
    const std::uint64_t last = LastOrder(param, to);
    const auto open = [&](Stream stream) {
      Source& source = sources_.emplace_back();
      source.walk = reader.Walk(ParamOf(param.id, stream), first, last, direction);
      Step(source);
    };
    open(Stream::kValues);
    if (HasLooseKeys(param)) open(Stream::kLoose);
  }

  bool Next(SortKey& key, std::vector<index::Rid>& rids) override {
    rids.clear();
    std::optional<std::uint64_t> place;
    for (const Source& source : sources_) {
      if (source.more && (!place || Before(source.place, *place))) place = source.place;
    }
    if (!place) return false;
    bool in_order = true;
    for (Source& source : sources_) {
      for (; source.more && source.place == *place; Step(source)) {
        if (rids.empty()) {
          std::swap(rids, source.rids);
        } else {
          rids.insert(rids.end(), source.rids.begin(), source.rids.end());
          in_order = false;
        }
      }
    }
    if (!in_order) {
      std::sort(rids.begin(), rids.end());
      rids.erase(std::unique(rids.begin(), rids.end()), rids.end());
    }
    key = {.present = true, .place = *place, .text = {}};
    return true;
  }

 private:
  struct Source {
    std::unique_ptr<index::ValueWalk> walk;
    bool more = false;
    std::uint64_t place = 0;
    std::vector<index::Rid> rids;
  };

  bool Before(std::uint64_t a, std::uint64_t b) const {
    return direction_ == index::Direction::kAscending ? a < b : b < a;
  }

  void Step(Source& source) const {
    index::Key key;
    source.more = source.walk->Next(key, source.rids);
    source.place = key.order >> shift_;
  }

  const index::Direction direction_;
  const int shift_;
  std::vector<Source> sources_;
};

class TextWalk final : public KeyWalk {
 public:
  explicit TextWalk(std::unique_ptr<index::StringWalk> walk) : walk_(std::move(walk)) {}

  bool Next(SortKey& key, std::vector<index::Rid>& rids) override {
    key.present = true;
    key.place = 0;
    return walk_->Next(key.text, rids);
  }

 private:
  std::unique_ptr<index::StringWalk> walk_;
};

}  // namespace

bool CanWalkKeys(const fhir::SearchParam& param) {
  return param.type == SearchType::kDate || param.type == SearchType::kString ||
         HasLooseKeys(param);
}

std::uint64_t PlaceOfOrder(const fhir::SearchParam& param, std::uint64_t order) {
  return order >> ShiftOf(param);
}

std::uint64_t CountPlaces(index::Reader& reader, const fhir::SearchParam& param,
                          std::uint64_t first, std::uint64_t last) {
  if (first > last) return 0;
  return reader.SizeOf(ParamOf(param.id), FirstOrder(param, first), LastOrder(param, last))
      .postings;
}

std::unique_ptr<KeyWalk> WalkKeys(index::Reader& reader, const fhir::SearchParam& param,
                                  index::Direction direction, const SortKey* start,
                                  const SortBounds& bounds) {
  if (param.type != SearchType::kString) {
    return std::make_unique<PlaceWalk>(reader, param, direction, start, bounds);
  }
  std::optional<std::string_view> from;
  if (start != nullptr) from = start->text;
  return std::make_unique<TextWalk>(reader.WalkStrings(ParamOf(param.id), direction, from));
}

index::CursorPtr WithAnyKey(index::Reader& reader, const fhir::SearchParam& param) {
  if (param.type == SearchType::kString) return reader.StringPrefix(ParamOf(param.id), "");
  std::vector<index::CursorPtr> sets;
  sets.push_back(reader.Any(ParamOf(param.id)));
  if (HasLooseKeys(param)) sets.push_back(reader.Any(ParamOf(param.id, Stream::kLoose)));
  return index::Or(std::move(sets));
}

}  // namespace healthlake::datastore
