// Unpacks gzip (RFC 1952) piece by piece.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace healthlake::fhir {

class GzipReader {
 public:
  // `bytes` must outlive the reader. Reading beyond `limit` unpacked bytes throws.
  GzipReader(std::string_view bytes, std::size_t limit);
  ~GzipReader();

  // Fills `buffer` from its start and returns how much; less than `size` only at the end. Throws
  // core::Error{kInvalid} when the bytes are no gzip, are cut short or unpack to too much.
  std::size_t Read(char* buffer, std::size_t size);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace healthlake::fhir
