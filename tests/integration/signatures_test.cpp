// SPDX-License-Identifier: Apache-2.0
// Signed plugins: local files by policy, uploads, kept versions, pins, revocations.
#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "base/ids.h"
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

namespace fs = std::filesystem;
using ::testing::Test;

const std::string kFixtures = PARLEY_BINARY_DIR "/fixtures/";

bool says(const CtlResult& result, const std::string& words) {
  return result.text().find(words) != std::string::npos;
}

class Signed : public Test {
 protected:
  void SetUp() override {
    fs::permissions(work_.path(), fs::perms::owner_all);
    fs::create_directories(work_.path() / "plugins.d");
    for (const auto& entry : fs::directory_iterator(PARLEY_SOURCE_DIR "/config/plugins.d"))
      fs::copy_file(entry.path(), work_.path() / "plugins.d" / entry.path().filename());
    std::ofstream(work_.path() / "plugins.d/steady.yaml")
        << "permissions: [commands, metrics, \"filter:*\"]\n";
    public_key_ = make_key("key");
  }
  // Without a server: parleyctl alone.
  CtlResult local(std::vector<std::string> words) const {
    words.insert(words.begin(), PARLEY_BINARY_DIR "/bin/parleyctl");
    Child child(words, work_.path() / "out", work_.path() / "err");
    const auto code = child.wait(kPatience * 3);
    CtlResult result{code.value_or(-1), contents(work_.path() / "out"),
                     contents(work_.path() / "err")};
    fs::remove(work_.path() / "out");
    fs::remove(work_.path() / "err");
    return result;
  }
  std::string make_key(const std::string& name) const {
    const auto made = local({"key", "make", work_.path() / name, "-o", "json"});
    EXPECT_EQ(made.exit_code, 0) << made.text();
    return made.json().at("publicKey").get<std::string>();
  }
  // A copy of a fixture, signed: steady 1.0.0 or 2.0.0.
  std::string signed_copy(const std::string& fixture, const std::string& name,
                          const std::string& key = "key") const {
    const fs::path file = work_.path() / (name + ".so");
    fs::copy_file(kFixtures + fixture + ".so", file, fs::copy_options::overwrite_existing);
    const auto signing = local({"plugin", "sign", file, "--key", work_.path() / key});
    EXPECT_EQ(signing.exit_code, 0) << signing.text();
    return file;
  }
  // The configuration's words about plugins, in a file of its own that a test may write again.
  void configure(const std::string& lines) const {
    std::ofstream(work_.path() / "parley.yaml")
        << "plugins:\n  enabled: []\n  settings: " << (work_.path() / "plugins.d").string() << "\n"
        << lines;
  }
  std::string trusted() const { return "  trusted_keys: [" + public_key_ + "]\n"; }
  ServerOptions options(const std::string& lines) const {
    configure(trusted() + lines);
    return {.config = work_.path() / "parley.yaml"};
  }
  // What lies in the folder of uploads, but pins.
  static std::vector<std::string> kept(const ServerProcess& server) {
    std::vector<std::string> names;
    if (!fs::exists(server.state() / "plugins")) return names;
    for (const auto& entry : fs::recursive_directory_iterator(server.state() / "plugins")) {
      if (entry.is_regular_file() && entry.path().filename() != "pinned")
        names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }
  static fs::path only_plugin(const ServerProcess& server) {
    for (const auto& entry : fs::directory_iterator(server.state() / "plugins/steady")) {
      if (entry.path().extension() == ".so") return entry.path();
    }
    return {};
  }
  // The admin API without parleyctl, which would not say such things.
  static Response ask(const ServerProcess& server, const std::string& path, const Json& body) {
    return Http::local(server.state() / "admin.sock").post("/admin/v1/" + path, body);
  }
  static std::string message_of(const Response& response) {
    return response.json().at("error").value("message", "");
  }
  std::string version_of(ServerProcess& server) const {
    const auto info = Ctl(server).run({"plugin", "info", "steady", "-o", "json"});
    return info.exit_code == 0 ? info.json().value("version", "") : info.text();
  }

  TempFolder work_;
  std::string public_key_;
};

TEST_F(Signed, EnforcedItWantsASignatureOfThisVeryFile) {
  const auto file = signed_copy("steady", "one");
  ServerProcess server(options("  require_signature: enforce\n"));
  const Ctl ctl(server);
  const auto unsigned_file =
      ctl.run({"plugin", "load", "steady", "--from", kFixtures + "steady.so"});
  EXPECT_EQ(unsigned_file.exit_code, 1);
  EXPECT_TRUE(says(unsigned_file, "is not signed")) << unsigned_file.text();
  ctl.must({"plugin", "load", "steady", "--from", file});
  EXPECT_EQ(version_of(server), "1.0.0");

  fs::copy_file(kFixtures + "steady-2.so", file, fs::copy_options::overwrite_existing);
  const auto exchanged = ctl.run({"plugin", "reload", "steady"});
  EXPECT_EQ(exchanged.exit_code, 1);
  EXPECT_TRUE(says(exchanged, "of another file")) << exchanged.text();
  EXPECT_EQ(version_of(server), "1.0.0") << "what served serves on";
}

TEST_F(Signed, ByDefaultNobodyAsks) {
  ServerProcess server(options(""));
  Ctl(server).must({"plugin", "load", "steady", "--from", kFixtures + "steady.so"});
}

TEST_F(Signed, WarnedItLoadsAndTheLogSaysSo) {
  ServerProcess server(options("  require_signature: warn\n"));
  Ctl(server).must({"plugin", "load", "steady", "--from", kFixtures + "steady.so"});
  EXPECT_NE(server.log().find("is not signed"), std::string::npos) << server.log();
}

TEST_F(Signed, UploadsAreOffUntilTheyAreTurnedOn) {
  const auto file = signed_copy("steady", "one");
  ServerProcess server(options(""));
  const auto refused = Ctl(server).run({"plugin", "upload", file});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(says(refused, "plugins.upload: true")) << refused.text();
}

TEST_F(Signed, AnUploadIsKeptServesAndIsPinned) {
  const auto one = signed_copy("steady", "one"), two = signed_copy("steady-2", "two");
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", one, "--load"});
  EXPECT_EQ(version_of(server), "1.0.0");
  ctl.must({"plugin", "upload", two});
  EXPECT_EQ(version_of(server), "1.0.0") << "kept, not served";
  ctl.must({"plugin", "upload", two, "--load"});
  EXPECT_EQ(version_of(server), "2.0.0");
  const auto versions = ctl.must({"plugin", "versions", "steady", "-o", "json"}).json()["versions"];
  ASSERT_EQ(versions.size(), 2u) << versions;
  EXPECT_EQ(versions[0]["version"], "2.0.0");
  EXPECT_EQ(versions[0]["pinned"], true);
  EXPECT_EQ(versions[0]["serving"], true);
  EXPECT_EQ(versions[1]["pinned"], false);

  // The pin holds over a restart, and for a load without a file.
  ctl.must({"plugin", "unload", "steady"});
  ASSERT_EQ(server.stop(), 0) << server.log();
  server.start_again();
  Ctl(server).must({"plugin", "load", "steady"});
  EXPECT_EQ(version_of(server), "2.0.0");
}

TEST_F(Signed, AVersionNamesOneFile) {
  const auto one = signed_copy("steady", "one"), other = signed_copy("steady", "other");
  std::ofstream(other, std::ios::app) << "another build";
  ASSERT_EQ(local({"plugin", "sign", other, "--key", work_.path() / "key"}).exit_code, 0);
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", one, "--load"});
  ctl.must({"plugin", "upload", one});
  const auto refused = ctl.run({"plugin", "upload", other});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(says(refused, "another file that calls itself steady 1.0.0")) << refused.text();
  EXPECT_EQ(kept(server).size(), 2u);
  ctl.must({"plugin", "upload", other, "--allow-same-version"});
  EXPECT_EQ(kept(server).size(), 4u);
  ctl.must({"plugin", "reload", "steady", "--from", other});  // as while one is written
}

TEST_F(Signed, AnOlderVersionNeedsAWord) {
  const auto one = signed_copy("steady", "one"), two = signed_copy("steady-2", "two");
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", two, "--load"});
  const auto older = ctl.run({"plugin", "upload", one});
  EXPECT_EQ(older.exit_code, 1);
  EXPECT_TRUE(says(older, "--allow-downgrade")) << older.text();
  ctl.must({"plugin", "upload", one, "--allow-downgrade"});
  EXPECT_TRUE(says(ctl.run({"plugin", "pin", "steady", "1.0.0"}), "--allow-downgrade"));
  ctl.must({"plugin", "pin", "steady", "1.0.0", "--allow-downgrade"});
  ctl.must({"plugin", "reload", "steady"});
  EXPECT_EQ(version_of(server), "1.0.0");
  EXPECT_EQ(ctl.run({"plugin", "pin", "steady"}).exit_code, 2);
  EXPECT_EQ(ctl.run({"plugin", "pin", "steady", "9.9.9"}).exit_code, 1);
}

TEST_F(Signed, UploadsWithoutATrustedSignatureAreRefused) {
  make_key("strangers");
  const auto strange = signed_copy("steady", "strange", "strangers");
  const auto exchanged = signed_copy("steady", "exchanged");
  fs::copy_file(kFixtures + "steady-2.so", exchanged, fs::copy_options::overwrite_existing);
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  const auto untrusted = ctl.run({"plugin", "upload", strange});
  EXPECT_TRUE(says(untrusted, "plugins.trusted_keys")) << untrusted.text();
  const auto lie = ctl.run({"plugin", "upload", exchanged});
  EXPECT_TRUE(says(lie, "of another file")) << lie.text();
  fs::remove(strange + ".sig");
  EXPECT_TRUE(says(ctl.run({"plugin", "upload", strange}), "plugin sign"));
  EXPECT_EQ(ctl.must({"plugin", "versions", "steady", "-o", "json"}).json()["versions"].size(), 0u);
  EXPECT_EQ(kept(server), std::vector<std::string>());
}

TEST_F(Signed, WhatIsRevokedNeverComesBack) {
  const auto one = signed_copy("steady", "one"), two = signed_copy("steady-2", "two");
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", one, "--load"});
  ctl.must({"plugin", "upload", two, "--load"});
  ctl.must({"plugin", "revoke", "steady", "1.0.0", "--reason", "loses money"});
  const auto back = ctl.run({"plugin", "rollback", "steady"});
  EXPECT_EQ(back.exit_code, 1) << back.text();
  EXPECT_TRUE(says(back, "loses money")) << back.text();
  EXPECT_EQ(version_of(server), "2.0.0");
  const auto again = ctl.run({"plugin", "reload", "steady", "--from", one});
  EXPECT_TRUE(says(again, "is revoked")) << again.text();

  const auto versions = ctl.must({"plugin", "versions", "steady", "-o", "json"}).json()["versions"];
  const auto key = versions[0]["signedBy"].get<std::string>();
  EXPECT_EQ(versions[1]["revoked"], "sha256: loses money");
  ctl.must({"plugin", "revoke", key});
  ctl.must({"plugin", "unload", "steady"});
  EXPECT_TRUE(says(ctl.run({"plugin", "load", "steady"}), "which is revoked"));
  EXPECT_EQ(ctl.must({"plugin", "revoke", "-o", "json"}).json()["revocations"].size(), 2u);
  EXPECT_EQ(ctl.run({"plugin", "revoke", "nonsense"}).exit_code, 1);
  expect_goes_on(server);
}

TEST_F(Signed, KeysAreForTheirOwnerAlone) {
  const fs::path key = work_.path() / "key";
  EXPECT_EQ(fs::status(key).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(local({"key", "make", key}).exit_code, 1) << "nothing is overwritten";
  fs::permissions(key, fs::perms::group_read, fs::perm_options::add);
  const auto refused = local({"plugin", "sign", kFixtures + "steady.so", "--key", key});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(says(refused, "others may read this private key")) << refused.text();
}

TEST_F(Signed, WhoeverDoubtsAFileCanVerifyIt) {
  const auto file = signed_copy("steady", "one");
  const auto strangers = make_key("strangers");
  const auto good = local({"plugin", "verify", file, "--key", public_key_});
  EXPECT_EQ(good.exit_code, 0) << good.text();
  EXPECT_TRUE(says(good, "steady 1.0.0")) << good.text();
  configure(trusted());
  const auto by_config = local({"plugin", "verify", file, "--config", work_.path() / "parley.yaml",
                                "--key", strangers, "-o", "json"});
  EXPECT_EQ(by_config.json().value("plugin", ""), "steady");

  EXPECT_EQ(local({"plugin", "verify", file}).exit_code, 2) << "by whom?";
  const auto strange = local({"plugin", "verify", file, "--key", strangers});
  EXPECT_EQ(strange.exit_code, 1);
  EXPECT_TRUE(says(strange, "is signed with key")) << strange.text();
  EXPECT_TRUE(says(local({"plugin", "verify", file, "--key", "abc"}), "is no public key"));
  std::ofstream(file, std::ios::app) << "one byte more";
  EXPECT_TRUE(says(local({"plugin", "verify", file, "--key", public_key_}), "of another file"));
  std::ofstream(file + ".sig") << "hello";
  EXPECT_TRUE(says(local({"plugin", "verify", file, "--key", public_key_}), "not in the form"));
  fs::remove(file + ".sig");
  EXPECT_TRUE(says(local({"plugin", "verify", file, "--key", public_key_}), "is missing"));
}

TEST_F(Signed, WhatWasExchangedOnTheServersOwnDiskIsRefused) {
  const auto one = signed_copy("steady", "one");
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", one, "--load"});
  const auto file = only_plugin(server);
  const auto whole = contents(file);
  std::ofstream(file, std::ios::app) << "one byte more";
  const auto longer = ctl.run({"plugin", "reload", "steady"});
  EXPECT_EQ(longer.exit_code, 1);
  EXPECT_TRUE(says(longer, "of another file")) << longer.text();
  fs::resize_file(file, whole.size() / 2);
  EXPECT_TRUE(says(ctl.run({"plugin", "reload", "steady"}), "of another file"));
  std::ofstream(file, std::ios::binary) << whole;
  ctl.must({"plugin", "reload", "steady"});
  fs::remove(file.string() + ".sig");
  const auto bare = ctl.run({"plugin", "reload", "steady"});
  EXPECT_TRUE(says(bare, "is not signed"))
      << "an upload stays one, whatever the policy: " << bare.text();
  EXPECT_EQ(version_of(server), "1.0.0");

  ctl.must({"plugin", "unload", "steady"});
  fs::remove(file);
  const auto gone = ctl.run({"plugin", "load", "steady"});
  EXPECT_TRUE(says(gone, "parleyctl plugin unpin steady")) << gone.text();
  ctl.must({"plugin", "upload", one, "--load"});
  EXPECT_EQ(version_of(server), "1.0.0");
}

TEST_F(Signed, UnpinnedTheFolderServesAgain) {
  const fs::path folder = work_.path() / "folder";
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
  fs::copy_file(kFixtures + "steady.so", folder / "steady.so");
  const auto two = signed_copy("steady-2", "two");
  ServerProcess server(options("  upload: true\n  folder: " + folder.string() + "\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "load", "steady"});
  EXPECT_EQ(version_of(server), "1.0.0");
  ctl.must({"plugin", "upload", two});
  ctl.must({"plugin", "pin", "steady", "2.0.0"});
  ctl.must({"plugin", "reload", "steady"});
  EXPECT_EQ(version_of(server), "2.0.0");
  ctl.must({"plugin", "unpin", "steady"});
  ctl.must({"plugin", "reload", "steady"});
  EXPECT_EQ(version_of(server), "1.0.0");
}

TEST_F(Signed, AKeyThatIsTrustedNoMoreOpensNothingMore) {
  const auto one = signed_copy("steady", "one");
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", one, "--load"});
  configure("  trusted_keys: [" + make_key("next") + "]\n  upload: true\n");
  ctl.must({"config", "reload"});
  EXPECT_EQ(version_of(server), "1.0.0") << "what is loaded stays";
  const auto refused = ctl.run({"plugin", "reload", "steady"});
  EXPECT_TRUE(says(refused, "not among plugins.trusted_keys")) << refused.text();
  ctl.must({"plugin", "unload", "steady"});
  EXPECT_EQ(ctl.run({"plugin", "load", "steady"}).exit_code, 1);
}

TEST_F(Signed, UploadsAtTheSameTimeDoNotMix) {
  const auto one = signed_copy("steady", "one"), two = signed_copy("steady-2", "two");
  ServerProcess server(options("  upload: true\n"));
  std::vector<std::unique_ptr<Child>> uploads;
  for (int i = 0; i < 6; ++i) {
    const auto out = work_.path() / ("out" + std::to_string(i));
    uploads.push_back(std::make_unique<Child>(
        std::vector<std::string>{PARLEY_BINARY_DIR "/bin/parleyctl", "--state", server.state(),
                                 "plugin", "upload", i % 2 == 0 ? one : two, "--allow-downgrade"},
        out, out));
  }
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(uploads[i]->wait(kPatience * 6), 0)
        << contents(work_.path() / ("out" + std::to_string(i)));
  EXPECT_EQ(kept(server).size(), 4u) << "two files with their signatures, and nothing half done";
  const Ctl ctl(server);
  for (const char* version : {"1.0.0", "2.0.0"}) {
    ctl.must({"plugin", "pin", "steady", version, "--allow-downgrade"});
    ctl.must({"plugin", "reload", "steady"});
    EXPECT_EQ(version_of(server), version);
  }
}

TEST_F(Signed, AFullDiskRefusesAnUploadAndChangesNothing) {
  const auto one = signed_copy("steady", "one"), two = signed_copy("steady-2", "two");
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", one, "--load"});
  const auto before = kept(server);
  // No file may grow as large as the plugin: for the server that is a full disk.
  rlimit limit{}, full{};
  ASSERT_EQ(::prlimit(server.pid(), RLIMIT_FSIZE, nullptr, &limit), 0);
  full = {fs::file_size(two) - 1, limit.rlim_max};
  ASSERT_EQ(::prlimit(server.pid(), RLIMIT_FSIZE, &full, nullptr), 0);
  const auto refused = ctl.run({"plugin", "upload", two});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(says(refused, "cannot be written")) << refused.text();
  EXPECT_EQ(kept(server), before);
  ASSERT_EQ(::prlimit(server.pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  ctl.must({"plugin", "upload", two, "--load"});
  EXPECT_EQ(version_of(server), "2.0.0");
  expect_goes_on(server);
}

TEST_F(Signed, AnUploadThatIsTooLargeIsNotEvenSent) {
  const auto one = signed_copy("steady", "one");
  std::ofstream(one, std::ios::app) << std::string(80'000, '\0');
  local({"plugin", "sign", one, "--key", work_.path() / "key"});
  ServerProcess server(options("  upload: true\n  upload_max: 64 KiB\n"));
  const auto told = Ctl(server).run({"plugin", "upload", one});
  EXPECT_TRUE(says(told, "raise plugins.upload_max")) << told.text();
  const auto sent = ask(server, "plugins/steady/upload",
                        {{"file", std::string(100'000, 'A')}, {"signature", ""}});
  EXPECT_EQ(sent.status, 413) << sent.text();
  EXPECT_TRUE(message_of(sent).find("plugins.upload_max") != std::string::npos) << sent.text();
}

TEST_F(Signed, OnlyWhoMayUploadMaySendSoMuch) {
  const auto one = signed_copy("steady", "one");
  ServerProcess server(options("  upload: true\n"));
  const Http port = Http::tcp(server.operator_port());
  const std::string host = "127.0.0.1:" + std::to_string(server.operator_port());
  const auto large = [&](const std::string& path, const std::string& more) {
    return port.raw("POST " + path + " HTTP/1.1\r\nHost: " + host +
                    "\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n" + more +
                    "\r\n");
  };
  auto token = contents(server.state() / "operator.token");
  token.pop_back();
  const std::string bearer = "Authorization: Bearer " + token + "\r\n";
  const std::string upload = "/admin/v1/plugins/steady/upload";
  EXPECT_EQ(large(upload, "").status, 413);
  EXPECT_EQ(large(upload, "Authorization: Bearer o_guessed\r\n").status, 413);
  EXPECT_EQ(large(upload, bearer + "Origin: http://elsewhere.example\r\n").status, 413);
  EXPECT_EQ(large("/admin/v1/say", bearer).status, 413);
  const Json body{{"file", "AAAA"}, {"signature", std::string(2'000'000, 'x')}};
  const auto read = port.post(upload, body, {{"Authorization", "Bearer " + token}});
  EXPECT_NE(read.status, 413) << "it is read, and refused for what it is: " << read.text();
  EXPECT_TRUE(message_of(read).find("not in the form") != std::string::npos) << read.text();
}

TEST_F(Signed, NamesAndBodiesCannotLeadAstray) {
  const auto one = signed_copy("steady", "one");
  ServerProcess server(options("  upload: true\n"));
  const auto bytes = base64url_encode(contents(one));
  const auto signature = contents(one + ".sig");
  for (const char* id : {"..%2F..%2Fsteady", "%2Fetc", "Steady", "steady.so", "a%00b", "..",
                         "abcdefghijklmnopqrstuvwxyz0123456"}) {
    const std::string base = std::string("plugins/") + id;
    const auto sent = ask(server, base + "/upload", {{"file", bytes}, {"signature", signature}});
    EXPECT_EQ(sent.status, 422) << id << sent.text();
    EXPECT_EQ(ask(server, base + "/pin", {{"version", "1.0.0"}}).status, 422) << id;
    EXPECT_EQ(ask(server, base + "/pin", {{"version", nullptr}}).status, 422) << id;
    const auto listed =
        Http::local(server.state() / "admin.sock").get("/admin/v1/" + base + "/versions");
    EXPECT_EQ(listed.status, 422) << id << listed.text();
  }
  const auto other =
      ask(server, "plugins/game/upload", {{"file", bytes}, {"signature", signature}});
  EXPECT_TRUE(message_of(other).find("is plugin steady, not game") != std::string::npos)
      << other.text();
  EXPECT_EQ(ask(server, "plugins/steady/upload", {{"file", "not base64!"}}).status, 422);
  EXPECT_EQ(ask(server, "plugins/steady/upload", {{"file", ""}}).status, 422);
  EXPECT_EQ(
      ask(server, "plugins/steady/upload", {{"file", 7}, {"signature", Json::array()}}).status,
      422);
  EXPECT_EQ(ask(server, "plugins/steady/upload", {{"file", bytes}}).status, 403);
  EXPECT_EQ(ask(server, "plugins/steady/pin", {{"version", "../../../evil"}}).status, 404);
  EXPECT_EQ(ask(server, "plugins/steady/pin", {{"version", 7}}).status, 422);
  EXPECT_EQ(ask(server, "plugin-revocations", {{"kind", "key"}, {"value", "../../etc"}}).status,
            422);
  EXPECT_EQ(kept(server), std::vector<std::string>());
  expect_goes_on(server);
}

TEST_F(Signed, TheAuditTellsWhoBroughtWhat) {
  make_key("strangers");
  const auto one = signed_copy("steady", "one");
  const auto strange = signed_copy("steady-2", "strange", "strangers");
  ServerProcess server(options("  upload: true\n"));
  const Ctl ctl(server);
  ctl.must({"plugin", "upload", one});
  EXPECT_EQ(ctl.run({"plugin", "upload", strange}).exit_code, 1);
  ctl.must({"plugin", "pin", "steady", "1.0.0"});
  ctl.must({"plugin", "unpin", "steady"});
  ctl.must({"plugin", "revoke", "steady", "1.0.0", "--reason", "told lies"});
  const auto rows = ctl.must({"audit", "--action", "plugin", "-o", "json"}).json();
  const auto text = rows.dump();
  for (const char* words :
       {"plugin.upload", "version 1.0.0, sha256 ", "signed with key ", "not among", "plugin.pin",
        "to version 1.0.0", "plugin.unpin", "plugin.revoke", "told lies"})
    EXPECT_NE(text.find(words), std::string::npos) << words << " in " << text;
}

}  // namespace
}  // namespace parley::test
