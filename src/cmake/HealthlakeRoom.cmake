# healthlake_room(NAME SOURCES a.cpp … ROOMS core … LIBRARIES PkgConfig::x …)
# One static library per room. ROOMS are the rooms whose headers this one may include (PUBLIC, as
# the table in src/README.md allows); LIBRARIES are third-party and stay private to the room.
function(healthlake_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  add_library(healthlake_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(healthlake_${name}
    PUBLIC ${PROJECT_SOURCE_DIR}/include
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(healthlake_${name} PRIVATE healthlake_options)
  foreach(room IN LISTS ROOM_ROOMS)
    target_link_libraries(healthlake_${name} PUBLIC healthlake_${room})
  endforeach()
  target_link_libraries(healthlake_${name} PRIVATE ${ROOM_LIBRARIES})
endfunction()

# healthlake_test(NAME SOURCES a_test.cpp … ROOMS index … LABEL unit)
# One GoogleTest executable, healthlake_<NAME>_test, registered with ctest as a single test.
function(healthlake_test name)
  cmake_parse_arguments(TEST "" "LABEL" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  add_executable(healthlake_${name}_test ${TEST_SOURCES})
  target_include_directories(healthlake_${name}_test PRIVATE
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  foreach(room IN LISTS TEST_ROOMS)
    target_link_libraries(healthlake_${name}_test PRIVATE healthlake_${room})
  endforeach()
  target_link_libraries(healthlake_${name}_test PRIVATE
    healthlake_options healthlake_test_support GTest::gmock GTest::gtest_main ${TEST_LIBRARIES})
  if(HEALTHLAKE_SANITIZE)
    # Instrumented tests compile twice as fast unoptimised; what they test stays optimised.
    target_compile_options(healthlake_${name}_test PRIVATE -O0)
  endif()
  target_compile_definitions(healthlake_${name}_test PRIVATE
    HEALTHLAKE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND healthlake_${name}_test)
  set_tests_properties(${name} PROPERTIES LABELS ${TEST_LABEL}
    ENVIRONMENT "ASAN_OPTIONS=strict_string_checks=1:detect_stack_use_after_return=1:check_initialization_order=1;UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1;TSAN_OPTIONS=second_deadlock_stack=1:halt_on_error=1")
endfunction()
