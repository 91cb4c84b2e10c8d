#include "datastore/batch_symbols.hpp"

namespace healthlake::datastore {

std::uint32_t BatchSymbols::Resolve(std::string_view text) {
  const auto found = known_.find(text);
  if (found != known_.end()) return found->second;
  const std::uint32_t number = kPending | static_cast<std::uint32_t>(pending_.size());
  pending_.emplace_back(text);
  known_.emplace(text, number);
  pending_bytes_ += text.size();
  known_bytes_ += text.size();
  return number;
}

std::vector<store::SymbolId> BatchSymbols::InternPending(store::SymbolTable& table) {
  if (pending_.empty()) return {};
  const std::vector<std::string_view> texts(pending_.begin(), pending_.end());
  std::vector<store::SymbolId> numbers = table.InternAll(texts);
  for (std::size_t i = 0; i < pending_.size(); ++i) known_[pending_[i]] = numbers[i];
  pending_.clear();
  pending_bytes_ = 0;
  if (known_.size() > kMaxKnown || known_bytes_ > kMaxKnownBytes) {
    known_.clear();
    known_bytes_ = 0;
  }
  return numbers;
}

}  // namespace healthlake::datastore
