// SPDX-License-Identifier: Apache-2.0
// What goes wrong with files: clear sentences, nothing acknowledged that is not stored, no restart needed.
#include <fstream>

#include <sys/stat.h>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "unit/storage/file_size_cap.h"
#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

using testing::Test;
constexpr Millis kShort{50};

class TroubleTest : public StoreTest {
 protected:
  void spoil(const std::string& text) { std::ofstream(file(), std::ios::binary) << text; }
  void sql(const std::string& text) {
    Connection(file(), Connection::Mode::kWrite, kShort).exec(text);
  }
  static bool says(const std::string& sentence, const std::string& part) {
    return sentence.find(part) != std::string::npos;
  }
};

TEST_F(TroubleTest, ANewFileIsPrivate) {
  open();
  struct stat info {};
  for (const char* suffix : {"", "-wal", "-shm"}) {
    ASSERT_EQ(stat((file().string() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(TroubleTest, TheFileIsInWalMode) {
  open();
  Connection connection(file(), Connection::Mode::kRead, kShort);
  auto mode = connection.query("PRAGMA journal_mode");
  ASSERT_TRUE(mode.step());
  EXPECT_EQ(mode.string_at(0), "wal");
}

TEST_F(TroubleTest, AFileThatIsNoDatabaseIsLeftAlone) {
  const std::string poem(5000, 'x');
  spoil(poem);
  const std::string sentence = refusal();
  EXPECT_TRUE(says(sentence, "is not a database")) << sentence;
  EXPECT_TRUE(says(sentence, file().string())) << sentence;
  std::ifstream in(file(), std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), poem);
}

TEST_F(TroubleTest, AnotherProgramsDatabaseIsLeftAlone) {
  sql("CREATE TABLE bookmarks (url TEXT)");
  EXPECT_TRUE(says(refusal(), "belongs to another program"));
}

TEST_F(TroubleTest, ANewerSchemaIsRefused) {
  open();
  store_.reset();
  sql("PRAGMA user_version = 99");
  const std::string sentence = refusal();
  EXPECT_TRUE(says(sentence, "schema 99")) << sentence;
  EXPECT_TRUE(says(sentence, "newer Parley")) << sentence;
}

TEST_F(TroubleTest, ADamagedFileIsNamed) {
  open();
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(say(std::string(200, 'a')));
  store_.reset();
  const auto size = std::filesystem::file_size(file());
  std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(100);  // behind the header: the first page's tree
  bytes << std::string(size / 2, '\x5a');
  bytes.close();
  const std::string sentence = refusal();
  EXPECT_TRUE(says(sentence, "damaged")) << sentence;
  EXPECT_TRUE(says(sentence, "restore")) << sentence;
  EXPECT_FALSE(check_database(file()));
}

TEST_F(TroubleTest, ALockedFileIsNamed) {
  open();
  store_.reset();
  Connection other(file(), Connection::Mode::kWrite, kShort);
  other.exec("PRAGMA locking_mode = EXCLUSIVE");
  other.exec("BEGIN IMMEDIATE");
  other.exec("CREATE TABLE held (x)");
  StoreOptions impatient = options();
  impatient.limits.busy_timeout = kShort;
  const auto opened = open_store(impatient);
  ASSERT_FALSE(opened);
  EXPECT_TRUE(says(opened.status().message(), "locked by another program"))
      << opened.status().message();
}

TEST_F(TroubleTest, AFolderThatCannotBeWrittenIsNamed) {
  StoreOptions elsewhere = options();
  for (const char* path : {"/proc/parley.db", "/nonexistent/folder/parley.db"}) {
    elsewhere.file = path;
    const auto opened = open_store(elsewhere);
    ASSERT_FALSE(opened) << path;
    EXPECT_TRUE(says(opened.status().message(), "cannot be written")) << opened.status().message();
  }
}

TEST_F(TroubleTest, AFullDatabaseRefusesAndRecovers) {
  StoreOptions small = options();
  small.max_pages = 60;
  open(small);
  std::int64_t stored = 0;
  Status status;
  for (int i = 0; i < 1000 && status.is_ok(); ++i) {
    auto offset = say(std::string(2000, 'x'), "global", i + 1);
    status = offset.status();
    if (offset) stored = *offset;
  }
  ASSERT_FALSE(status.is_ok()) << "60 pages must fill up";
  EXPECT_TRUE(says(status.message(), "is full")) << status.message();
  EXPECT_EQ(status.code(), ErrorCode::kInternal);
  auto page = history({.channel = "global", .limit = 1000});
  EXPECT_EQ(page.messages.size(), static_cast<std::size_t>(stored))
      << "what was refused is not there";
  const auto freed = store_->transact_blocking<Expired>(
      [](Writer& w) { return w.expire_step({.messages_before = 20}, 1000); });
  ASSERT_TRUE(freed) << freed.status().message();
  const auto next = say("there is space again");
  ASSERT_TRUE(next) << next.status().message();
  EXPECT_EQ(*next, stored + 1) << "no gap where messages were refused";
  EXPECT_EQ(store_->stats().last_error, "");
}

TEST_F(TroubleTest, FailingWritesAreNotAcknowledgedAndWritingGoesOnAfterwards) {
  open();
  ASSERT_TRUE(say("before"));
  int refused = 0, stored = 0;
  {
    FileSizeCap cap(300'000);
    for (int i = 0; i < 200; ++i) {
      MessageDraft draft{
          .channel = "global", .user_id = "u_1", .data_json = std::string(5000, 'x'), .ts = 1};
      store_->append_message(draft,
                             [&](Result<std::int64_t> offset) { ++(offset ? stored : refused); });
    }
    store_->flush();
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(stored + refused, 200) << "everyone is answered";
  const auto next = say("after");
  ASSERT_TRUE(next) << next.status().message();
  EXPECT_EQ(*next, 2 + stored);
  open();
  EXPECT_EQ(history({.channel = "global", .limit = 1000}).messages.size(),
            static_cast<std::size_t>(2 + stored));
}

TEST_F(TroubleTest, ASchemaIsChangedAfterACopy) {
  const Migration first[] = {{1, "CREATE TABLE a (x); INSERT INTO a VALUES (7)"}};
  const Migration both[] = {first[0], {2, "CREATE TABLE b AS SELECT x FROM a; DROP TABLE a"}};
  Connection connection(file(), Connection::Mode::kWrite, kShort);
  ASSERT_TRUE(migrate(connection, file(), first).is_ok());
  EXPECT_FALSE(std::filesystem::exists(file().string() + ".before-1"))
      << "nothing to copy in a new file";
  ASSERT_TRUE(migrate(connection, file(), both).is_ok());
  EXPECT_EQ(connection.pragma("user_version"), 2);
  Connection copy(file().string() + ".before-2", Connection::Mode::kRead, kShort);
  EXPECT_EQ(copy.pragma("user_version"), 1);
  auto row = copy.query("SELECT x FROM a");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.number_at(0), 7);
}

TEST_F(TroubleTest, AFailingStepLeavesTheSchemaAsItWas) {
  const Migration first[] = {{1, "CREATE TABLE a (x)"}};
  const Migration broken[] = {first[0], {2, "CREATE TABLE b (x); CREATE TABLE a (again)"}};
  Connection connection(file(), Connection::Mode::kWrite, kShort);
  ASSERT_TRUE(migrate(connection, file(), first).is_ok());
  const Status status = migrate(connection, file(), broken);
  EXPECT_TRUE(says(status.message(), "schema 2 failed; it is as it was")) << status.message();
  EXPECT_EQ(connection.pragma("user_version"), 1);
  auto tables = connection.query("SELECT count(*) FROM sqlite_master WHERE name = 'b'");
  tables.step();
  EXPECT_EQ(tables.number_at(0), 0);
}

// Pages of the messages' rows far behind the header: opening alone reads none of them.
TEST_F(TroubleTest, DamageDeepInTheFileIsNoticedAtTheStart) {
  open();
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(say(std::string(400, 'a')));
  store_.reset();
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file()));
  std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(size / 2 / 4096 * 4096);
  bytes << std::string(3 * 4096, '\x5a');
  bytes.close();
  for (const char* how : {"quick", "full"}) {
    StoreOptions careful = options();
    careful.limits.check = how;
    const auto opened = open_store(careful);
    ASSERT_FALSE(opened) << how;
    EXPECT_TRUE(says(opened.status().message(), "is damaged")) << opened.status().message();
    EXPECT_TRUE(says(opened.status().message(), "parleyctl restore")) << opened.status().message();
    EXPECT_TRUE(says(opened.status().message(), file().string())) << opened.status().message();
  }
  StoreOptions regardless = options();
  regardless.limits.check = "off";
  const auto opened = open_store(regardless);
  EXPECT_TRUE(opened) << opened.status().message();
}

TEST_F(TroubleTest, ATruncatedFileIsNoticedAtTheStart) {
  open();
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(say(std::string(400, 'a')));
  store_.reset();
  std::filesystem::resize_file(file(), std::filesystem::file_size(file()) / 2);
  const std::string sentence = refusal();
  EXPECT_TRUE(says(sentence, "is damaged")) << sentence;
  EXPECT_TRUE(says(sentence, "parleyctl restore")) << sentence;
}

}  // namespace
}  // namespace parley::storage
