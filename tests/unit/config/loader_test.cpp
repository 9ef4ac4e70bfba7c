// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/keys.h"
#include "support/temp_folder.h"

namespace parley::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

class LoaderTest : public ::testing::Test {
 protected:
  LoaderTest() : file_(folder_.path("parley.yaml")) {}

  Loaded load_text(const std::string& yaml, Settings environment = {}, Settings flags = {}) {
    folder_.write("parley.yaml", yaml);
    return load({file_, std::move(environment), std::move(flags)});
  }
  // The only problem there is.
  static std::string only(const Loaded& loaded) {
    EXPECT_THAT(loaded.problems, SizeIs(1)) << sentences(loaded.problems);
    return loaded.problems.empty() ? "" : loaded.problems.front().sentence();
  }

  TempFolder folder_;
  const std::string file_;
};

TEST_F(LoaderTest, NothingGivenIsTheDefaults) {
  const auto loaded = load({});
  EXPECT_TRUE(loaded.ok()) << sentences(loaded.problems);
  EXPECT_TRUE(diff(Config(), loaded.config).empty());
  EXPECT_EQ(loaded.origin_of("limits.rate").text(), "default");
}

TEST_F(LoaderTest, ReadsEveryKindOfValue) {
  const auto loaded = load_text(R"(
limits: {rate: 12.5, frame: 128 KiB, inflight: 7, auth_timeout: 1500ms}
auth:
  guests: no
  registration: closed
channels:
  defaults: [global, "help"]
log:
  levels:
    net: debug
)");
  ASSERT_TRUE(loaded.ok()) << sentences(loaded.problems);
  EXPECT_EQ(loaded.config.limits.rate, 12.5);
  EXPECT_EQ(loaded.config.limits.frame, 131072u);
  EXPECT_EQ(loaded.config.limits.inflight, 7);
  EXPECT_EQ(loaded.config.limits.auth_timeout, Millis(1500));
  EXPECT_FALSE(loaded.config.auth.guests);
  EXPECT_THAT(loaded.config.channels.defaults, ElementsAre("global", "help"));
  EXPECT_EQ(loaded.config.log.levels.at("net"), "debug");
}

TEST_F(LoaderTest, FlagsWinOverEnvironmentOverFile) {
  const auto loaded = load_text("limits:\n  rate: 1\n  burst: 1\n  inflight: 1\n",
                                {{"PARLEY_LIMITS_RATE", "2"}, {"PARLEY_LIMITS_BURST", "2"}},
                                {{"limits.rate", "3"}});
  ASSERT_TRUE(loaded.ok()) << sentences(loaded.problems);
  EXPECT_EQ(loaded.config.limits.rate, 3);
  EXPECT_EQ(loaded.config.limits.burst, 2);
  EXPECT_EQ(loaded.config.limits.inflight, 1);
  EXPECT_EQ(loaded.origin_of("limits.rate").text(), "flag");
  EXPECT_EQ(loaded.origin_of("limits.burst").text(), "environment");
  EXPECT_EQ(loaded.origin_of("limits.inflight").text(), file_ + ":4");
}

TEST_F(LoaderTest, UnknownKeyNamesFileLineAndTheNearestKey) {
  EXPECT_EQ(only(load_text("limits:\n  rats: 5\n")),
            file_ + ":2: limits.rats: there is no such key. Did you mean `rate`?");
  EXPECT_THAT(only(load_text("limit:\n  rate: 5\n")),
              HasSubstr(":1: limit: there is no such key. Did you mean `limits`?"));
  EXPECT_THAT(only(load({"", {}, {{"limits.rtae", "1"}}})),
              HasSubstr("Did you mean `limits.rate`?"));
  EXPECT_THAT(only(load({"", {{"PARLEY_LIMITS_RAET", "1"}}, {}})), HasSubstr("PARLEY_LIMITS_RATE"));
}

TEST_F(LoaderTest, OtherVariablesOfTheProjectAreLeftAlone) {
  EXPECT_TRUE(load({"", {{"PARLEY_TEST_SEED", "1"}}, {}}).ok());
}

TEST_F(LoaderTest, WrongTypeAndRangeSayWhatIsAllowed) {
  EXPECT_THAT(only(load_text("limits:\n  inflight: many\n")),
              AllOf(StartsWith(file_ + ":2: limits.inflight: "), HasSubstr("whole number, 0 to")));
  EXPECT_THAT(only(load_text("limits:\n  unauthenticated: 1.5\n")), HasSubstr("0 to 1"));
  EXPECT_THAT(only(load_text("http:\n  max_header: 3\n")), HasSubstr("1 KiB to 1 MiB"));
  EXPECT_THAT(only(load_text("drain:\n  deadline: 30\n")),
              HasSubstr("a duration such as 500ms, 30s"));
  EXPECT_THAT(only(load_text("auth:\n  registration: ajar\n")),
              HasSubstr("one of open, invitation, closed"));
  EXPECT_THAT(only(load_text("log:\n  levels: {net: loud}\n")), HasSubstr("trace, debug"));
  EXPECT_THAT(only(load_text("listen:\n  address: 8080\n")), HasSubstr("HOST:PORT"));
  EXPECT_THAT(only(load_text("plugins:\n  enabled: [../evil]\n")), HasSubstr("plugin id"));
  EXPECT_THAT(only(load_text("storage:\n  file: ../other.db\n")),
              HasSubstr("inside the state folder"));
  EXPECT_THAT(only(load_text("limits: 5\n")), HasSubstr("is a section"));
  EXPECT_THAT(only(load_text("limits:\n  rate: [1]\n")), HasSubstr("a number"));
  EXPECT_THAT(only(load_text("limits:\n  rate:\n")), HasSubstr("has no value"));
}

TEST_F(LoaderTest, EveryProblemIsReportedAtOnce) {
  const auto loaded = load_text("limits:\n  rate: x\n  nope: 1\nauth:\n  password_ops: 0\n",
                                {{"PARLEY_LIMITS_BURST", "-1"}});
  EXPECT_THAT(loaded.problems, SizeIs(4)) << sentences(loaded.problems);
}

TEST_F(LoaderTest, UploadsNeedAKeyAndKeysHaveAForm) {
  EXPECT_THAT(only(load_text("plugins: {upload: true}")),
              AllOf(HasSubstr("plugins.upload"), HasSubstr("parleyctl key make")));
  EXPECT_THAT(only(load_text("plugins: {trusted_keys: [secret]}")), HasSubstr("no public key"));
  const std::string key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  const auto loaded =
      load_text("plugins: {upload: true, require_signature: off, trusted_keys: [" + key + "]}");
  ASSERT_TRUE(loaded.ok()) << sentences(loaded.problems);
  EXPECT_EQ(loaded.config.plugins.require_signature, "off");
  EXPECT_FALSE(load_text("plugins: {require_signature: sometimes}").ok());
}

TEST_F(LoaderTest, BadYamlAndMissingFilesAreProblemsNotCrashes) {
  EXPECT_THAT(only(load_text("limits: [1\n")), HasSubstr("not valid YAML"));
  for (const char* tabbed : {"limits:\n\trate: 5\n", "limits:\n  rate: 5\n \tburst: 6\n"}) {
    const auto sentence = only(load_text(tabbed));
    EXPECT_THAT(sentence, AllOf(HasSubstr("a tab indents this line"), HasSubstr("use spaces")));
    EXPECT_THAT(sentence, StartsWith(file_ + (tabbed[8] == '\t' ? ":2: " : ":3: ")));
  }
  EXPECT_THAT(only(load_text("- 1\n- 2\n")), HasSubstr("is a section"));
  EXPECT_THAT(only(load_text("limits:\n  rate: 1\n  rate: 2\n")),
              HasSubstr(":3: rate: written twice, first in line 2"));
  EXPECT_THAT(only(load({folder_.path("none.yaml"), {}, {}})), HasSubstr("there is no such file"));
  EXPECT_THAT(only(load({folder_.path(), {}, {}})), HasSubstr("is not a file"));
  EXPECT_FALSE(load_text(std::string(2 << 20, '#')).ok());
  EXPECT_FALSE(load_text(std::string(5000, '[')).ok());
}

TEST_F(LoaderTest, NestedAliasesCannotFillTheMemory) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(only(load_text(bomb)), HasSubstr("too many aliases"));
}

TEST_F(LoaderTest, AnEmptyFileAndEmptySectionsAreGood) {
  EXPECT_TRUE(load_text("").ok());
  EXPECT_TRUE(load_text("limits:\n# all comments\nauth:\n").ok());
}

TEST_F(LoaderTest, RefusesToOpenPlaintextToTheNetwork) {
  EXPECT_THAT(only(load({"", {}, {{"listen.address", "0.0.0.0:8080"}}})), HasSubstr("without TLS"));
  EXPECT_TRUE(
      load({"", {}, {{"listen.address", "0.0.0.0:8080"}, {"listen.allow_plaintext", "true"}}})
          .ok());
  EXPECT_TRUE(
      load({"", {}, {{"listen.address", "[::]:80"}, {"http.trusted_proxies", "10.0.0.0/8"}}}).ok());
  EXPECT_THAT(only(load({"", {}, {{"listen.operator_address", "0.0.0.0:1"}}})),
              HasSubstr("set listen.operator_tls"));
  // 127.example.org begins like a loopback address and is none.
  EXPECT_FALSE(load({"", {}, {{"listen.address", "127.example.org:80"}}}).ok());
}

TEST_F(LoaderTest, TlsNeedsBothFilesAndAPrivateKey) {
  folder_.write("cert.pem", "c");
  const auto key = folder_.write("key.pem", "k");
  EXPECT_THAT(only(load_text("listen:\n  tls: {certificate: cert.pem}\n")),
              HasSubstr("listen.tls.key: is missing"));
  const std::string both = "listen:\n  tls: {certificate: cert.pem, key: key.pem}\n";
  const auto loaded = load_text(both);
  EXPECT_TRUE(loaded.ok()) << sentences(loaded.problems);
  EXPECT_EQ(loaded.config.listen.tls.key, key) << "a relative path begins where the file lies";
  std::filesystem::permissions(key, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(only(load_text(both)), HasSubstr("chmod 600"));
}

TEST_F(LoaderTest, SecretsComeFromAPrivateFileOrTheEnvironment) {
  const auto secret = folder_.write("token.key", "s3cret\n");
  const std::string named = "auth:\n  token_key: file:token.key\n";
  EXPECT_EQ(load_text(named).config.auth.token_key, "s3cret");
  EXPECT_EQ(load({"", {{"PARLEY_AUTH_TOKEN_KEY", "other"}}, {}}).config.auth.token_key, "other");
  EXPECT_THAT(only(load_text("auth:\n  token_key: s3cret\n")),
              AllOf(HasSubstr("write file:PATH"), ::testing::Not(HasSubstr("s3cret"))));
  EXPECT_FALSE(load({"", {}, {{"auth.token_key", "s3cret"}}}).ok());
  std::filesystem::permissions(secret, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(only(load_text(named)), HasSubstr("can be read by others"));
}

TEST_F(LoaderTest, PrintShowsEveryKeyWithItsOriginAndHidesSecrets) {
  const auto loaded = load_text("limits:\n  rate: 5\nauth:\n  reserved_names: [\"a b\", c]\n",
                                {{"PARLEY_AUTH_TOKEN_KEY", "s3cret"}});
  const auto text = print(loaded);
  EXPECT_THAT(text, HasSubstr("  rate: 5  # " + file_ + ":2\n"));
  EXPECT_THAT(text, HasSubstr("  token_key: \"***\"  # environment\n"));
  EXPECT_THAT(text, HasSubstr("  burst: 60  # default\n"));
  EXPECT_THAT(text, HasSubstr("  reserved_names: [\"a b\", c]"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("s3cret")));
}

TEST_F(LoaderTest, WhatPrintShowsLoadsBackTheSame) {
  const auto first = load_text(
      "node: \"yes\"\nlimits: {rate: 0.5, auth_timeout: 1234ms}\nlog: {levels: {net: debug}}\n");
  ASSERT_TRUE(first.ok()) << sentences(first.problems);
  const auto again = load_text(print(first));
  ASSERT_TRUE(again.ok()) << sentences(again.problems);
  EXPECT_TRUE(diff(first.config, again.config).empty());
}

TEST_F(LoaderTest, DiffNamesChangesAndWhetherTheyWaitForARestart) {
  const Config before;
  const auto after = load_text("limits:\n  rate: 5\nstorage:\n  readers: 4\n").config;
  const auto changes = diff(before, after);
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].path, "limits.rate");
  EXPECT_EQ(changes[0].before, "30");
  EXPECT_EQ(changes[0].after, "5");
  EXPECT_FALSE(changes[0].restart);
  EXPECT_EQ(changes[1].path, "storage.readers");
  EXPECT_TRUE(changes[1].restart);
  const auto running = reloadable(before, after);
  EXPECT_EQ(running.limits.rate, 5);
  EXPECT_EQ(running.storage.readers, before.storage.readers);
}

TEST_F(LoaderTest, ChangedSecretsAreNoticedButNotShown) {
  Config before, after;
  before.auth.token_key = "one";
  after.auth.token_key = "two";
  const auto changes = diff(before, after);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].after, "\"***\"");
}

TEST_F(LoaderTest, ListsAndMapsCanBeOverridden) {
  const auto loaded = load(
      {"", {{"PARLEY_LOG_LEVELS", "net=debug,storage=warn"}}, {{"channels.defaults", "[a, b]"}}});
  ASSERT_TRUE(loaded.ok()) << sentences(loaded.problems);
  EXPECT_EQ(loaded.config.log.levels.at("storage"), "warn");
  EXPECT_THAT(loaded.config.channels.defaults, ElementsAre("a", "b"));
}

TEST_F(LoaderTest, EnvironmentTakesOnlyItsOwnVariables) {
  const char* const environment[] = {"HOME=/", "PARLEY_LIMITS_RATE=9", "PARLEYX=1", nullptr};
  EXPECT_THAT(environment_of(environment),
              ElementsAre(std::pair<std::string, std::string>("PARLEY_LIMITS_RATE", "9")));
}

TEST_F(LoaderTest, LogSettingsPlaceTheFileInTheStateFolder) {
  Config config;
  config.state_dir = "/srv/parley";
  config.log.levels["net"] = "debug";
  const auto settings = log_settings(config);
  EXPECT_EQ(settings.file, "/srv/parley/logs/parley.jsonl");
  EXPECT_EQ(settings.levels.at("net"), log::Level::kDebug);
}

TEST_F(LoaderTest, CountsAreNumbersAndNoSizes) {
  const auto loaded = load_text("storage: {queue: 2048}\nlog: {queue: 1024}\n");
  ASSERT_TRUE(loaded.ok()) << sentences(loaded.problems);
  EXPECT_THAT(print(loaded), HasSubstr("queue: 2048  #"));
  EXPECT_THAT(print(loaded), HasSubstr("queue: 1024  #"));
  EXPECT_THAT(print(loaded), HasSubstr("storage_quota: 64 MiB  #"));
  EXPECT_THAT(
      only(load_text("log: {queue: 1 KiB}\n")),
      AllOf(HasSubstr("`1 KiB` is not allowed"), HasSubstr("a whole number, 64 to 1000000")));
}

TEST_F(LoaderTest, FilesInTheStateFolderDoNotCollide) {
  for (const auto* file : {"parley.db", "./parley.db", "parley.db-wal", "parley.db.before-2",
                           "parley.db/log", "token.key", "lock", "admin.sock", "operator.token",
                           "first-admin-code", "staged/x", "plugins.d/dice.json", "hung", "."}) {
    EXPECT_THAT(only(load({"", {}, {{"log.file", file}}})), StartsWith("flag: log.file: ")) << file;
  }
  for (const auto* file : {"token.key", "lock", "hung/x", "operator.token.new", "logs/.."})
    EXPECT_THAT(load({"", {}, {{"storage.file", file}}}).problems, SizeIs(1)) << file;
  EXPECT_THAT(only(load({"", {}, {{"storage.file", "logs/parley.2.jsonl"}}})),
              HasSubstr("get into each other's way"));
  EXPECT_THAT(only(load({"", {}, {{"storage.file", "logs"}}})),
              HasSubstr("get into each other's way"));
  for (const auto* file : {"", "logs/other.jsonl", "parley.log", "logs/parley.db"})
    EXPECT_TRUE(load({"", {}, {{"log.file", file}}}).ok()) << file;
}

TEST_F(LoaderTest, DefaultChannelsAreChannels) {
  EXPECT_THAT(only(load_text("channels:\n  defaults: [global, GLOBAL]\n")),
              AllOf(HasSubstr(":2: channels.defaults: `GLOBAL`: is not a channel's name")));
  for (const auto* name : {"-x", "dm:u_1:u_2", "a b", "abcdefghijklmnopqrstuvwxyzabcdefg"})
    EXPECT_THAT(load({"", {}, {{"channels.defaults", name}}}).problems, SizeIs(1)) << name;
}

TEST_F(LoaderTest, RatesOfSingleCommandsAreRates) {
  const auto good = load_text("limits:\n  commands: {register: 5/1m, roll: 1/2s}\n");
  EXPECT_TRUE(good.ok()) << sentences(good.problems);
  EXPECT_EQ(good.config.limits.commands.at("roll"), "1/2s");
  EXPECT_THAT(
      only(load_text("limits:\n  commands: {roll: often}\n")),
      AllOf(HasSubstr("limits.commands"), HasSubstr("roll: often is no rate"), HasSubstr("60/1h")));
}

TEST_F(LoaderTest, LevelsAreSetForComponentsThatExist) {
  EXPECT_THAT(only(load_text("log:\n  levels: {nett: debug}\n")),
              AllOf(HasSubstr(":2: log.levels: `nett`"), HasSubstr("there are api, command")));
}

}  // namespace
}  // namespace parley::config
