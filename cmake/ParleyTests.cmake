# SPDX-License-Identifier: Apache-2.0
# How tests are compiled: one GoogleTest binary per folder. A test runs for seconds and is compiled for many, so that the presets with
# PARLEY_PCH compile tests without optimisation and with one precompiled header; what is tested keeps its own flags. At -O0 a test file
# takes half of the compiler's time, and the precompiled header saves a second of each file.

# parley_test(NAME [LABEL unit] [SOURCES file...] [DEPS target...])
# The binary test_NAME from the calling folder's *_test.cpp files unless SOURCES names others.
function(parley_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;DEPS" ${ARGN})
  find_package(GTest REQUIRED)
  if(NOT ARG_SOURCES)
    file(GLOB ARG_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp")
  endif()
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_include_directories(test_${name} PRIVATE "${CMAKE_SOURCE_DIR}/core" "${CMAKE_SOURCE_DIR}/tests")
  target_link_libraries(test_${name} PRIVATE parley_options ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  parley_compile_quickly(test_${name})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300)
  if(ARG_LABEL STREQUAL "unit")
    set_property(GLOBAL APPEND PROPERTY PARLEY_SANITIZED_TESTS test_${name})
  endif()
endfunction()

# For a test binary that was made elsewhere, a plugin's for example.
function(parley_compile_quickly target)
  if(NOT PARLEY_PCH)
    return()
  endif()
  target_compile_options(${target} PRIVATE -O0)
  get_target_property(sources ${target} SOURCES)
  if(NOT "${sources}" MATCHES "\\.c(;|$)")  # a precompiled header is for one language
    if(NOT TARGET parley_test_pch)
      file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/test_pch.cpp" CONTENT "int main() {}\n")
      add_executable(parley_test_pch EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/test_pch.cpp")
      target_link_libraries(parley_test_pch PRIVATE parley_options GTest::gmock)
      target_compile_options(parley_test_pch PRIVATE -O0)
      target_precompile_headers(parley_test_pch PRIVATE ${PARLEY_STANDARD_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
    endif()
    target_precompile_headers(${target} REUSE_FROM parley_test_pch)
  endif()
endfunction()
