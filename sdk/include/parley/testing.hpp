// SPDX-License-Identifier: Apache-2.0
// Testing a plugin without a server. FakeHost loads the plugin that is linked into the test
// program, in memory:
//
//   parley::testing::FakeHost host;
//   const auto reply = host.call("roll", {{"dice", "2d6"}});
//   EXPECT_EQ(reply.type(), "diceRolled");
//   host.advance(5s);                 // fires timers; the clock stands still otherwise
//
// It keeps the contract of the real one where a plugin can notice: declared arguments, roles,
// cooldowns, permissions, the thread tags, order, deadlines, exactly one answer. Everything
// asynchronous is done when a call returns, unless hold() was called. It does not know other
// plugins, rates or connections. Thread: the test's; only what the ABI tags [any] may come from
// others. Since 1.0.
#pragma once

#include "testing/fake_host.hpp"
