# SPDX-License-Identifier: Apache-2.0
# find_package(Parley): the target Parley::sdk and the functions of ParleyPlugin.cmake.
include("${CMAKE_CURRENT_LIST_DIR}/ParleySdk.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/ParleyPlugin.cmake")
