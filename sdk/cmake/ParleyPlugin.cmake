# SPDX-License-Identifier: Apache-2.0
# How a plugin is built, in this tree and from an installed SDK (find_package(Parley)) alike.
#
#   parley_add_plugin(dice dice.cpp [SOURCES file...] [LIBRARIES target...] [DATA file...])
#     The module dice.so in ${PARLEY_PLUGIN_DIR}, checked after linking. DATA files (paths below the calling folder) are
#     copied to ${PARLEY_PLUGIN_DIR}/dice/, where parley.files/1 finds them by the same relative path.
#   parley_add_plugin_test(dice dice_test.cpp [LIBRARIES target...])
#     A GoogleTest binary of the same objects, driven through parley/testing.hpp; label `plugin`. The macro
#     PARLEY_PLUGIN_DATA names the calling folder, for tests that read the plugin's own files.
#
# Why these flags, all so that dlclose really unloads:
#   -fno-gnu-unique     g++ gives static members of templates STB_GNU_UNIQUE binding, which pins a module for ever
#   hidden + map file   nothing but the entry is visible, so nothing of the plugin is ever bound to from outside
#   shared libstdc++    its static archive is compiled with unique symbols of its own: -static-libstdc++ would bring
#                       back what the first line took away
#   no -z nodelete      and --no-undefined, so that a missing symbol is a build error and not a failed load

set(PARLEY_PLUGIN_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}")
enable_testing()  # here, because inside a function it would be forgotten at the end of it
set(PARLEY_PLUGIN_DIR "${CMAKE_BINARY_DIR}/plugins" CACHE PATH "Where built plugins are put")
option(PARLEY_PLUGIN_PCH "Precompile parley/plugin.hpp: a change of a plugin compiles in a fraction of the time" OFF)

function(parley_add_plugin id source)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;DATA" ${ARGN})
  string(REGEX MATCH "^[a-z][a-z0-9-]*$" valid "${id}")
  if(NOT valid)
    message(FATAL_ERROR "plugin id '${id}': lower-case letters, digits and '-', a letter first")
  endif()
  _parley_plugin_sanitized(sanitized)

  add_library(plugin_${id}_objects OBJECT ${source} ${ARG_SOURCES})
  target_include_directories(plugin_${id}_objects PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
  set_target_properties(plugin_${id}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                        C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON CXX_STANDARD 20
                        CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_compile_options(plugin_${id}_objects PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_libraries(plugin_${id}_objects PUBLIC Parley::sdk ${ARG_LIBRARIES})
  if(PARLEY_PLUGIN_PCH)
    target_precompile_headers(plugin_${id}_objects PRIVATE $<$<COMPILE_LANGUAGE:CXX>:<parley/plugin.hpp>>)
  endif()
  if(TARGET parley_options)
    target_link_libraries(plugin_${id}_objects PUBLIC parley_options)
  endif()

  add_library(plugin_${id} MODULE)
  target_link_libraries(plugin_${id} PRIVATE plugin_${id}_objects)
  set_target_properties(plugin_${id} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME ${id} LINKER_LANGUAGE CXX
                        LIBRARY_OUTPUT_DIRECTORY "${PARLEY_PLUGIN_DIR}"
                        LINK_DEPENDS "${PARLEY_PLUGIN_CMAKE_DIR}/plugin.map")
  target_link_options(plugin_${id} PRIVATE "-Wl,--version-script=${PARLEY_PLUGIN_CMAKE_DIR}/plugin.map" "-Wl,-z,now")
  if(NOT sanitized)  # the runtime's symbols come from the program that loads the module
    target_link_options(plugin_${id} PRIVATE "-Wl,--no-undefined")
  endif()
  add_custom_command(TARGET plugin_${id} POST_BUILD
                     COMMAND "${PARLEY_PLUGIN_CMAKE_DIR}/check-plugin" $<$<BOOL:${sanitized}>:--sanitized>
                             "$<TARGET_FILE:plugin_${id}>"
                     COMMAND_EXPAND_LISTS VERBATIM)
  _parley_plugin_data(${id} ${ARG_DATA})
endfunction()

function(parley_add_plugin_test id)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  if(DEFINED PARLEY_TESTS AND NOT PARLEY_TESTS)
    return()
  endif()
  find_package(GTest REQUIRED)
  add_executable(test_plugin_${id} ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(test_plugin_${id} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_compile_definitions(test_plugin_${id} PRIVATE PARLEY_PLUGIN_DATA="${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(test_plugin_${id} PRIVATE plugin_${id}_objects ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
  add_test(NAME plugin_${id} COMMAND test_plugin_${id})
  set_tests_properties(plugin_${id} PROPERTIES LABELS plugin TIMEOUT 120)
endfunction()

function(_parley_plugin_data id)
  set(copies "")
  foreach(file IN LISTS ARGN)
    set(copy "${PARLEY_PLUGIN_DIR}/${id}/${file}")
    add_custom_command(OUTPUT "${copy}" DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${file}" VERBATIM
                       COMMAND "${CMAKE_COMMAND}" -E copy "${CMAKE_CURRENT_SOURCE_DIR}/${file}" "${copy}")
    list(APPEND copies "${copy}")
  endforeach()
  if(copies)
    # A target of its own: as sources of a module without objects Ninja would never ask for them.
    add_custom_target(plugin_${id}_data DEPENDS ${copies})
    add_dependencies(plugin_${id} plugin_${id}_data)
  endif()
endfunction()

function(_parley_plugin_sanitized result)
  get_directory_property(options COMPILE_OPTIONS)
  string(FIND "${options} ${CMAKE_CXX_FLAGS}" "-fsanitize=" found)
  if(found EQUAL -1)
    set(${result} 0 PARENT_SCOPE)
  else()
    set(${result} 1 PARENT_SCOPE)
  endif()
endfunction()
