// The symbols that import batches meet, numbered without a transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "datastore/value_encoder.hpp"
#include "healthlake/core/hash.hpp"
#include "healthlake/store/symbol_table.hpp"

namespace healthlake::datastore {

// Knows committed symbols and puts the others off until InternPending. Confined to one thread at a
// time; meant to be handed from batch to batch, so that it stays warm.
class BatchSymbols final : public SymbolResolver {
 public:
  std::uint32_t Resolve(std::string_view text) override;

  // The numbers of the texts put off, in their order; nothing is pending afterwards.
  std::vector<store::SymbolId> InternPending(store::SymbolTable& table);

  // Bytes of the texts put off.
  std::size_t pending_bytes() const noexcept { return pending_bytes_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return core::Hash64(text); }
  };
  // A resource with values of its own (a uri of each) must not make this grow without end.
  static constexpr std::size_t kMaxKnown = 50'000;
  static constexpr std::size_t kMaxKnownBytes = std::size_t{8} << 20;

  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> known_;
  std::vector<std::string> pending_;
  std::size_t pending_bytes_ = 0;
  std::size_t known_bytes_ = 0;
};

}  // namespace healthlake::datastore
