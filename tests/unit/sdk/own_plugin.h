// SPDX-License-Identifier: Apache-2.0
// A host for a plugin that the test itself defines.
#pragma once

#include <parley/testing.hpp>

template <typename Class>
parley::testing::HostOptions options(parley::testing::HostOptions base = {}) {
  base.plugin = parley::testing::entry_of<Class>();
  return base;
}
