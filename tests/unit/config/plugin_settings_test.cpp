// SPDX-License-Identifier: Apache-2.0
#include "config/plugin_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/temp_folder.h"

namespace parley::config {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kSchema = R"({"type":"object","additionalProperties":false,"properties":{
    "sides":{"type":"integer","minimum":2,"default":6},
    "names":{"type":"array","items":{"type":"string"}},
    "deep":{"type":"object","properties":{"x":{"type":"integer"}}}}})";

class PluginSettingsTest : public ::testing::Test {
 protected:
  PluginSettingsTest() : file_(folder_.path("plugins.d/toy.yaml")) {}

  LoadedPlugin load_text(const std::string& yaml) {
    folder_.write("plugins.d/toy.yaml", yaml);
    return read();
  }
  LoadedPlugin read() {
    return load_plugin_settings(folder_.path("plugins.d"), folder_.path("state"), "toy", {});
  }
  static std::string only(const LoadedPlugin& loaded) {
    EXPECT_THAT(loaded.problems, SizeIs(1)) << sentences(loaded.problems);
    return loaded.problems.empty() ? "" : loaded.problems.front().sentence();
  }

  TempFolder folder_;
  const std::string file_;
};

TEST_F(PluginSettingsTest, ReadsWhereItRuns) {
  EXPECT_EQ(load_text("permissions: []\n").settings.isolation, Isolation::kInProcess);
  EXPECT_EQ(load_text("isolation: in-process\n").settings.isolation, Isolation::kInProcess);
  EXPECT_EQ(load_text("isolation: after-crash\n").settings.isolation, Isolation::kAfterCrash);
  EXPECT_THAT(only(load_text("isolation: jail\n")),
              HasSubstr("must be in-process or process or after-crash"));
}

TEST_F(PluginSettingsTest, ReadsWhatTheOperatorGrants) {
  const auto loaded = load_text(R"(
enabled: false
isolation: process
execution: inline
permissions: [commands, "push:*", http:api.example.org:443]
limits: {hard_budget: 5s, queue: 10}
config:
  sides: 20
  names: [a, "1", 2, true, null]
  deep: {x: 1.5}
)");
  ASSERT_TRUE(loaded.ok()) << sentences(loaded.problems);
  const auto& settings = loaded.settings;
  EXPECT_FALSE(settings.enabled);
  EXPECT_EQ(settings.isolation, Isolation::kProcess);
  EXPECT_EQ(settings.execution, Execution::kInline);
  EXPECT_THAT(settings.permissions, ElementsAre("commands", "push:*", "http:api.example.org:443"));
  EXPECT_EQ(settings.limits.hard_budget, Millis(5000));
  EXPECT_EQ(settings.limits.queue, 10u);
  EXPECT_EQ(settings.limits.soft_budget, PluginLimits().soft_budget);
  EXPECT_EQ(json::parse(settings.config_json),
            json::parse(R"({"sides":20,"names":["a","1",2,true,null],"deep":{"x":1.5}})"));
  EXPECT_EQ(settings.lines.at("/names/1"), 9);
}

TEST_F(PluginSettingsTest, EveryMistakeHasItsLine) {
  const auto loaded = load_text(
      "enabled: maybe\nexecution: fast\npermisions: []\npermissions:\n  - comands\nlimits: {queue: "
      "0, no: 1}\nconfig: 5\n");
  ASSERT_THAT(loaded.problems, SizeIs(7)) << sentences(loaded.problems);
  EXPECT_EQ(loaded.problems[0].sentence(), file_ + ":1: enabled: must be true or false");
  EXPECT_EQ(loaded.problems[1].sentence(), file_ + ":2: execution: must be worker or inline");
  EXPECT_THAT(loaded.problems[2].sentence(), HasSubstr("Did you mean `permissions`?"));
  EXPECT_THAT(
      loaded.problems[3].sentence(),
      HasSubstr(":5: permissions: there is no permission `comands`. Did you mean `commands`?"));
}

TEST_F(PluginSettingsTest, PermissionsAreAClosedList) {
  EXPECT_THAT(only(load_text("permissions: [push]\n")), HasSubstr("needs a target"));
  EXPECT_THAT(only(load_text("permissions: [\"http:anything\"]\n")), HasSubstr("HOST:PORT"));
  EXPECT_THAT(only(load_text("permissions: [root]\n")), HasSubstr("there are commands, "));
  EXPECT_THAT(only(load_text("permissions: all\n")), HasSubstr("must be a list"));
}

TEST_F(PluginSettingsTest, AStrangerWithoutAFileIsGrantedNothing) {
  const auto loaded = read();
  EXPECT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded.settings.permissions.empty());
}

TEST_F(PluginSettingsTest, IdsThatCouldNameOtherFilesAreRefused) {
  for (const char* id :
       {"", "../toy", "Toy", "a.b", "1a", "a_b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(load_plugin_settings(folder_.path(), folder_.path(), id, {}).ok()) << id;
  }
}

TEST_F(PluginSettingsTest, SchemaProblemsNameFileAndLine) {
  const auto loaded = load_text("config:\n  sides: 1\n  names:\n    - a\n    - 7\n");
  const auto checked = check_plugin_config(loaded.settings, kSchema);
  ASSERT_THAT(checked.problems, SizeIs(2)) << sentences(checked.problems);
  EXPECT_EQ(checked.problems[0].sentence(), file_ + ":5: config.names.1: must be string, is 7");
  EXPECT_EQ(checked.problems[1].sentence(), file_ + ":2: config.sides: must be at least 2, is 1");
}

TEST_F(PluginSettingsTest, ValuesSetAtRunTimeLieOverTheFileAndSurviveARestart) {
  auto loaded = load_text("config:\n  sides: 20\n");
  const auto changed = with_changes(loaded.settings, R"({"sides": 12, "deep.x": 3})");
  ASSERT_TRUE(changed.is_ok());
  ASSERT_TRUE(save_overlay(*changed).is_ok());
  const auto again = read();
  ASSERT_TRUE(again.ok()) << sentences(again.problems);
  EXPECT_EQ(json::parse(again.settings.config_json), json::parse(R"({"sides":12,"deep":{"x":3}})"));
  const auto checked = check_plugin_config(again.settings, kSchema);
  ASSERT_TRUE(checked.ok()) << sentences(checked.problems);
  const auto origins = config_origins(checked.settings);
  EXPECT_EQ(origins.at("/sides"), "overlay");
  EXPECT_EQ(TempFolder::read(file_), "config:\n  sides: 20\n")
      << "the operator's file is left alone";
}

TEST_F(PluginSettingsTest, NullTakesAnOverlaidValueBack) {
  const auto file_only = load_text("config:\n  sides: 20\n").settings;
  const auto over = with_changes(file_only, R"({"sides": 12})");
  const auto back = with_changes(*over, R"({"sides": null})");
  EXPECT_EQ(json::parse(back->config_json), json::parse(R"({"sides":20})"));
  EXPECT_EQ(config_origins(*back).at("/sides"), file_ + ":2");
  ASSERT_TRUE(save_overlay(*over).is_ok());
  ASSERT_TRUE(save_overlay(*back).is_ok());
  EXPECT_FALSE(std::filesystem::exists(back->overlay_file));
}

TEST_F(PluginSettingsTest, BadChangesAreRefused) {
  const auto settings = load_text("").settings;
  EXPECT_FALSE(with_changes(settings, "[]").is_ok());
  EXPECT_FALSE(with_changes(settings, "{").is_ok());
  EXPECT_FALSE(with_changes(settings, R"({"a..b":1})").is_ok());
  const auto wrong = check_plugin_config(*with_changes(settings, R"({"sides":1})"), kSchema);
  EXPECT_THAT(only(wrong), HasSubstr("config.sides: must be at least 2"));
}

TEST_F(PluginSettingsTest, ADamagedOverlayIsAProblemNotACrash) {
  load_text("");
  folder_.write("state/plugins.d/toy.json", "{\"config\": [");
  EXPECT_THAT(only(read()), HasSubstr("is damaged"));
}

TEST_F(PluginSettingsTest, AValueThatWasJustSentStandsInNoFile) {
  const auto settings = load_text("config:\n  sides: 20\n  deep:\n    x: 1\n").settings;
  EXPECT_EQ(only(check_plugin_config(*with_changes(settings, R"({"sides":1})"), kSchema)),
            "config.sides: must be at least 2, is 1");
  EXPECT_EQ(only(check_plugin_config(*with_changes(settings, R"({"deep.x":"a"})"), kSchema)),
            "config.deep.x: must be integer, is \"a\"");
  EXPECT_EQ(only(check_plugin_config(*with_changes(settings, R"({"side":2})"), kSchema)),
            "config.side: there is no such key. Did you mean `sides`?");
  const auto refused = refused_change(*with_changes(settings, R"({"sides":7})"), "odd");
  EXPECT_EQ(refused.sentence(), "config.sides: odd");
  EXPECT_EQ(refused.stays, file_ + ":2") << "what holds stands there";
}

TEST_F(PluginSettingsTest, AValueThatIsTakenBackUncoversTheFilesMistake) {
  const auto settings = load_text("config:\n  sides: 1\n").settings;
  const auto over = with_changes(settings, R"({"sides":12})");
  EXPECT_EQ(only(check_plugin_config(*with_changes(*over, R"({"sides":null})"), kSchema)),
            file_ + ":2: config.sides: must be at least 2, is 1");
}

TEST_F(PluginSettingsTest, ProblemsCarryTheRuleThatDoesNotHold) {
  const auto checked = check_plugin_config(load_text("config:\n  sides: 1\n").settings, kSchema);
  ASSERT_THAT(checked.problems, SizeIs(1));
  EXPECT_EQ(checked.problems[0].rule, "minimum");
  EXPECT_EQ(checked.problems[0].values, (std::vector<std::string>{"2", "1"}));
}

TEST_F(PluginSettingsTest, AStoredValueThatIsRefusedNamesItsOwnLine) {
  load_text("config:\n  sides: 20\n");
  folder_.write("state/plugins.d/toy.json", "{\n  \"config\": {\n    \"sides\": 1\n  }\n}\n");
  EXPECT_THAT(only(check_plugin_config(read().settings, kSchema)),
              HasSubstr("toy.json:3: config.sides: must be at least 2"));
}

TEST_F(PluginSettingsTest, WithoutASchemaOnlyTheFilesKeysCanBeSet) {
  const auto known = load_text("config:\n  sides: 20\n").settings;
  EXPECT_TRUE(check_plugin_config(*with_changes(known, R"({"sides":1})"), "").ok());
  EXPECT_THAT(only(check_plugin_config(*with_changes(known, R"({"side":1})"), "")),
              HasSubstr("config.side: there is no such key. Did you mean `sides`?"));
  const auto none = load_text("permissions: [commands]\n").settings;
  EXPECT_THAT(only(check_plugin_config(*with_changes(none, R"({"a":"b"})"), "")),
              HasSubstr("config.a: there is no such key: this plugin has none"));
}

}  // namespace
}  // namespace parley::config
