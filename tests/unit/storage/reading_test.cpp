// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

class ReadingTest : public StoreTest {
 protected:
  void SetUp() override { open(); }
  Result<std::int64_t> mark(const std::string& user, const std::string& channel,
                            std::int64_t offset) {
    return store_->transact_blocking<std::int64_t>(
        [=](Writer& w) { return w.put_read_mark(user, channel, offset); });
  }
  std::int64_t marked(const std::string& user, const std::string& channel) {
    const auto found = ask([&](Reader& r) { return r.read_mark(user, channel); });
    return found ? *found : -1;
  }
  std::string blocks() {
    std::string all;
    const auto found = ask([](Reader& r) { return r.blocks(); });
    for (const auto& one : *found) all += one.user_id + ">" + one.blocked_id + " ";
    return all;
  }
  void add_user(const std::string& id) {
    ASSERT_TRUE(change([=](Writer& w) {
                  return w.insert_user({.id = id, .name = id, .skeleton = id, .created_at = 1});
                }).is_ok());
  }
};

TEST_F(ReadingTest, AMessageIsRewrittenInItsPlace) {
  ASSERT_EQ(*say("wrnog"), 1);
  ASSERT_EQ(*say("next"), 2);
  ASSERT_TRUE(change([](Writer& w) {
                return w.rewrite_message("global", 1, R"({"text":"wrong"})");
              }).is_ok());
  const auto message = ask([](Reader& r) { return r.message("global", 1); });
  ASSERT_TRUE(message) << message.status().message();
  EXPECT_EQ(message->data_json, R"({"text":"wrong"})");
  EXPECT_EQ(message->user_id, "u_1");
  EXPECT_EQ(message->ts, 1000);
  EXPECT_EQ(history({.channel = "global"}).messages[1].data_json, R"({"text":"next"})");
}

TEST_F(ReadingTest, WhatIsNotThereIsNotRewritten) {
  ASSERT_TRUE(say("one"));
  for (const auto& [channel, offset] : {std::pair{"global", 2}, {"global", 0}, {"nowhere", 1}}) {
    EXPECT_EQ(change([&, channel = channel, offset = offset](Writer& w) {
                return w.rewrite_message(channel, offset, "{}");
              }).code(),
              ErrorCode::kNotFound);
    EXPECT_EQ(ask([&, channel = channel, offset = offset](Reader& r) {
                return r.message(channel, offset);
              })
                  .status()
                  .code(),
              ErrorCode::kNotFound);
  }
}

TEST_F(ReadingTest, AMarkGoesForwardAndNotPastTheEnd) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(say("x"));
  EXPECT_EQ(marked("u_neo", "global"), -1);
  EXPECT_EQ(*mark("u_neo", "global", 3), 3);
  EXPECT_EQ(*mark("u_neo", "global", 2), 3);
  EXPECT_EQ(*mark("u_neo", "global", 99), 5);
  EXPECT_EQ(marked("u_neo", "global"), 5);
  EXPECT_EQ(marked("u_tri", "global"), -1);
  EXPECT_EQ(mark("u_neo", "nowhere", 1).status().code(), ErrorCode::kNotFound);
}

TEST_F(ReadingTest, ABlockIsThereOnceAndGoes) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(change([](Writer& w) { return w.put_block({"u_neo", "u_smith"}); }).is_ok());
  }
  EXPECT_EQ(blocks(), "u_neo>u_smith ");
  ASSERT_TRUE(change([](Writer& w) { return w.delete_block({"u_smith", "u_neo"}); }).is_ok());
  EXPECT_EQ(blocks(), "u_neo>u_smith ");
  ASSERT_TRUE(change([](Writer& w) { return w.delete_block({"u_neo", "u_smith"}); }).is_ok());
  EXPECT_EQ(blocks(), "");
}

TEST_F(ReadingTest, MarksAndBlocksGoWithTheUser) {
  ASSERT_TRUE(say("x"));
  add_user("u_neo");
  add_user("u_tri");
  ASSERT_TRUE(mark("u_neo", "global", 1));
  ASSERT_TRUE(mark("u_tri", "global", 1));
  ASSERT_TRUE(change([](Writer& w) { return w.put_block({"u_neo", "u_tri"}); }).is_ok());
  ASSERT_TRUE(change([](Writer& w) { return w.put_block({"u_tri", "u_neo"}); }).is_ok());
  ASSERT_TRUE(change([](Writer& w) { return w.delete_user("u_neo"); }).is_ok());
  EXPECT_EQ(marked("u_neo", "global"), -1);
  EXPECT_EQ(marked("u_tri", "global"), 1);
  EXPECT_EQ(blocks(), "");
}

}  // namespace
}  // namespace parley::storage
