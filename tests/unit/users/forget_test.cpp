// SPDX-License-Identifier: Apache-2.0
// Taking a person out for good.
#include "unit/users/people_fixture.h"

namespace parley::users {
namespace {

using storage::Reader;
using storage::Writer;

class ForgetTest : public PeopleTest {
 protected:
  void SetUp() override {
    PeopleTest::SetUp();
    neo_ = register_as({"Neo", kPassword, "", kHome})->id;
    trinity_ = register_as({"Trinity", kPassword, "", kHome})->id;
  }
  Status forget(const std::string& id, const std::string& password) {
    const Status status =
        answer<Status>([&](auto done) { accounts_->forget(id, password, kHome, std::move(done)); });
    store_->flush();  // others are told right after the answer
    return status;
  }
  void say_as(const std::string& user, const std::string& text) {
    storage::MessageDraft draft;
    draft.channel = "global";
    draft.user_id = user;
    draft.user_name = "somebody";
    draft.data_json = R"({"from":"somebody","text":")" + text + "\"}";
    ASSERT_TRUE(change([=](Writer& w) { return w.append_message(draft).status(); }).is_ok());
  }
  std::vector<storage::StoredMessage> history() {
    store_->flush();
    return ask([](Reader& r) { return r.history({.channel = "global", .limit = 200}); })->messages;
  }

  std::string neo_, trinity_;
};

TEST_F(ForgetTest, TheWordsBecomeTombstonesAndKeepTheirPlaces) {
  say_as(neo_, "follow the white rabbit");
  say_as(trinity_, "dodge this");
  say_as(neo_, "whoa");
  ASSERT_TRUE(forget(neo_, kPassword).is_ok());
  const auto messages = history();
  ASSERT_EQ(messages.size(), 5u) << "three that were said, two that say what was taken away";
  EXPECT_EQ(messages[0].user_id, "u_deleted");
  EXPECT_EQ(messages[0].user_name, "deleted");
  EXPECT_EQ(messages[0].data_json.find("rabbit"), std::string::npos);
  EXPECT_NE(messages[1].data_json.find("dodge this"), std::string::npos);
  EXPECT_EQ(messages[2].offset, 3);
  EXPECT_EQ(messages[2].data_json.find("whoa"), std::string::npos);
  EXPECT_EQ(messages[3].type, "chatDeleted");
  EXPECT_NE(messages[3].data_json.find("\"offset\":1"), std::string::npos);
  EXPECT_EQ(messages[4].type, "chatDeleted");
  EXPECT_NE(messages[4].data_json.find("\"offset\":3"), std::string::npos);
}

TEST_F(ForgetTest, NothingOfThePersonStays) {
  const storage::KvLimits limits;
  ASSERT_TRUE(change([&](Writer& w) {
                auto status = w.kv_write("game",
                                         {storage::KvOp::put("hero:" + neo_, "a"),
                                          storage::KvOp::put("hero:" + neo_ + "x", "b"),
                                          storage::KvOp::put("duel/" + neo_ + "/" + trinity_, "c")},
                                         limits);
                return status;
              }).is_ok());
  ASSERT_TRUE(forget(neo_, kPassword).is_ok());
  EXPECT_EQ(ask([&](Reader& r) { return r.user(neo_); }).status().code(), ErrorCode::kNotFound);
  EXPECT_FALSE(ask([&](Reader& r) { return r.kv_get("game", "hero:" + neo_); }));
  EXPECT_FALSE(ask([&](Reader& r) { return r.kv_get("game", "duel/" + neo_ + "/" + trinity_); }));
  EXPECT_TRUE(ask([&](Reader& r) { return r.kv_get("game", "hero:" + neo_ + "x"); }))
      << "somebody else's";
  EXPECT_EQ(*ask([](Reader& r) { return r.kv_usage("game"); }), ("hero:" + neo_ + "xb").size());
  ASSERT_FALSE(changes_.empty());
  EXPECT_EQ(changes_.back(), std::make_pair(neo_, Change::kDeleted));
  EXPECT_TRUE(register_as({"Neo", kPassword, "", kHome})) << "the name is free again";
}

TEST_F(ForgetTest, AWrongPasswordDeletesNothing) {
  say_as(neo_, "still here");
  EXPECT_EQ(forget(neo_, "wrong").code(), ErrorCode::kUnauthorized);
  EXPECT_EQ(forget(neo_, "").code(), ErrorCode::kUnauthorized);
  EXPECT_NE(history()[0].data_json.find("still here"), std::string::npos);
  EXPECT_EQ(forget("u_nobody", kPassword).code(), ErrorCode::kNotFound);
}

TEST_F(ForgetTest, GuessingIsCounted) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(forget(neo_, "wrong").code(), ErrorCode::kUnauthorized);
  EXPECT_EQ(forget(neo_, kPassword).code(), ErrorCode::kRateLimited);
}

TEST_F(ForgetTest, TheLastAdminStays) {
  ASSERT_TRUE(set_roles(neo_, {"user", "admin"}));
  say_as(neo_, "mine");
  EXPECT_EQ(forget(neo_, kPassword).code(), ErrorCode::kForbidden);
  EXPECT_NE(history()[0].data_json.find("mine"), std::string::npos) << "and keeps their words";
  ASSERT_TRUE(set_roles(trinity_, {"user", "admin"}));
  EXPECT_TRUE(forget(neo_, kPassword).is_ok());
}

TEST_F(ForgetTest, AGuestHasNoPassword) {
  const auto visitor = guest("Visitor");
  ASSERT_TRUE(visitor);
  EXPECT_TRUE(forget(visitor->id, "").is_ok());
  EXPECT_FALSE(ask([&](Reader& r) { return r.user(visitor->id); }));
}

}  // namespace
}  // namespace parley::users
