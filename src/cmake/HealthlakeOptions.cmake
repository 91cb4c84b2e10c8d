# One INTERFACE target with the language level, warnings, hardening and sanitizers of every room.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

if(HEALTHLAKE_SANITIZE)
  add_compile_options(-fsanitize=${HEALTHLAKE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HEALTHLAKE_SANITIZE})
endif()

add_library(healthlake_options INTERFACE)
target_compile_options(healthlake_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-align
  -Wnon-virtual-dtor -Woverloaded-virtual -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough -Wextra-semi)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(healthlake_options INTERFACE -Wduplicated-cond -Wlogical-op)
endif()
if(HEALTHLAKE_WERROR)
  target_compile_options(healthlake_options INTERFACE -Werror)
endif()
