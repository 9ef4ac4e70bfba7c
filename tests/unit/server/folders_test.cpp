// SPDX-License-Identifier: Apache-2.0
#include "server/folders.h"

#include <gtest/gtest.h>

namespace parley::server {
namespace {

TEST(Folders, AProgramOfTheTreeOneStandsInIsTypedByItsPath) {
  EXPECT_EQ(typed("/src/parley/build/bin", "parleyctl", "/src/parley"), "build/bin/parleyctl");
  EXPECT_EQ(typed("/src/parley/build/bin", "parleyctl", "/src/parley/build/bin"), "./parleyctl");
}

TEST(Folders, AnInstalledProgramIsTypedByItsName) {
  EXPECT_EQ(typed("/usr/bin", "parleyctl", "/var/lib/parley"), "parleyctl");
  EXPECT_EQ(typed("/usr/bin", "parleyctl", "/"), "parleyctl");
  EXPECT_EQ(typed("/usr/bin", "parleyctl", ""), "parleyctl");
}

}  // namespace
}  // namespace parley::server
