// SPDX-License-Identifier: Apache-2.0
// An older plugin on a newer host: this file, the host's tables and the manifest reader are compiled
// with the headers of a next minor, in which every struct has grown; the plugins are those of today
// and of the frozen 1.0.
#include <chrono>
#include <memory>
#include <string>

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

#include "loader/manifest.h"

namespace {

using namespace std::chrono_literals;
using parley::Json;
using parley::testing::FakeHost;
using ::testing::HasSubstr;

struct Opened {
  explicit Opened(const std::string& file)
      : handle(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL), ::dlclose) {
    if (handle == nullptr) throw std::runtime_error(::dlerror());
    entry = static_cast<const parley_plugin_entry*>(::dlsym(handle.get(), PARLEY_ENTRY_SYMBOL));
  }
  std::unique_ptr<void, int (*)(void*)> handle;
  const parley_plugin_entry* entry = nullptr;
};

static_assert(PARLEY_ABI_MINOR > 0 && sizeof(parley_plugin_entry) > 104,
              "compiled with the headers of the next minor");

void expect_older_and_taken(const Opened& plugin) {
  ASSERT_NE(plugin.entry, nullptr);
  EXPECT_LT(plugin.entry->size, sizeof(parley_plugin_entry));
  EXPECT_LT(plugin.entry->abi_minor, PARLEY_ABI_MINOR);
  const auto manifest = parley::loader::read_manifest(plugin.entry, "plugin.so");
  ASSERT_TRUE(manifest) << manifest.status().message();
  EXPECT_TRUE(parley::loader::check_abi(*manifest));
}

// Everything the old plugin does, with structs smaller than the host's own.
void expect_works(const std::string& file) {
  const Opened plugin(file);
  expect_older_and_taken(plugin);
  FakeHost host({.plugin = plugin.entry});
  host.set_request_budget(60s);
  EXPECT_EQ(host.call("oldEcho", {{"what", Json{1, 2}}}).text(), R"({"type":"echo","data":[1,2]})");
  EXPECT_EQ(host.call("oldEcho").code(), "invalid_args");
  const auto late = host.call("oldLater");
  host.advance(30s);
  EXPECT_EQ(late.text(), R"({"type":"late","data":{"rings":3}})");
  ASSERT_EQ(host.pushes().size(), 1u);
  EXPECT_EQ(host.pushes()[0].frame.type, "bell");
  EXPECT_TRUE(host.pushes()[0].may_drop);
  EXPECT_EQ(host.call("oldRecall").type(), "nothing");
  EXPECT_EQ(host.call("oldKeep", {{"value", "here"}}).type(), "kept");
  EXPECT_EQ(host.call("oldRecall").data().text(), "\"here\"");
  EXPECT_EQ(host.say("old spam").reason, "no spam");
  EXPECT_EQ(host.say("old darn").text, "old d***");
  EXPECT_EQ(host.say("old news").text, "old news");
  host.happen(parley::EventKind::kJoined, {}, "global");
  EXPECT_TRUE(host.logged("Neo joined global"));
  EXPECT_EQ(host.change_config(R"({"a":1})"), "it has no settings");
  host.restart();
  EXPECT_EQ(host.call("oldRecall").data().text(), "\"here\"");
}

TEST(NextHost, TakesAPluginBuiltWithTheFrozenHeaders) {
  expect_works(PARLEY_OLD_PLUGINS "/old-1.0.so");
}

TEST(NextHost, TakesAPluginBuiltWithTodaysHeaders) {
  expect_works(PARLEY_OLD_PLUGINS "/old-now.so");
}

TEST(NextHost, TakesTodaysPluginInCpp) {
  const Opened plugin(PARLEY_BINARY_DIR "/plugins/dice.so");
  expect_older_and_taken(plugin);
  FakeHost host({.plugin = plugin.entry});
  EXPECT_EQ(host.call("roll", {{"dice", "3d1"}}).code(), "invalid_args");
  host.advance(1s);
  EXPECT_EQ(host.call("roll", {{"dice", "1d2"}}).type(), "diceRolled");
}

TEST(NextHost, TakesTodaysPluginInC) {
  const Opened plugin(PARLEY_BINARY_DIR "/examples/counter.so");
  expect_older_and_taken(plugin);
  FakeHost host({.plugin = plugin.entry});
  EXPECT_EQ(host.call("count").data()["total"].or_else(0), 1);
  EXPECT_EQ(host.call("count", {{"by", 4}}).data()["total"].or_else(0), 5);
  host.fail_next_write(parley::Outcome::kLimit);
  EXPECT_EQ(host.call("count").code(), "too_large");
  EXPECT_EQ(host.call("count").data()["total"].or_else(0), 6);
}

TEST(NextHost, TakesTodaysPluginInRust) {
  const std::string file = PARLEY_BINARY_DIR "/examples/shout.so";
  if (!PARLEY_HAS_RUST) GTEST_SKIP() << "there is no rustc here: the example in Rust was not built";
  const Opened plugin(file);
  expect_older_and_taken(plugin);
  FakeHost host({.plugin = plugin.entry});
  EXPECT_EQ(host.call("shout", {{"text", "h\"й\n"}}).text(),
            R"({"type":"shouted","data":{"text":"H\"Й\u000a","shouted":1}})");
}

// The other way round: what is built with the next minor's headers, before today's rules.
TEST(NextHost, ItsOwnPluginsNameTheNextMinor) {
  const Opened plugin(PARLEY_OLD_PLUGINS "/old-next.so");
  EXPECT_EQ(plugin.entry->abi_minor, PARLEY_ABI_MINOR);
  EXPECT_EQ(plugin.entry->size, sizeof(parley_plugin_entry));
}

}  // namespace
