#include "fhir/profile/gzip_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>

#include "healthlake/core/error.hpp"

namespace healthlake::fhir {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with a gzip header

[[noreturn]] void Refuse(const std::string& message) {
  throw core::Error(core::ErrorKind::kInvalid, message);
}

}  // namespace

struct GzipReader::State {
  z_stream stream{};
  std::string_view rest;  // not yet given to zlib
  std::size_t budget = 0;
  bool ended = false;

  void Feed() {
    if (stream.avail_in > 0) return;
    const std::size_t piece =
        std::min<std::size_t>(rest.size(), std::numeric_limits<uInt>::max() / 2);
    // zlib does not write through next_in.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(rest.data()));
    stream.avail_in = static_cast<uInt>(piece);
    rest.remove_prefix(piece);
  }

  // Whether another member follows: gzip files may be concatenated; other bytes are padding.
  bool NextMember() {
    Feed();
    if (stream.avail_in < 2 || stream.next_in[0] != 0x1F || stream.next_in[1] != 0x8B) return false;
    return inflateReset(&stream) == Z_OK;
  }
};

GzipReader::GzipReader(std::string_view bytes, std::size_t limit)
    : state_(std::make_unique<State>()) {
  if (!bytes.starts_with("\x1f\x8b")) Refuse("not compressed with gzip");
  state_->rest = bytes;
  state_->budget = limit;
  if (inflateInit2(&state_->stream, kGzipWindow) != Z_OK) {
    throw core::Error(core::ErrorKind::kInternal, "zlib does not start");
  }
}

GzipReader::~GzipReader() {
  inflateEnd(&state_->stream);
}

std::size_t GzipReader::Read(char* buffer, std::size_t size) {
  State& state = *state_;
  std::size_t done = 0;
  while (done < size && !state.ended) {
    state.Feed();
    const std::size_t piece =
        std::min<std::size_t>(size - done, std::numeric_limits<uInt>::max() / 2);
    state.stream.next_out = reinterpret_cast<Bytef*>(buffer + done);
    state.stream.avail_out = static_cast<uInt>(piece);
    const bool starved = state.stream.avail_in == 0;
    const int result = inflate(&state.stream, Z_NO_FLUSH);
    const std::size_t got = piece - state.stream.avail_out;
    done += got;
    if (got > state.budget) Refuse("unpacks to more than is allowed");
    state.budget -= got;
    if (result == Z_STREAM_END) {
      state.ended = !state.NextMember();
    } else if (result != Z_OK) {
      Refuse(starved ? "the gzip data is cut short" : "the gzip data is damaged");
    }
  }
  return done;
}

}  // namespace healthlake::fhir
