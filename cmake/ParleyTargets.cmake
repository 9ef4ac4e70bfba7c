# SPDX-License-Identifier: Apache-2.0
# Build rules shared by every folder: compiler settings, one static library per folder of core/. Tests have rules of their own in
# ParleyTests.cmake.

option(PARLEY_TESTS "Build the tests" ON)
option(PARLEY_WERROR "Treat warnings as errors" OFF)
option(PARLEY_COVERAGE "Instrument for coverage" OFF)
option(PARLEY_FUZZ "Build the libFuzzer targets (clang only)" OFF)
set(PARLEY_SANITIZE "" CACHE STRING "Sanitizers to build with: address, thread or empty")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

option(PARLEY_PCH "Precompile the headers that every test includes, and in sanitized builds those of core/ (g++ only)" OFF)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(PARLEY_PCH OFF)
endif()

find_program(PARLEY_CCACHE ccache)
if(PARLEY_CCACHE)
  set(launcher "${PARLEY_CCACHE}")
  if(PARLEY_PCH)  # what ccache asks for before it takes compilations with precompiled headers
    set(launcher "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${PARLEY_CCACHE}")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()

set(PARLEY_STANDARD_HEADERS <algorithm> <atomic> <chrono> <functional> <map> <memory> <mutex> <optional> <set>
    <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>)

find_package(Threads REQUIRED)

add_library(parley_options INTERFACE)
target_compile_options(parley_options INTERFACE -Wall -Wextra -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Wno-missing-field-initializers
                       $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
if(PARLEY_PCH)  # some libraries ask for it: what it defines has to be the same wherever a precompiled header is used
  target_compile_options(parley_options INTERFACE -pthread)
endif()
target_compile_definitions(parley_options INTERFACE BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(parley_options INTERFACE Threads::Threads)
if(PARLEY_WERROR AND NOT PARLEY_SANITIZE)  # instrumented code makes g++ 12 see uninitialised values that are none
  target_compile_options(parley_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT PARLEY_SANITIZE)
  # g++ 12 at -O3 sees overlaps and overflows inside its own std::string (GCC bug 105651 and its kin): silent, or not fatal.
  target_compile_options(parley_options INTERFACE -Wno-restrict -Wno-error=array-bounds -Wno-error=stringop-overflow
                         -Wno-error=stringop-overread -Wno-error=maybe-uninitialized)
endif()
if(PARLEY_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  add_compile_definitions(PARLEY_SANITIZED=1)
elseif(PARLEY_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
  add_compile_definitions(PARLEY_SANITIZED=1)
elseif(PARLEY_SANITIZE)
  message(FATAL_ERROR "PARLEY_SANITIZE is '${PARLEY_SANITIZE}'; allowed: address, thread or empty")
endif()
if(PARLEY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(PARLEY_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

# parley_library(NAME DEPS target... [SYSTEM_DEPS target...])
# The static library parley_NAME from every .cpp of the calling folder (and of its direct subfolders).
# DEPS are the folders of core/ it may include; scripts/check-includes holds the same arrows against the code.
function(parley_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;SYSTEM_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*/*.cpp")
  add_library(parley_${name} STATIC ${sources})
  target_include_directories(parley_${name} PUBLIC "${CMAKE_SOURCE_DIR}/core")
  target_link_libraries(parley_${name} PUBLIC parley_options)
  foreach(dep IN LISTS ARG_DEPS)
    target_link_libraries(parley_${name} PUBLIC parley_${dep})
  endforeach()
  target_link_libraries(parley_${name} PUBLIC ${ARG_SYSTEM_DEPS})
  if(PARLEY_PCH AND PARLEY_SANITIZE)  # other builds compile core/ without, so that no file can forget an include
    parley_core_pch(parley_${name})
  endif()
endfunction()

# One precompiled header for all libraries of core/.
function(parley_core_pch target)
  if(NOT TARGET parley_core_pch)
    file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/core_pch.cpp" CONTENT "")
    add_library(parley_core_pch OBJECT "${CMAKE_BINARY_DIR}/core_pch.cpp")
    target_link_libraries(parley_core_pch PRIVATE parley_options)
    target_precompile_headers(parley_core_pch PRIVATE ${PARLEY_STANDARD_HEADERS})
  endif()
  target_precompile_headers(${target} REUSE_FROM parley_core_pch)
endfunction()

include(ParleyTests)
