// What a call throws.
#pragma once

#include <optional>
#include <string>

#include "healthlake/core/error.hpp"

namespace healthlake::support {

// The kind of the core::Error that `call` throws; nullopt when it throws none.
template <typename Call>
std::optional<core::ErrorKind> ErrorKindOf(const Call& call) {
  try {
    call();
  } catch (const core::Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

// Its message; "" when it throws none.
template <typename Call>
std::string ErrorMessageOf(const Call& call) {
  try {
    call();
  } catch (const core::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace healthlake::support
