// SPDX-License-Identifier: Apache-2.0
#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

using RecordsTest = StoreTest;

UserRecord person(const std::string& id, const std::string& name) {
  UserRecord user;
  user.id = id;
  user.name = name;
  user.skeleton = name;
  user.roles = {"user"};
  user.created_at = 100;
  return user;
}

UserRecord guest(const std::string& id, const std::string& name, std::int64_t expires_at) {
  UserRecord user = person(id, name);
  user.kind = "guest";
  user.roles = {};
  user.expires_at = expires_at;
  return user;
}

Store::WriteJob inserting(UserRecord user) {
  return [user = std::move(user)](Writer& w) { return w.insert_user(user); };
}

TEST_F(RecordsTest, AUserComesBackWhole) {
  open();
  UserRecord neo = person("u_1", "neo");
  neo.roles = {"user", "admin"};
  neo.password_hash = "$argon2id$…";
  ASSERT_TRUE(change(inserting(neo)).is_ok());
  open();
  const auto found = ask([](Reader& r) { return r.user("u_1"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "neo");
  EXPECT_EQ(found->roles, neo.roles);
  EXPECT_EQ(found->password_hash, neo.password_hash);
  EXPECT_FALSE(found->disabled);
  EXPECT_EQ(ask([](Reader& r) { return r.user_by_skeleton("neo"); })->id, "u_1");
  EXPECT_EQ(ask([](Reader& r) { return r.user("u_2"); }).status().code(), ErrorCode::kNotFound);
}

TEST_F(RecordsTest, ASkeletonBelongsToOne) {
  open();
  ASSERT_TRUE(change(inserting(person("u_1", "neo"))).is_ok());
  const Status second = change(inserting(person("u_2", "neo")));
  EXPECT_EQ(second.code(), ErrorCode::kConflict);
  EXPECT_EQ(second.message(), "The name neo is taken.");
  ASSERT_TRUE(change(inserting(person("u_3", "trinity"))).is_ok());
  UserRecord renamed = person("u_3", "neo");
  EXPECT_EQ(change([=](Writer& w) { return w.update_user(renamed); }).code(), ErrorCode::kConflict);
  EXPECT_EQ(change([](Writer& w) { return w.update_user(person("u_9", "x")); }).code(),
            ErrorCode::kNotFound);
}

TEST_F(RecordsTest, AnExpiredGuestGivesItsNameAway) {
  open();
  ASSERT_TRUE(change(inserting(guest("g_1", "neo", 90))).is_ok());
  ASSERT_TRUE(change(inserting(guest("g_2", "trinity", 200))).is_ok());
  EXPECT_TRUE(change(inserting(person("u_1", "neo"))).is_ok())
      << "created at 100, the guest went at 90";
  EXPECT_EQ(change(inserting(person("u_2", "trinity"))).code(), ErrorCode::kConflict);
}

TEST_F(RecordsTest, RolesAreCountedWhole) {
  open();
  UserRecord admin = person("u_1", "a");
  admin.roles = {"user", "admin"};
  UserRecord disabled = person("u_2", "b");
  disabled.roles = {"admin"};
  disabled.disabled = true;
  UserRecord other = person("u_3", "c");
  other.roles = {"administrator"};
  for (const auto& user : {admin, disabled, other}) ASSERT_TRUE(change(inserting(user)).is_ok());
  EXPECT_EQ(*ask([](Reader& r) { return r.count_role("admin"); }), 1);
}

TEST_F(RecordsTest, UsersArePaged) {
  open();
  for (const char* id : {"u_a", "u_b", "u_c"})
    ASSERT_TRUE(change(inserting(person(id, id))).is_ok());
  auto page = ask([](Reader& r) { return r.users("", 2); });
  ASSERT_EQ(page->size(), 2u);
  page = ask([&](Reader& r) { return r.users((*page)[1].id, 2); });
  ASSERT_EQ(page->size(), 1u);
  EXPECT_EQ((*page)[0].id, "u_c");
}

TEST_F(RecordsTest, ExpiryTakesGuestsSessionsAndTokensButNoAccounts) {
  open();
  ASSERT_TRUE(change([](Writer& w) {
                (void)w.insert_user(guest("g_1", "old", 500));
                (void)w.insert_user(guest("g_2", "new", 5000));
                (void)w.insert_user(person("u_1", "neo"));
                (void)w.put_session({.id = "s_1", .user_id = "u_1", .expires_at = 500});
                (void)w.put_session({.id = "s_2", .user_id = "u_1", .expires_at = 5000});
                (void)w.revoke_token("jti-1", 500);
                return w.insert_refresh_token(
                    {.hash = "h", .family = "f", .user_id = "u_1", .expires_at = 500});
              }).is_ok());
  const auto gone = store_->transact_blocking<Expired>(
      [](Writer& w) { return w.expire_step({.now = 1000}, 100); });
  ASSERT_TRUE(gone) << gone.status().message();
  EXPECT_EQ(gone->guests, 1);
  EXPECT_EQ(gone->sessions, 1);
  EXPECT_EQ(gone->tokens, 2);
  EXPECT_TRUE(ask([](Reader& r) { return r.user("g_2"); }));
  EXPECT_TRUE(ask([](Reader& r) { return r.user("u_1"); }));
  EXPECT_TRUE(ask([](Reader& r) { return r.session("s_2"); }));
}

TEST_F(RecordsTest, KeysOfCommandsAreReplacedForgottenAndExpire) {
  open();
  const CommandKeyRecord begun{"u_1", "k", std::string(32, '\0'), "", 5000};
  CommandKeyRecord answered = begun;
  answered.reply_json = R"({"type":"ok"})";
  ASSERT_TRUE(change([&](Writer& w) {
                (void)w.put_command_key(begun);
                (void)w.put_command_key({"u_2", "k", "f", "", 500});
                return w.put_command_key(answered);
              }).is_ok());
  const auto kept = ask([](Reader& r) { return r.command_key("u_1", "k"); });
  ASSERT_TRUE(kept) << kept.status().message();
  EXPECT_EQ(kept->reply_json, answered.reply_json);
  EXPECT_EQ(kept->fingerprint, begun.fingerprint);
  const auto all = ask([](Reader& r) { return r.command_keys(1000); });
  ASSERT_EQ(all->size(), 1u) << "the other one's time has passed";
  EXPECT_EQ(all->front().reply_json, "{");
  const auto gone = store_->transact_blocking<Expired>(
      [](Writer& w) { return w.expire_step({.now = 1000}, 100); });
  EXPECT_EQ(gone->keys, 1);
  ASSERT_TRUE(change([](Writer& w) { return w.delete_command_key("u_1", "k"); }).is_ok());
  EXPECT_EQ(ask([](Reader& r) { return r.command_key("u_1", "k"); }).status().code(),
            ErrorCode::kNotFound);
}

TEST_F(RecordsTest, SessionsAreReplacedAndDeleted) {
  open();
  SessionRecord session{.id = "s_1",
                        .user_id = "u_1",
                        .resume_hash = std::string("\0\1\2", 3),
                        .subscriptions_json = "[\"global\"]",
                        .positions_json = "{\"global\":5}",
                        .variables_json = "{}",
                        .saved_at = 1,
                        .expires_at = 2};
  ASSERT_TRUE(change([=](Writer& w) { return w.put_session(session); }).is_ok());
  session.positions_json = "{\"global\":6}";
  ASSERT_TRUE(change([=](Writer& w) { return w.put_session(session); }).is_ok());
  const auto found = ask([](Reader& r) { return r.session("s_1"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->positions_json, "{\"global\":6}");
  EXPECT_EQ(found->resume_hash, session.resume_hash) << "bytes with NUL";
  ASSERT_TRUE(change([](Writer& w) { return w.delete_sessions_of("u_1"); }).is_ok());
  EXPECT_EQ(ask([](Reader& r) { return r.session("s_1"); }).status().code(), ErrorCode::kNotFound);
}

TEST_F(RecordsTest, RevocationsOnlyGrow) {
  open();
  ASSERT_TRUE(change([](Writer& w) {
                (void)w.revoke_token("jti", 50);
                (void)w.revoke_tokens_of("u_1", 900);
                return w.revoke_tokens_of("u_1", 800);
              }).is_ok());
  const auto all = ask([](Reader& r) { return r.revocations(); });
  EXPECT_EQ(all->tokens.at("jti"), 50);
  EXPECT_EQ(all->users.at("u_1"), 900) << "an earlier time does not bring tokens back";
}

TEST_F(RecordsTest, SettingsHoldBytes) {
  open();
  const std::string value("\0key\xff", 5);
  ASSERT_TRUE(change([=](Writer& w) { return w.put_setting("secret", value); }).is_ok());
  EXPECT_EQ(*ask([](Reader& r) { return r.setting("secret"); }), value);
  ASSERT_TRUE(change([](Writer& w) { return w.delete_setting("secret"); }).is_ok());
  EXPECT_EQ(ask([](Reader& r) { return r.setting("secret"); }).status().code(),
            ErrorCode::kNotFound);
}

TEST_F(RecordsTest, AuditIsFilteredNewestFirst) {
  open();
  for (int i = 1; i <= 5; ++i) {
    store_->append_audit(
        {.ts = i, .actor = i % 2 ? "u_1" : "u_2", .action = "login", .result = "ok"});
  }
  store_->append_audit(
      {.ts = 6, .actor = "u_1", .action = "plugin.load", .target = "dice", .result = "forbidden"});
  store_->flush();
  auto found =
      ask([](Reader& r) { return r.audit({.actor = "u_1", .action = "login", .limit = 2}); });
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].ts, 5);
  EXPECT_EQ((*found)[1].ts, 3);
  const std::int64_t before = (*found)[1].id;
  found = ask(
      [=](Reader& r) { return r.audit({.actor = "u_1", .action = "login", .before = before}); });
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].ts, 1);
  EXPECT_EQ(ask([](Reader& r) { return r.audit({.since = 5}); })->size(), 2u);
}

TEST_F(RecordsTest, AuditFindsAPersonOnBothSidesAndActionsByTheirFirstWord) {
  open();
  store_->append_audit({.ts = 1, .actor = "u_1", .action = "account.login", .target = "u_1"});
  store_->append_audit({.ts = 2, .actor = "u_2", .action = "account.roles", .target = "u_1"});
  store_->append_audit({.ts = 3, .actor = "parleyctl (uid 0)", .action = "accounts"});
  store_->flush();
  const auto times = [&](const AuditQuery& query) {
    std::vector<std::int64_t> found;
    const auto entries = ask([=](Reader& r) { return r.audit(query); });
    for (const auto& entry : *entries) found.push_back(entry.ts);
    return found;
  };
  using Times = std::vector<std::int64_t>;
  EXPECT_EQ(times({.who = "neo", .who_else = "u_1"}), (Times{2, 1}));
  EXPECT_EQ(times({.who = "u_2", .who_else = "u_2"}), (Times{2}));
  EXPECT_EQ(times({.who = "parleyctl", .who_else = "parleyctl"}), (Times{3}));
  EXPECT_EQ(times({.action = "account"}), (Times{2, 1}));
  EXPECT_EQ(times({.action = "account.login"}), (Times{1}));
}

TEST_F(RecordsTest, AuditExpiresByItsOwnTime) {
  open();
  for (int i = 1; i <= 4; ++i) store_->append_audit({.ts = i, .action = "login"});
  store_->flush();
  const auto gone = store_->transact_blocking<Expired>(
      [](Writer& w) { return w.expire_step({.now = 1000, .audit_before = 3}, 100); });
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->audit, 2);
  EXPECT_EQ(ask([](Reader& r) { return r.audit({}); })->size(), 2u);
  const auto kept = store_->transact_blocking<Expired>(
      [](Writer& w) { return w.expire_step({.now = 1000}, 100); });
  EXPECT_EQ(kept->audit, 0) << "0 keeps all";
}

}  // namespace
}  // namespace parley::storage
