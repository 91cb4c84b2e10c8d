// Identifiers are injected, so that a test can name them in advance.
#pragma once

#include <cstdint>
#include <string>

namespace healthlake::core {

// Thread-safe.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;
  virtual std::uint64_t Random64() = 0;

  std::string Uuid();   // version 4, lower case, with dashes: FHIR ids, request ids
  std::string HexId();  // 32 lower-case hex digits: data stores and jobs (reference 1.6)
};

// Draws from the operating system.
class RandomIds final : public IdGenerator {
 public:
  std::uint64_t Random64() override;
};

}  // namespace healthlake::core
