// SPDX-License-Identifier: Apache-2.0
// What breaks around a server: damaged, newer and locked databases, folders it may not write, disks
// without space. Each time a sentence that says what to do, and nothing acknowledged that is lost.
#include <array>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

namespace fs = std::filesystem;

Json chat(const std::string& text) {
  return {{"action", "sendChat"}, {"channel", "global"}, {"message", text}};
}

std::vector<std::string> texts_of_history(Client& client) {
  std::vector<std::string> texts;
  const auto answer =
      client.ask({{"action", "history"}, {"channel", "global"}, {"limit", 200}}, "history");
  for (const auto& message : answer.at("data").at("messages"))
    if (!message.at("data").value("bot", false)) texts.push_back(message["data"]["text"]);
  return texts;
}

class Trouble : public ::testing::Test {
 protected:
  fs::path database() const { return server_.state() / "parley.db"; }
  void say(const std::string& text) {
    Client neo(server_.port());
    static int guests = 0;
    neo.enter("Sayer" + std::to_string(++guests));
    ASSERT_EQ(neo.ask(chat(text), 1)["type"], "ok");
  }
  void expect_refusal(const ServerProcess::Refusal& refusal,
                      const std::vector<std::string>& phrases) {
    EXPECT_EQ(refusal.exit_code, 1) << refusal.sentence;
    for (const auto& phrase : phrases)
      EXPECT_NE(refusal.sentence.find(phrase), std::string::npos) << refusal.sentence;
  }
  ServerProcess server_{{.set = {"limits.rate=0"}}};
};

TEST_F(Trouble, AnOperatorsSlipIsNoErrorOfTheServer) {
  const Ctl ctl(server_);
  EXPECT_EQ(ctl.run({"plugin", "load", "nonesuch"}).exit_code, 1);
  EXPECT_EQ(ctl.run({"plugin", "reload", "dice", "--from", "/nowhere/dice.so"}).exit_code, 1);
  ASSERT_EQ(server_.stop(), 0) << server_.log();  // so that the log is whole
  const auto warned = ctl.must({"logs", "--level", "warn"}).out;
  for (const char* refused : {"load refused: ", "reload refused: "})
    EXPECT_NE(warned.find(refused), std::string::npos) << warned;
  const auto errors = ctl.must({"logs", "--level", "error"}).out;
  for (const char* slip : {"nonesuch", "refused"})
    EXPECT_EQ(errors.find(slip), std::string::npos) << errors;
}

TEST_F(Trouble, ALostDatabaseIsNoNewServerInSilence) {
  EXPECT_EQ(server_.log().find("restore FILE"), std::string::npos) << "a first start";
  ASSERT_EQ(server_.stop(), 0) << server_.log();
  fs::resize_file(database(), 0);
  server_.start_again();
  const auto empty = server_.log();
  EXPECT_NE(empty.find("parleyd: warning: the database " + database().string() + " is empty"),
            std::string::npos)
      << empty;
  EXPECT_NE(empty.find("parleyctl --state " + server_.state().string() + " restore FILE"),
            std::string::npos)
      << empty;
  ASSERT_EQ(server_.stop(), 0) << server_.log();
  fs::remove(database());
  server_.start_again();
  EXPECT_NE(server_.log().find(database().string() + " is missing"), std::string::npos);
}

TEST_F(Trouble, ATruncatedDatabaseIsRefusedAndABackupHelps) {
  TempFolder backups;
  const auto backup = (backups.path() / "good.db").string();
  say("worth keeping");
  Ctl(server_).must({"backup", backup});
  ASSERT_EQ(server_.stop(), 0) << server_.log();
  fs::resize_file(database(), fs::file_size(database()) / 2);
  expect_refusal(server_.refused_start(), {"is damaged", "parleyctl restore", database().string()});
  Ctl(server_).must({"restore", backup});
  EXPECT_TRUE(fs::exists(database().string() + ".replaced-1")) << "the damaged one is kept";
  server_.start_again();
  Client back(server_.port());
  back.enter("Back");
  EXPECT_EQ(texts_of_history(back), std::vector<std::string>{"worth keeping"});
}

TEST_F(Trouble, ANewerSchemaIsLeftAlone) {
  ASSERT_EQ(server_.stop(), 0);
  {
    std::fstream header(database(), std::ios::in | std::ios::out | std::ios::binary);
    header.seekp(60);  // user_version, big-endian
    header.write("\0\0\0\x63", 4);
  }
  const auto before = contents(database());
  expect_refusal(server_.refused_start(), {"schema 99", "made by a newer Parley"});
  EXPECT_EQ(contents(database()), before);
}

// The bytes SQLite locks, held by a process that is not this one: locks belong to processes.
class Holder {
 public:
  explicit Holder(const fs::path& file) {
    std::array<int, 2> ready{};
    EXPECT_EQ(::pipe(ready.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      const int descriptor = ::open(file.c_str(), O_RDWR);
      struct flock lock {};
      lock.l_type = F_WRLCK;
      lock.l_start = 0x40000000;
      lock.l_len = 512;
      const char held = ::fcntl(descriptor, F_SETLK, &lock) == 0 ? 'y' : 'n';
      (void)!::write(ready[1], &held, 1);
      for (;;) ::pause();
    }
    char held = 'n';
    EXPECT_EQ(::read(ready[0], &held, 1), 1);
    EXPECT_EQ(held, 'y');
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Holder() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_ = -1;
};

TEST_F(Trouble, ADatabaseLockedByAnotherProcessIsNamed) {
  ASSERT_EQ(server_.stop(), 0);
  {
    const Holder holder(database());
    expect_refusal(server_.refused_start({"storage.busy_timeout=100ms"}),
                   {"locked by another program", database().string()});
  }
  server_.start_again();
  expect_goes_on(server_);
}

TEST_F(Trouble, ASecondServerOnTheFolderIsToldWhoIsThere) {
  expect_refusal(server_.refused_start(),
                 {"A server runs on the state folder", std::to_string(server_.pid())});
  expect_goes_on(server_);
}

TEST_F(Trouble, APortThatIsTakenIsNamedWithWhatToDo) {
  for (const std::string flag : {"--listen", "--operator"}) {
    TempFolder folder;
    const auto taken = "127.0.0.1:" + std::to_string(server_.port());
    std::vector<std::string> words{PARLEY_BINARY_DIR "/bin/parleyd", "--state",
                                   (folder.path() / "state").string()};
    for (const std::string port : {"--listen", "--operator"})
      words.insert(words.end(), {port, port == flag ? taken : "127.0.0.1:0"});
    Child child(words, folder.path() / "out", folder.path() / "err");
    EXPECT_EQ(child.wait(kPatience), 1) << flag;
    const auto sentence = contents(folder.path() / "err");
    EXPECT_NE(sentence.find("Cannot listen on " + taken), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("Another program"), std::string::npos) << sentence;
    EXPECT_EQ(contents(folder.path() / "out"), "") << "nothing is announced that is not there";
  }
  expect_goes_on(server_);
}

TEST_F(Trouble, AStateFolderThatCannotBeMadeIsNamed) {
  TempFolder said;
  Child child({PARLEY_BINARY_DIR "/bin/parleyd", "--state", "/proc/parley", "--listen",
               "127.0.0.1:0", "--operator", "127.0.0.1:0"},
              said.path() / "out", said.path() / "err");
  EXPECT_EQ(child.wait(kPatience), 1);
  const auto sentence = contents(said.path() / "err");
  EXPECT_NE(sentence.find("The state folder /proc/parley cannot be made"), std::string::npos)
      << sentence;
  EXPECT_NE(sentence.find("--state"), std::string::npos) << sentence;
}

// The kernel refuses to let any file of the server grow further: what a full disk does, undone at
// will.
class FullDisk {
 public:
  FullDisk(pid_t server, rlim_t bytes) : server_(server) {
    EXPECT_EQ(::prlimit(server_, RLIMIT_FSIZE, nullptr, &before_), 0);
    const rlimit full{bytes, before_.rlim_max};
    EXPECT_EQ(::prlimit(server_, RLIMIT_FSIZE, &full, nullptr), 0);
  }
  ~FullDisk() { ::prlimit(server_, RLIMIT_FSIZE, &before_, nullptr); }

 private:
  pid_t server_;
  rlimit before_{};
};

TEST_F(Trouble, AFullDiskLosesNothingThatWasAcknowledged) {
  Client neo(server_.port());
  neo.enter("Writer");
  std::vector<std::string> acknowledged;
  int id = 0, refused = 0;
  const auto write = [&](const std::string& text) {
    const auto answer = neo.ask(chat(text), ++id);
    if (answer.at("type") == "ok") {
      acknowledged.push_back(text);
    } else {
      ++refused;
      EXPECT_EQ(error_code(answer), "internal");
    }
  };
  write("before");
  {
    const FullDisk full(server_.pid(), fs::file_size(database().string() + "-wal") + 20'000);
    for (int i = 0; i < 40; ++i) write(std::to_string(i) + " " + std::string(2000, 'x'));
    EXPECT_GT(refused, 0);
    const auto ready = Http::tcp(server_.operator_port()).get("/readyz");
    EXPECT_EQ(ready.status, 503) << ready.text();
    EXPECT_NE(ready.body.find("nothing was stored"), std::string::npos) << ready.body;
    EXPECT_EQ(neo.ask({{"action", "roll"}, {"dice", "1d6"}}, "roll")["type"], "diceRolled")
        << "what needs no disk goes on";
  }
  write("after");
  EXPECT_EQ(acknowledged.back(), "after") << "there is space again, and nobody restarted anything";
  EXPECT_EQ(Http::tcp(server_.operator_port()).get("/readyz").status, 200);
  ASSERT_EQ(server_.stop(), 0) << server_.log();
  server_.start_again();
  Client back(server_.port());
  back.enter("Reader");
  EXPECT_EQ(texts_of_history(back), acknowledged) << "exactly what was acknowledged, once";
}

TEST_F(Trouble, ALogWithoutSpaceIsCountedAndTheServerGoesOn) {
  Client neo(server_.port());
  neo.enter("Talker");
  const Ctl ctl(server_);
  const auto unwritten = [this] {
    const auto text = Http::tcp(server_.operator_port()).get("/metrics").body;
    const std::string name = "\nparley_log_unwritten_total ";
    const auto at = text.find(name);
    return at == text.npos ? -1.0 : std::stod(text.substr(at + name.size()));
  };
  ctl.must({"log", "level", "command", "debug"});
  const auto ask = [&neo](int id) {
    return neo.ask({{"action", "whoami"}}, id)["type"] != "error";
  };
  {
    const FullDisk full(server_.pid(), fs::file_size(server_.state() / "logs" / "parley.jsonl"));
    int id = 0;
    const auto deadline = within(kPatience);
    while (unwritten() < 1 && Clock::now() < deadline) ASSERT_TRUE(ask(++id));
    EXPECT_GE(unwritten(), 1);
  }
  const auto sentence = server_.log();
  EXPECT_NE(sentence.find("cannot write " + server_.state().string() + "/logs/parley.jsonl"),
            std::string::npos)
      << sentence;
  EXPECT_TRUE(ask(1'000'000));
  const auto wanted = [&ctl] {
    return !ctl.must({"logs", "--request", "1000000", "-o", "json"}).out.empty();
  };
  const auto deadline = within(kPatience);
  while (!wanted() && Clock::now() < deadline) {
  }
  EXPECT_TRUE(wanted()) << "the file is written again";
}

}  // namespace
}  // namespace parley::test
