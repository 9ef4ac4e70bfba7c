// SPDX-License-Identifier: Apache-2.0
// What the store knows of people beyond their row: who they are elsewhere, who invited them, what they wrote.
#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

class PeopleTest : public StoreTest {
 protected:
  void SetUp() override { open(); }

  Result<std::string> whom(const std::string& issuer, const std::string& subject) {
    return ask([=](Reader& r) { return r.outside_user(issuer, subject); });
  }
  Status link(const std::string& issuer, const std::string& subject, const std::string& user) {
    return change([=](Writer& w) { return w.link_outside(issuer, subject, user); });
  }
  Status add_user(const std::string& id) {
    UserRecord user;
    user.id = user.name = user.skeleton = id;
    return change([=](Writer& w) { return w.insert_user(user); });
  }
  Status invite(const std::string& id, const std::string& hash, std::int64_t expires_at) {
    const InvitationRecord one{id, hash, "parleyctl", "a note", 100, expires_at};
    return change([=](Writer& w) { return w.insert_invitation(one); });
  }
  std::vector<std::string> keys_naming(const std::string& user) {
    const auto pairs = ask([=](Reader& r) { return r.kv_naming(user); });
    EXPECT_TRUE(pairs) << pairs.status().message();
    std::vector<std::string> keys;
    for (const auto& pair : *pairs) keys.push_back(pair.plugin + " " + pair.key);
    return keys;
  }
};

TEST_F(PeopleTest, AnIdentityElsewhereStandsForOnePersonUntilTheyGo) {
  ASSERT_TRUE(add_user("u_1").is_ok());
  ASSERT_TRUE(link("a", "42", "u_1").is_ok());
  EXPECT_EQ(link("a", "42", "u_2").code(), ErrorCode::kConflict);
  EXPECT_TRUE(link("b", "42", "u_2").is_ok()) << "another issuer's";
  EXPECT_EQ(*whom("a", "42"), "u_1");
  EXPECT_EQ(whom("a", "43").status().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(change([](Writer& w) { return w.delete_user("u_1"); }).is_ok());
  EXPECT_EQ(whom("a", "42").status().code(), ErrorCode::kNotFound);
  EXPECT_EQ(*whom("b", "42"), "u_2");
}

TEST_F(PeopleTest, WhoWasForgottenIsKnownByAHashUntilItIsTooOld) {
  ASSERT_TRUE(add_user("u_1").is_ok());
  ASSERT_TRUE(link("a", "42", "u_1").is_ok());
  ASSERT_TRUE(link("b", "43", "u_1").is_ok());
  const auto all = ask([](Reader& r) { return r.outside_identities_of("u_1"); });
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at(1).subject, "43");
  const std::string hash(32, '\7');
  const auto forget = [&](std::int64_t at, std::int64_t until) {
    return change([=](Writer& w) { return w.put_forgotten_identity({hash, at, until}); });
  };
  const auto known = [&] { return ask([&](Reader& r) { return r.forgotten_identity(hash); }); };
  EXPECT_EQ(known().status().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(forget(100, 1000).is_ok());
  ASSERT_TRUE(forget(200, 2000).is_ok());
  EXPECT_EQ(known()->forgotten_at, 200) << "the later one holds";
  Retention retention;
  retention.now = 1999;
  ASSERT_TRUE(change([=](Writer& w) { return w.expire_step(retention, 100).status(); }).is_ok());
  EXPECT_TRUE(known());
  retention.now = 2000;
  ASSERT_TRUE(change([=](Writer& w) { return w.expire_step(retention, 100).status(); }).is_ok());
  EXPECT_FALSE(known());
}

TEST_F(PeopleTest, AnInvitationIsFoundByItsHashUntilItIsTooOld) {
  const std::string hash(32, '\1');
  ASSERT_TRUE(invite("i_1", hash, 1000).is_ok());
  EXPECT_EQ(ask([=](Reader& r) { return r.invitation(hash, 999); })->note, "a note");
  EXPECT_FALSE(ask([=](Reader& r) { return r.invitation(hash, 1000); }));
  EXPECT_FALSE(ask([](Reader& r) { return r.invitation(std::string(32, '\2'), 1); }));
  ASSERT_TRUE(invite("i_2", std::string(32, '\2'), 5000).is_ok());
  Retention retention;
  retention.now = 2000;
  ASSERT_TRUE(change([=](Writer& w) { return w.expire_step(retention, 100).status(); }).is_ok());
  const auto left = ask([](Reader& r) { return r.invitations(); });
  ASSERT_EQ(left->size(), 1u);
  EXPECT_EQ(left->front().id, "i_2");
  EXPECT_TRUE(change([](Writer& w) { return w.delete_invitation("i_2"); }).is_ok());
  EXPECT_EQ(change([](Writer& w) { return w.delete_invitation("i_2"); }).code(),
            ErrorCode::kNotFound);
}

TEST_F(PeopleTest, OnlyKeysThatNameThePersonWholeAreTheirs) {
  const auto put = [](const char* key) { return KvOp::put(key, "x"); };
  ASSERT_TRUE(change([&](Writer& w) {
                const Status status = w.kv_write(
                    "game", {put("hero:u_1"), put("u_1"), put("duel/u_1/u_2"), put("hero:u_12")},
                    {});
                return status ? w.kv_write("poll", {put("xu_1"), put("vote-u_1")}, {}) : status;
              }).is_ok());
  EXPECT_EQ(keys_naming("u_1"), (std::vector<std::string>{"game duel/u_1/u_2", "game hero:u_1",
                                                          "game u_1", "poll vote-u_1"}));
  ASSERT_TRUE(change([](Writer& w) { return w.kv_erase_naming("u_1"); }).is_ok());
  EXPECT_TRUE(keys_naming("u_1").empty());
  EXPECT_EQ(keys_naming("u_12"), std::vector<std::string>{"game hero:u_12"});
}

TEST_F(PeopleTest, WordsAreReadAndTakenBackStepByStep) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(say("word " + std::to_string(i)));
  const auto first = ask([](Reader& r) { return r.messages_of("u_1", 0, 2); });
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->front().channel, "global");
  EXPECT_EQ(ask([&](Reader& r) { return r.messages_of("u_1", first->back().row, 9); })->size(), 3u);
  EXPECT_TRUE(ask([](Reader& r) { return r.messages_of("u_2", 0, 9); })->empty());

  std::int64_t from = 0;
  int steps = 0;
  std::size_t erased = 0;
  do {
    const auto step = store_->transact_blocking<ErasedStep>(
        [from](Writer& w) { return w.erase_messages_of("u_1", from, 2); });
    ASSERT_TRUE(step) << step.status().message();
    erased += step->erased.size();
    from = step->next;
    ASSERT_LE(++steps, 3) << "two rows of five at a time";
  } while (from != 0);
  EXPECT_EQ(erased, 5u);
  EXPECT_TRUE(ask([](Reader& r) { return r.messages_of("u_1", 0, 9); })->empty());
  const auto page = history({.channel = "global", .limit = 9});
  ASSERT_EQ(page.messages.size(), 5u);
  EXPECT_EQ(page.messages.back().offset, 5);
  EXPECT_EQ(page.messages.back().data_json, R"({"from":"deleted","text":"","deleted":true})");
}

TEST_F(PeopleTest, WhatOthersMadeOfTheirWordsGoesToo) {
  ASSERT_TRUE(say("a secret"));
  ASSERT_TRUE(change([](Writer& w) {
                MessageDraft change;
                change.channel = "global";
                change.type = "chatEdited";
                change.user_id = "u_moderator";
                change.data_json = R"({"offset":1,"text":"still a secret"})";
                if (const auto added = w.append_message(change); !added) return added.status();
                return w.rewrite_message("global", 1, R"({"text":"still a secret","revision":2})");
              }).is_ok());
  ASSERT_TRUE(store_->transact_blocking<ErasedStep>(
      [](Writer& w) { return w.erase_messages_of("u_1", 0, 10); }));
  for (const auto& message : history({.channel = "global", .limit = 9}).messages)
    EXPECT_EQ(message.data_json.find("secret"), std::string::npos) << message.data_json;
}

TEST_F(PeopleTest, WhatSpeaksAboutThemAndWhatWasLeftForThemGoesToo) {
  const auto add = [&](const std::string& channel, const std::string& about) {
    ASSERT_TRUE(change([&](Writer& w) {
                  MessageDraft draft;
                  draft.channel = channel;
                  draft.user_id = "b_poll";
                  draft.data_json = R"({"from":"poll","text":"of somebody"})";
                  draft.about = about;
                  return w.append_message(draft).status();
                }).is_ok());
  };
  add("global", "u_1");
  add("global", "u_2");
  add("@u_1", "");
  const auto step = store_->transact_blocking<ErasedStep>(
      [](Writer& w) { return w.erase_messages_of("u_1", 0, 100); });
  ASSERT_TRUE(step) << step.status().message();
  ASSERT_EQ(step->erased.size(), 2u);
  EXPECT_EQ(step->erased[0].channel, "global");
  EXPECT_EQ(step->erased[0].offset, 1);
  EXPECT_EQ(step->erased[1].channel, "@u_1");
  EXPECT_EQ(history({.channel = "global"}).messages[1].user_id, "b_poll") << "about another";
  EXPECT_EQ(history({.channel = "@u_1"}).messages[0].user_id, "u_deleted");
  const auto again = store_->transact_blocking<ErasedStep>(
      [](Writer& w) { return w.erase_messages_of("u_1", 0, 100); });
  EXPECT_TRUE(again->erased.empty()) << "each is told of once";
}

TEST_F(PeopleTest, TopicsGoWithWhoSetThem) {
  ASSERT_TRUE(change([](Writer& w) {
                for (const char* name : {"theirs", "others", "nobodys"}) {
                  const Status made = w.create_channel({.name = name, .created_by = "u_1"});
                  if (!made) return made;
                }
                const Status set = w.set_topic("theirs", "my secret", "u_1");
                if (!set) return set;
                const Status other = w.set_topic("others", "kept", "u_2");
                return other.is_ok() ? w.set_topic("nobodys", "kept", "") : other;
              }).is_ok());
  const auto gone = store_->transact_blocking<std::vector<std::string>>(
      [](Writer& w) { return w.erase_topics_of("u_1"); });
  ASSERT_TRUE(gone) << gone.status().message();
  EXPECT_EQ(*gone, std::vector<std::string>{"theirs"});
  EXPECT_EQ(ask([](Reader& r) { return r.channel("theirs"); })->topic, "");
  EXPECT_EQ(ask([](Reader& r) { return r.channel("theirs"); })->created_by, "");
  EXPECT_EQ(ask([](Reader& r) { return r.channel("others"); })->topic, "kept");
  EXPECT_EQ(ask([](Reader& r) { return r.channel("nobodys"); })->topic, "kept");
}

}  // namespace
}  // namespace parley::storage
