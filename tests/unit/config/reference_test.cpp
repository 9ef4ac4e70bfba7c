// SPDX-License-Identifier: Apache-2.0
// Holds the reference file, the documentation and the table of keys against the structs.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/flags.h"
#include "config/keys.h"
#include "config/loader.h"
#include "config/plugin_settings.h"
#include "config/schema.h"
#include "support/temp_folder.h"

namespace parley::config {
namespace {

const std::string kSource = PARLEY_SOURCE_DIR;

TEST(Reference, ParleyYamlHoldsEveryKeyWithItsDefault) {
  const auto loaded = load({kSource + "/config/parley.yaml", {}, {}});
  ASSERT_TRUE(loaded.ok()) << sentences(loaded.problems);
  for (const auto& key : all_keys()) {
    const std::string path(key.path);
    EXPECT_EQ(loaded.origin_of(path).source, Origin::Source::kFile) << path << " is missing";
    EXPECT_EQ(show(key, loaded.config), show(key, Config())) << path;
  }
  for (const auto& change : diff(Config(), loaded.config)) {
    ADD_FAILURE() << change.path << " is " << change.after << " in the file, " << change.before
                  << " in the struct";
  }
}

TEST(Reference, ParleyYamlMarksTheKeysThatReload) {
  const auto text = TempFolder::read(kSource + "/config/parley.yaml");
  const auto marks = [&text] {
    std::size_t count = 0;
    for (auto at = text.find("[reload]"); at != text.npos; at = text.find("[reload]", at + 1))
      ++count;
    return count;
  }();
  EXPECT_GT(marks, 10u);
}

struct Member {
  const char* begin;
  std::size_t size;
};

// Between one key's member and the next lies at most the padding the next one needs: a new member without a line in
// key_table.cpp leaves a larger gap.
TEST(Reference, TableCoversTheStructs) {
  Config config;
  std::set<std::string_view> paths;
  std::vector<Member> members;
  for (const auto& key : all_keys()) {
    EXPECT_TRUE(paths.insert(key.path).second) << key.path << " twice";
    EXPECT_FALSE(key.meaning.empty()) << key.path;
    std::visit(
        [&](auto* member) {
          using Type = std::remove_pointer_t<decltype(member)>;
          members.push_back({reinterpret_cast<const char*>(member), sizeof(Type)});
        },
        key.slot(config));
  }
  std::ranges::sort(members, {}, &Member::begin);
  const char* at = reinterpret_cast<const char*>(&config);
  for (const auto& member : members) {
    const auto gap = static_cast<std::size_t>(member.begin - at);
    EXPECT_LT(gap, 8u) << "a member of config.h without a key, at byte "
                       << at - reinterpret_cast<const char*>(&config);
    at = member.begin + member.size;
  }
  EXPECT_LT(reinterpret_cast<const char*>(&config + 1) - at, 8);
}

std::string inside(const std::string& quoted) {
  return quoted.substr(1, quoted.size() - 2);
}

TEST(Reference, EveryDefaultIsWithinItsRange) {
  Config config;
  for (const auto& key : all_keys()) {
    if (key.secret) continue;
    auto text = show(key, config);
    if (text.starts_with('"') || text.starts_with('[')) text = inside(text);
    if (text.starts_with('{')) text = std::regex_replace(inside(text), std::regex(": "), "=");
    EXPECT_EQ(assign(key, text, config), std::nullopt) << key.path;
  }
}

TEST(Reference, DocumentationIsTheTable) {
  const auto file = kSource + "/docs/configuration.md";
  const std::string begin = "<!-- keys -->\n", end = "<!-- /keys -->\n";
  auto text = TempFolder::read(file);
  const auto from = text.find(begin), to = text.find(end);
  ASSERT_NE(from, text.npos);
  ASSERT_NE(to, text.npos);
  const auto fresh = text.substr(0, from) + begin + reference() + text.substr(to);
  if (std::getenv("PARLEY_WRITE_DOCS")) std::ofstream(file) << fresh;
  EXPECT_EQ(TempFolder::read(file), fresh)
      << "run PARLEY_WRITE_DOCS=1 test_config to write docs/configuration.md";
}

TEST(Reference, BundledPluginSettingsAreGood) {
  const TempFolder state;
  for (const auto& id : Config().plugins.enabled) {
    const auto from_file =
        load_plugin_settings(kSource + "/config/plugins.d", state.path(), id, {});
    EXPECT_TRUE(from_file.ok()) << sentences(from_file.problems);
    EXPECT_FALSE(from_file.settings.permissions.empty()) << id;
    const auto built_in = load_plugin_settings("", state.path(), id, {});
    EXPECT_TRUE(built_in.ok()) << sentences(built_in.problems);
    EXPECT_EQ(built_in.settings.permissions, from_file.settings.permissions) << id;
    EXPECT_EQ(built_in.settings.execution, from_file.settings.execution) << id;
    EXPECT_TRUE(built_in.settings.file.empty());
  }
}

}  // namespace
}  // namespace parley::config
