#include "healthlake/store/body_codec.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/core/hash.hpp"
#include "healthlake/store/connection.hpp"
#include "healthlake/store/store_file.hpp"
#include "store/dictionary/dictionary.hpp"
#include "store/varint.hpp"
#include "store/zstd_frame.hpp"

namespace healthlake::store {
namespace {

constexpr int kLevel = 1;
constexpr std::uint32_t kBuiltInNumber = 1;
// The first byte of a block. Smaller contents than this are not worth a frame.
constexpr char kPlain = 0;
constexpr char kZstd = 1;
constexpr std::size_t kSmallestFrame = 24;
// Far above what a batch may put into one block; a damaged size must not become an allocation.
constexpr std::uint64_t kMaxContentBytes = std::uint64_t{2} << 30;

constexpr Query kFindDictionaries{"find dictionaries", "SELECT id, hash FROM body_dictionary"};
constexpr Query kLoadDictionaries{"load dictionaries",
                                  "SELECT id, data FROM body_dictionary ORDER BY id"};
constexpr Query kAddDictionary{"add dictionary",
                               "INSERT INTO body_dictionary (id, hash, data) VALUES (?1, ?2, ?3)"
                               " ON CONFLICT (id) DO NOTHING"};

[[noreturn]] void Damaged(const char* why) {
  throw core::Error(core::ErrorKind::kInternal, std::string("damaged body block: ") + why);
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CDict* dictionary) const { ZSTD_freeCDict(dictionary); }
  void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
};

ZSTD_CCtx* CompressionContext() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  return context.get();
}

ZSTD_DCtx* DecompressionContext() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  return context.get();
}

// Lengths first, then the bodies, then the ids: the ids repeat what stands in the bodies and cost
// next to nothing there.
std::string Lay(std::span<const BodyView> bodies) {
  std::string content;
  std::size_t bytes = 1;
  for (const BodyView& body : bodies) bytes += body.id.size() + body.json.size() + 8;
  content.reserve(bytes);
  AppendVarint(content, bodies.size());
  for (const BodyView& body : bodies) {
    AppendVarint(content, body.id.size());
    AppendVarint(content, body.json.size());
  }
  for (const BodyView& body : bodies) content += body.json;
  for (const BodyView& body : bodies) content += body.id;
  return content;
}

void Split(std::string_view content, std::vector<BodyView>& bodies) {
  bodies.clear();
  const auto count = TakeVarint(content);
  if (!count || *count == 0 || *count > kMaxBodiesPerBlock) Damaged("count");
  struct Lengths {
    std::uint64_t id;
    std::uint64_t json;
  };
  std::array<Lengths, kMaxBodiesPerBlock> lengths;
  for (std::size_t slot = 0; slot < *count; ++slot) {
    const auto id = TakeVarint(content);
    const auto json = TakeVarint(content);
    if (!id || !json) Damaged("lengths");
    lengths[slot] = {*id, *json};
  }
  const auto take = [&content](std::uint64_t length) {
    if (length > content.size()) Damaged("lengths");
    const std::string_view taken = content.substr(0, length);
    content.remove_prefix(length);
    return taken;
  };
  for (std::size_t slot = 0; slot < *count; ++slot) {
    bodies.push_back({{}, take(lengths[slot].json)});
  }
  for (std::size_t slot = 0; slot < *count; ++slot) bodies[slot].id = take(lengths[slot].id);
  if (!content.empty()) Damaged("bytes left over");
}

}  // namespace

// One dictionary, ready to be used in both directions.
struct BodyCodec::Dictionaries {
  struct Digested {
    std::uint32_t number;
    std::unique_ptr<ZSTD_CDict, FreeContext> compress;
    std::unique_ptr<ZSTD_DDict, FreeContext> decompress;
  };

  void Add(std::uint32_t number, std::string_view bytes) {
    Digested digested;
    digested.number = number;
    digested.compress.reset(ZSTD_createCDict(bytes.data(), bytes.size(), kLevel));
    digested.decompress.reset(ZSTD_createDDict(bytes.data(), bytes.size()));
    if (!digested.compress || !digested.decompress) {
      throw core::Error(core::ErrorKind::kUnavailable, "out of memory for a dictionary");
    }
    all.push_back(std::move(digested));
  }

  const Digested& Load(std::uint64_t number) const {
    for (const Digested& digested : all) {
      if (digested.number == number) return digested;
    }
    Damaged("its dictionary is not in the file");
  }

  std::vector<Digested> all;  // the newest last: it compresses
};

BodyCodec::BodyCodec(std::unique_ptr<Dictionaries> dictionaries)
    : dictionaries_(std::move(dictionaries)) {}
BodyCodec::~BodyCodec() = default;

std::shared_ptr<const BodyCodec> BodyCodec::BuiltIn() {
  static const std::shared_ptr<const BodyCodec> built_in = [] {
    auto dictionaries = std::make_unique<Dictionaries>();
    dictionaries->Add(kBuiltInNumber, DecompressFrame(BuiltInDictionary(), "dictionary"));
    return std::shared_ptr<const BodyCodec>(new BodyCodec(std::move(dictionaries)));
  }();
  return built_in;
}

std::shared_ptr<const BodyCodec> BodyCodec::Load(StoreFile& file) {
  const std::uint64_t built_in_hash = core::Hash64(BuiltInDictionary());
  std::size_t known = 0;
  std::size_t own = 0;
  {
    ReadTransaction transaction = file.Read();
    Statement find = transaction.connection().Prepare(kFindDictionaries);
    while (find.Step()) {
      const bool same = find.Unsigned(0) == kBuiltInNumber && find.Unsigned(1) == built_in_hash;
      ++(same ? known : own);
    }
  }
  if (known + own == 0) {
    // Before the first body: a file explains its own bytes for ever.
    WriteTransaction transaction = file.Write();
    transaction.connection().Run(kAddDictionary, kBuiltInNumber, built_in_hash,
                                 Blob{BuiltInDictionary()});
    transaction.Commit();
    return BuiltIn();
  }
  if (own == 0) return BuiltIn();
  auto dictionaries = std::make_unique<Dictionaries>();
  ReadTransaction transaction = file.Read();
  Statement load = transaction.connection().Prepare(kLoadDictionaries);
  while (load.Step()) {
    dictionaries->Add(static_cast<std::uint32_t>(load.Integer(0)),
                      DecompressFrame(load.Text(1), "dictionary"));
  }
  return std::shared_ptr<const BodyCodec>(new BodyCodec(std::move(dictionaries)));
}

std::string BodyCodec::Compress(std::span<const BodyView> bodies) const {
  if (bodies.empty() || bodies.size() > kMaxBodiesPerBlock) {
    throw core::Error(core::ErrorKind::kInternal, "a body block of a wrong size");
  }
  const std::string content = Lay(bodies);
  std::string block;
  if (content.size() < kSmallestFrame) {
    block.push_back(kPlain);
    return block += content;
  }
  const Dictionaries::Digested& dictionary = dictionaries_->all.back();
  block.push_back(kZstd);
  AppendVarint(block, dictionary.number);
  const std::size_t head = block.size();
  block.resize(head + ZSTD_compressBound(content.size()));
  ZSTD_CCtx* const context = CompressionContext();
  ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
  ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0);
  ZSTD_CCtx_refCDict(context, dictionary.compress.get());
  const std::size_t size = ZSTD_compress2(context, block.data() + head, block.size() - head,
                                          content.data(), content.size());
  if (ZSTD_isError(size)) {
    throw core::Error(core::ErrorKind::kUnavailable,
                      std::string("cannot compress: ") + ZSTD_getErrorName(size));
  }
  block.resize(head + size);
  return block;
}

void BodyCodec::Decompress(std::string_view block, BodyBlock& into) const {
  into.bodies_.clear();
  if (block.empty()) Damaged("empty");
  const char form = block.front();
  block.remove_prefix(1);
  if (form == kPlain) {
    into.bytes_.assign(block);
  } else if (form == kZstd) {
    const auto number = TakeVarint(block);
    if (!number) Damaged("head");
    const Dictionaries::Digested& dictionary = dictionaries_->Load(*number);
    const unsigned long long size = ZSTD_getFrameContentSize(block.data(), block.size());
    if (size > kMaxContentBytes) Damaged("size");
    into.bytes_.resize(size);
    const std::size_t got =
        ZSTD_decompress_usingDDict(DecompressionContext(), into.bytes_.data(), into.bytes_.size(),
                                   block.data(), block.size(), dictionary.decompress.get());
    if (ZSTD_isError(got) || got != size) Damaged("content");
  } else {
    Damaged("form");
  }
  Split(into.bytes_, into.bodies_);
}

}  // namespace healthlake::store
