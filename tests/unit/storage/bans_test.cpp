// SPDX-License-Identifier: Apache-2.0
// Who is kept out of which channel, on disk.
#include <gmock/gmock.h>

#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BansTest : public StoreTest {
 protected:
  void SetUp() override {
    open();
    for (const char* id : {"u_ann", "u_mod", "u_neo"}) {
      const UserRecord user{.id = id, .name = std::string(id).substr(2), .skeleton = id};
      ASSERT_TRUE(change([user](Writer& w) { return w.insert_user(user); }));
    }
  }
  Status ban(const std::string& channel, const std::string& user, std::int64_t until = 0,
             const std::string& by = "u_mod") {
    const BanRecord record{.channel = channel,
                           .user_id = user,
                           .by = by,
                           .reason = "rude",
                           .since = 100,
                           .until = until};
    return change([record](Writer& w) { return w.put_ban(record); });
  }
  BanPage page(const BanQuery& query) {
    auto found = ask([&](Reader& r) { return r.bans(query); });
    EXPECT_TRUE(found) << found.status().message();
    return found ? *found : BanPage{};
  }
  std::vector<std::string> all(std::int64_t now = 0) {
    std::vector<std::string> names;
    for (const auto& one : page({.now = now}).bans)
      names.push_back(one.channel + " " + one.user_id);
    return names;
  }
};

TEST_F(BansTest, AreThereAfterARestartWithTheNamesOfToday) {
  ASSERT_TRUE(ban("zion", "u_neo", 5000));
  open();
  const auto found = page({.now = 1});
  ASSERT_EQ(found.bans.size(), 1u);
  const auto& one = found.bans[0];
  EXPECT_EQ(one.channel, "zion");
  EXPECT_EQ(one.user_id, "u_neo");
  EXPECT_EQ(one.user_name, "neo");
  EXPECT_EQ(one.by, "u_mod");
  EXPECT_EQ(one.by_name, "mod");
  EXPECT_EQ(one.reason, "rude");
  EXPECT_EQ(one.since, 100);
  EXPECT_EQ(one.until, 5000);
}

TEST_F(BansTest, ALaterOneTakesThePlaceOfTheFormer) {
  ASSERT_TRUE(ban("zion", "u_neo", 5000));
  ASSERT_TRUE(ban("zion", "u_neo", 9000, "Mod of old"));
  const auto found = page({});
  ASSERT_EQ(found.bans.size(), 1u);
  EXPECT_EQ(found.bans[0].until, 9000);
  EXPECT_EQ(found.bans[0].by_name, "Mod of old") << "a name where there is no id";
}

TEST_F(BansTest, AreOfSomebodyAndCanBeLifted) {
  EXPECT_EQ(ban("zion", "u_nobody").code(), ErrorCode::kNotFound);
  ASSERT_TRUE(ban("zion", "u_neo"));
  const auto lift = [this](const char* channel) {
    return change([channel](Writer& w) { return w.delete_ban(channel, "u_neo"); });
  };
  EXPECT_EQ(lift("other").code(), ErrorCode::kNotFound);
  EXPECT_TRUE(lift("zion"));
  EXPECT_THAT(all(), IsEmpty());
}

TEST_F(BansTest, ComeInPagesByChannelAndUser) {
  for (const char* channel : {"zion", "hall"})
    for (const char* user : {"u_neo", "u_ann"}) ASSERT_TRUE(ban(channel, user));
  EXPECT_THAT(all(), ElementsAre("hall u_ann", "hall u_neo", "zion u_ann", "zion u_neo"));
  const auto first = page({.limit = 3});
  EXPECT_EQ(first.bans.size(), 3u);
  EXPECT_TRUE(first.more);
  const auto last = page({.after_channel = "zion", .after_user = "u_ann", .limit = 3});
  EXPECT_EQ(last.bans.size(), 1u);
  EXPECT_FALSE(last.more);
  EXPECT_EQ(page({.channel = "hall"}).bans.size(), 2u);
}

TEST_F(BansTest, ThoseThatAreOverAreNotListedAndGo) {
  ASSERT_TRUE(ban("hall", "u_neo", 5000));
  ASSERT_TRUE(ban("zion", "u_neo", 6000));
  ASSERT_TRUE(ban("zion", "u_ann", 0));
  EXPECT_THAT(all(5000), ElementsAre("zion u_ann", "zion u_neo"));
  const auto gone = store_->transact_blocking<Expired>(
      [](Writer& w) { return w.expire_step({.now = 5000}, 100); });
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->bans, 1);
  EXPECT_THAT(all(0), ElementsAre("zion u_ann", "zion u_neo"));
}

TEST_F(BansTest, EndWithWhomTheyKeepOutAndForgetWhoDecided) {
  ASSERT_TRUE(ban("zion", "u_neo"));
  ASSERT_TRUE(ban("zion", "u_ann"));
  ASSERT_TRUE(change([](Writer& w) { return w.delete_user("u_neo"); }));
  EXPECT_THAT(all(), ElementsAre("zion u_ann"));
  ASSERT_TRUE(change([](Writer& w) { return w.delete_user("u_mod"); }));
  EXPECT_EQ(page({}).bans.at(0).by_name, "");
}

}  // namespace
}  // namespace parley::storage
