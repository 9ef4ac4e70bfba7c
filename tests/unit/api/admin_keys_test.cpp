// SPDX-License-Identifier: Apache-2.0
#include "api/admin_keys.h"

#include <future>

#include <gmock/gmock.h>

#include "unit/storage/temp_store.h"

namespace parley::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Millis kDay{24LL * 3'600'000};

class AdminKeysTest : public storage::StoreTest {
 protected:
  void SetUp() override {
    open();
    start();
  }
  void TearDown() override {
    store_.reset();  // its completions reach the keys
    keys_.reset();
  }
  void start() {
    auto opened = AdminKeys::open(*store_, clock_);
    ASSERT_TRUE(opened) << opened.status().message();
    keys_ = std::move(*opened);
  }
  Result<AdminKeys::Made> make(const std::string& name, std::vector<std::string> scopes,
                               Millis life = kDay) {
    std::promise<Result<AdminKeys::Made>> promise;
    keys_->make({.actor = "u_admin", .address = "192.0.2.7"},
                {.name = name, .scopes = std::move(scopes), .life = life},
                [&](Result<AdminKeys::Made> made) { promise.set_value(std::move(made)); });
    return promise.get_future().get();
  }
  Status revoke(const std::string& id) {
    std::promise<Status> promise;
    keys_->revoke({.actor = "u_admin", .address = "192.0.2.7"}, id,
                  [&](Status status) { promise.set_value(std::move(status)); });
    return promise.get_future().get();
  }

  ManualClock clock_;
  std::unique_ptr<AdminKeys> keys_;
};

TEST_F(AdminKeysTest, AKeyOpensWithinItsScopesUntilItExpires) {
  const auto made = make("deploy", {"read", "plugins"});
  ASSERT_TRUE(made) << made.status().message();
  const auto found = keys_->find(made->secret);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->may("read"));
  EXPECT_TRUE(found->may("plugins"));
  EXPECT_FALSE(found->may("people"));
  EXPECT_FALSE(found->may(kNoKey));
  EXPECT_FALSE(keys_->find(made->secret + "x"));
  EXPECT_FALSE(keys_->find(""));
  clock_.advance(kDay);
  EXPECT_FALSE(keys_->find(made->secret));
}

TEST_F(AdminKeysTest, OnlyTheHashIsKeptAndARestartKeepsIt) {
  const auto made = make("deploy", {"read"});
  ASSERT_TRUE(made);
  const auto stored =
      store_->read_blocking([](storage::Reader& reader) { return reader.setting("admin_keys"); });
  ASSERT_TRUE(stored);
  EXPECT_THAT(*stored, Not(HasSubstr(made->secret)));
  EXPECT_THAT(*stored, HasSubstr("deploy"));
  start();
  EXPECT_TRUE(keys_->find(made->secret));
  EXPECT_EQ(keys_->list().at(0).made_by, "u_admin");
}

TEST_F(AdminKeysTest, ARevokedKeyOpensNothingMore) {
  const auto made = make("deploy", {"read"}), other = make("watch", {"read"});
  ASSERT_TRUE(made && other);
  EXPECT_TRUE(revoke(made->key.id));
  EXPECT_FALSE(keys_->find(made->secret));
  EXPECT_TRUE(keys_->find(other->secret));
  EXPECT_EQ(revoke(made->key.id).code(), ErrorCode::kNotFound);
  start();
  EXPECT_FALSE(keys_->find(made->secret));
}

TEST_F(AdminKeysTest, TheAuditSaysWhoFromWhere) {
  const auto made = make("deploy", {"read"});
  ASSERT_TRUE(made && revoke(made->key.id));
  const auto entries = store_->read_blocking(
      [](storage::Reader& reader) { return reader.audit(storage::AuditQuery{.limit = 10}); });
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2u);
  for (const auto& entry : *entries) {
    EXPECT_EQ(entry.actor, "u_admin");
    EXPECT_EQ(entry.address, "192.0.2.7") << entry.action;
  }
}

TEST_F(AdminKeysTest, LastUseIsKept) {
  const auto made = make("deploy", {"read"});
  ASSERT_TRUE(made);
  EXPECT_EQ(keys_->list().at(0).used_at, 0);
  ASSERT_TRUE(keys_->find(made->secret));
  store_->flush();
  start();
  EXPECT_EQ(keys_->list().at(0).used_at, clock_.wall_ms());
}

TEST_F(AdminKeysTest, WhatIsNoneIsRefusedWithASentence) {
  EXPECT_THAT(make("", {"read"}).status().message(), HasSubstr("name the key"));
  EXPECT_THAT(make(std::string(65, 'x'), {"read"}).status().message(), HasSubstr("64 bytes"));
  EXPECT_THAT(make("x", {}).status().message(), HasSubstr("scopes are"));
  EXPECT_THAT(make("x", {"read", "everything"}).status().message(), HasSubstr("scopes are"));
  EXPECT_THAT(make("x", {"read"}, Millis(0)).status().message(), HasSubstr("--for"));
  EXPECT_TRUE(keys_->list().empty());
}

TEST(AdminKeyScopes, EveryChangeNeedsItsOwn) {
  const auto post = [](const char* path) { return scope_for("POST", path); };
  EXPECT_EQ(scope_for("GET", "/admin/v1/users"), "read");
  EXPECT_EQ(scope_for("HEAD", "/admin/v1/config"), "read");
  EXPECT_EQ(post("/admin/v1/try"), "people") << "whoever acts as somebody is somebody";
  EXPECT_EQ(post("/admin/v1/channels/global/topic"), "server");
  EXPECT_EQ(post("/admin/v1/plugins/dice/reload"), "plugins");
  EXPECT_EQ(scope_for("PATCH", "/admin/v1/plugins/dice/config"), "plugins");
  EXPECT_EQ(post("/admin/v1/plugin-revocations"), "plugins");
  EXPECT_EQ(post("/admin/v1/plugins/dice/upload"), "upload");
  for (const auto* path : {"/admin/v1/users/neo/roles", "/admin/v1/tokens", "/admin/v1/invitations",
                           "/admin/v1/access/rules", "/admin/v1/admin/redeem"})
    EXPECT_EQ(post(path), "people") << path;
  for (const auto* path : {"/admin/v1/say", "/admin/v1/backup", "/admin/v1/sessions/s_1/kick",
                           "/admin/v1/config/reload", "/admin/v1/log/level", "/admin/v1/bans/lift"})
    EXPECT_EQ(post(path), "server") << path;
  for (const auto* path : {"/admin/v1/admin-keys", "/admin/v1/admin-keys/k_1/revoke",
                           "/admin/v1/session", "/admin/v1/session/confirm", "/healthz"})
    EXPECT_EQ(post(path), kNoKey) << path;
}

}  // namespace
}  // namespace parley::api
