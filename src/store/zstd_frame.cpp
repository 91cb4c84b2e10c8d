#include "store/zstd_frame.hpp"

#include <zstd.h>

#include "healthlake/core/error.hpp"

namespace healthlake::store {
namespace {

constexpr int kLevel = 1;
// A damaged size must not become an allocation.
constexpr unsigned long long kMaxContentBytes = 2ULL << 30;

[[noreturn]] void Fail(std::string_view what) {
  throw core::Error(core::ErrorKind::kInternal, "damaged frame: " + std::string(what));
}

}  // namespace

std::string CompressFrame(std::string_view text) {
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size =
      ZSTD_compress(frame.data(), frame.size(), text.data(), text.size(), kLevel);
  if (ZSTD_isError(size)) Fail(ZSTD_getErrorName(size));
  frame.resize(size);
  return frame;
}

std::string DecompressFrame(std::string_view frame, std::string_view what) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > kMaxContentBytes) Fail(what);
  std::string text(size, '\0');
  const std::size_t got = ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) || got != size) Fail(what);
  return text;
}

}  // namespace healthlake::store
