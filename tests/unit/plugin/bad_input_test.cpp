// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong with a file, its settings or its state gets a sentence of its own, and nothing
// that serves has changed.
#include <fstream>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::HasSubstr;

struct Bad {
  const char* id;
  std::string sentence;
  // Makes the file, and whatever else is wrong; null: the fixture of that name.
  void (*make)(World& world, const std::string& id) = nullptr;
};
void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.id;
}

void write_text(World& world, const std::string& id) {
  std::ofstream(world.place("throws-in-call", id)) << "#include <parley/plugin.hpp>\n";
}
void turn_to_arm(World& world, const std::string& id) {
  std::fstream bytes(world.place("throws-in-call", id),
                     std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(18);  // e_machine
  bytes.put('\xb7');
}
void cut(World& world, const std::string& id) {
  fs::resize_file(world.place("throws-in-call", id), 4096);
}
void grant_nothing(World& world, const std::string& id) {
  world.place(id);
  world.grant(id, "permissions: []\n");
}
void set_a_wrong_key(World& world, const std::string& id) {
  world.place("stateless-keeper", id);
  world.grant(id, "permissions: [commands, metrics, 'filter:*']\nconfig:\n  greeting: 7\n");
}

class BadInputTest : public ::testing::TestWithParam<Bad> {
 protected:
  BadInputTest() { EXPECT_EQ(world_.bring_steady(), ""); }
  void make() {
    const std::string id = GetParam().id;
    world_.grant(id, "permissions: [commands]\n");
    if (GetParam().make != nullptr) return GetParam().make(world_, id);
    world_.place(id);
  }
  std::size_t staged() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(world_.folder() / "state" / "staged"), {}));
  }

  World world_;
  World::Client& neo_ = world_.enter("Neo");
};

TEST_P(BadInputTest, IsSaidInASentenceAndChangesNothing) {
  make();
  const auto rev = world_.commands().rev();
  const auto refused = world_.load(GetParam().id);
  EXPECT_FALSE(refused.status);
  EXPECT_THAT(refused.status.message(), HasSubstr(GetParam().sentence));
  EXPECT_EQ(world_.commands().rev(), rev) << "nobody was told of new commands";
  EXPECT_EQ(world_.state(GetParam().id), PluginState::kFailed);
  EXPECT_THAT(world_.manager().info(GetParam().id)->reason, HasSubstr(GetParam().sentence));
  EXPECT_THAT(neo_.call("steadyVersion"), HasSubstr(R"("version":"1")"));
#ifndef PARLEY_SANITIZED
  EXPECT_EQ(world_.images_of(GetParam().id), 0);
  EXPECT_EQ(staged(), 1u) << "the copy of what serves, and no other";
#endif
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadInputTest,
    ::testing::Values(
        Bad{"text", "text.so: is a text file: a plugin is what parley_add_plugin builds",
            write_text},
        Bad{"arm", "arm.so: is built for 64-bit ARM, this server runs on ", turn_to_arm},
        Bad{"cut", "cut.so: is cut short (4096 of at least ", cut},
        Bad{"missing-symbol", "missing-symbol.so: undefined symbol: nobody_defines_this"},
        Bad{"no-entry", "exports no parley_plugin_entry_v1: it is no Parley plugin"},
        Bad{"bad-abi-major",
            "needs plugin ABI 2.0, this server speaks 1.0: upgrade the server or "
            "build bad-abi-major with SDK 1.0"},
        Bad{"newer-minor",
            "plugin newer-minor 1.2.0 needs plugin ABI 1.4, this server speaks 1.0: "
            "upgrade the server or build newer-minor with SDK 1.0"},
        Bad{"takes-others-command",
            "the command steadyVersion of plugin takes-others-command "
            "belongs to plugin steady: give it another name"},
        Bad{"wants-permissions", "wants-permissions.yaml under permissions, if you trust it",
            grant_nothing},
        Bad{"keeper", "greeting: must be ", set_a_wrong_key},
        Bad{"rewrites-itself", "the private copy was changed after it was checked"},
        Bad{"crashes-when-opened", "a static constructor is at fault"},
        Bad{"other-id", "other-id.so is plugin somebody-else, not other-id"}));

}  // namespace
}  // namespace parley::plugin
