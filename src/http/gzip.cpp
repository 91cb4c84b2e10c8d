#include "http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace healthlake::http {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with a gzip wrapper
constexpr int kLevel = 1;             // local callers: bytes are cheap, microseconds are not

// zlib's interface is not const-correct.
Bytef* InputOf(std::string_view text) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
}

// A deflate state is 256 kB, so each thread keeps one.
class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string Run(std::string_view body) {
    deflateReset(&stream_);
    std::string out(body.size(), '\0');
    stream_.next_in = InputOf(body);
    stream_.avail_in = static_cast<uInt>(body.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return {};
    out.resize(out.size() - stream_.avail_out);
    return out;
  }

 private:
  z_stream stream_{};
};

}  // namespace

struct Gunzip::Stream {
  z_stream z{};
  bool in_member = false;
  bool broken = false;
};

Gunzip::Gunzip(std::size_t limit) : stream_(std::make_unique<Stream>()), limit_(limit) {
  if (inflateInit2(&stream_->z, kGzipWindow) != Z_OK) throw std::bad_alloc();
}

Gunzip::~Gunzip() {
  inflateEnd(&stream_->z);
}

Gunzip::Status Gunzip::Add(std::string_view piece, std::string& out) {
  if (stream_->broken) return Status::kMalformed;
  z_stream& z = stream_->z;
  z.next_in = InputOf(piece);
  z.avail_in = static_cast<uInt>(piece.size());
  std::array<char, 16'384> buffer;
  bool flushed = false;
  while (z.avail_in > 0 || !flushed) {
    if (!stream_->in_member) {
      if (z.avail_in == 0) break;
      inflateReset(&z);
      stream_->in_member = true;
    }
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(std::min(buffer.size(), limit_ - out.size() + 1));
    const int code = inflate(&z, Z_NO_FLUSH);
    const auto made = static_cast<std::size_t>(reinterpret_cast<char*>(z.next_out) - buffer.data());
    if (made > limit_ - out.size()) return Status::kTooLarge;
    out.append(buffer.data(), made);
    flushed = z.avail_out > 0;
    if (code == Z_STREAM_END) {
      stream_->in_member = false;
    } else if (code != Z_OK && !(code == Z_BUF_ERROR && z.avail_in == 0)) {
      stream_->broken = true;
      return Status::kMalformed;
    }
  }
  return Status::kOk;
}

bool Gunzip::Complete() const noexcept {
  return !stream_->broken && !stream_->in_member;
}

std::string Gzip(std::string_view body) {
  if (body.empty() || body.size() > std::size_t{1} << 30U) return {};
  thread_local Deflater deflater;
  return deflater.Run(body);
}

}  // namespace healthlake::http
