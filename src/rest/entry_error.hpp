// Which entry of a Bundle an error is about.
#pragma once

#include <cstddef>
#include <string>

#include "healthlake/core/error.hpp"

namespace healthlake::rest {

// The error with the entry's place in its texts and locations: "… (at Bundle.entry[3].resource)",
// Bundle.entry[3].resource.name[0] (reference 4.5). What is nobody's fault stays as it is.
core::Error AtEntry(const core::Error& error, std::size_t index);

// What stands for an answer of that status, when an entry must not have one: an error's status.
core::Error FailureOf(int status);

// Runs `work()` for the entry: what it throws names the entry.
template <typename Work>
auto ForEntry(std::size_t index, const Work& work) {
  try {
    return work();
  } catch (const core::Error& error) {
    throw AtEntry(error, index);
  }
}

}  // namespace healthlake::rest
