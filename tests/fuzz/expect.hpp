// What a fuzz target promises of every input.
#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the process, so that libFuzzer keeps the input.
#define HEALTHLAKE_EXPECT(condition)                                                 \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "%s:%d: expected: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)
