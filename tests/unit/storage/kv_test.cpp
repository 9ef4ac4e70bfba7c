// SPDX-License-Identifier: Apache-2.0
#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

class KvTest : public StoreTest {
 protected:
  void SetUp() override { open(); }
  Status kv(std::vector<KvOp> ops, KvLimits limits = {}, std::string plugin = "game") {
    return change([=](Writer& w) { return w.kv_write(plugin, ops, limits); });
  }
  std::string value(const std::string& key, const std::string& plugin = "game") {
    auto found = ask([&](Reader& r) { return r.kv_get(plugin, key); });
    return found ? *found : "(none)";
  }
  std::size_t usage(const std::string& plugin = "game") {
    return *ask([&](Reader& r) { return r.kv_usage(plugin); });
  }
};

TEST_F(KvTest, KeysBelongToTheirPlugin) {
  ASSERT_TRUE(kv({KvOp::put("room", "hall")}).is_ok());
  ASSERT_TRUE(kv({KvOp::put("room", "dice room")}, {}, "dice").is_ok());
  EXPECT_EQ(value("room"), "hall");
  EXPECT_EQ(value("room", "dice"), "dice room");
  ASSERT_TRUE(change([](Writer& w) { return w.kv_drop("dice"); }).is_ok());
  EXPECT_EQ(value("room", "dice"), "(none)");
  EXPECT_EQ(usage("dice"), 0u);
  EXPECT_EQ(value("room"), "hall");
}

TEST_F(KvTest, BytesSurvive) {
  const std::string key("a\0b", 3), data("\xff\0\x01", 3);
  ASSERT_TRUE(kv({KvOp::put(key, data), KvOp::put("empty", "")}).is_ok());
  EXPECT_EQ(value(key), data);
  EXPECT_EQ(value("empty"), "");
}

TEST_F(KvTest, ABatchHoldsAsAWholeOrNotAtAll) {
  ASSERT_TRUE(kv({KvOp::put("gold", "10")}).is_ok());
  EXPECT_EQ(
      kv({KvOp::put("sword", "1"), KvOp::expect("gold", "11"), KvOp::put("gold", "1")}).code(),
      ErrorCode::kConflict);
  EXPECT_EQ(value("sword"), "(none)");
  EXPECT_EQ(value("gold"), "10");
  EXPECT_TRUE(kv({KvOp::expect("gold", "10"), KvOp::expect("sword", std::nullopt),
                  KvOp::put("sword", "1"), KvOp::erase("gold")})
                  .is_ok());
  EXPECT_EQ(value("gold"), "(none)");
  EXPECT_EQ(kv({KvOp::expect("sword", std::nullopt)}).code(), ErrorCode::kConflict);
}

TEST_F(KvTest, AConflictLeavesNothingBehindInAJobThatGoesOn) {
  ASSERT_TRUE(change([](Writer& w) {
                (void)w.kv_write("game", {KvOp::put("a", "1"), KvOp::expect("b", "2")}, {});
                return w.put_setting("went", "on");
              }).is_ok());
  EXPECT_EQ(value("a"), "(none)");
  EXPECT_EQ(*ask([](Reader& r) { return r.setting("went"); }), "on");
}

TEST_F(KvTest, UseIsCountedExactly) {
  ASSERT_TRUE(kv({KvOp::put("key", "value")}).is_ok());
  EXPECT_EQ(usage(), 8u);
  ASSERT_TRUE(kv({KvOp::put("key", "v")}).is_ok());
  EXPECT_EQ(usage(), 4u);
  ASSERT_TRUE(kv({KvOp::erase("key"), KvOp::erase("never there")}).is_ok());
  EXPECT_EQ(usage(), 0u);
}

TEST_F(KvTest, TheQuotaHoldsAndErasingFreesIt) {
  const KvLimits limits{.quota = 20, .value_max = 12, .key_max = 5};
  ASSERT_TRUE(kv({KvOp::put("a", "0123456789")}, limits).is_ok());
  const Status full = kv({KvOp::put("b", "0123456789")}, limits);
  EXPECT_EQ(full.code(), ErrorCode::kTooLarge);
  EXPECT_NE(full.message().find("storage_quota"), std::string::npos) << full.message();
  EXPECT_EQ(value("b"), "(none)");
  EXPECT_TRUE(kv({KvOp::erase("a"), KvOp::put("b", "0123456789")}, limits).is_ok());
  EXPECT_EQ(kv({KvOp::put("c", "0123456789abc")}, limits).code(), ErrorCode::kTooLarge)
      << "one value";
  EXPECT_EQ(kv({KvOp::put("longer", "")}, limits).code(), ErrorCode::kTooLarge) << "one key";
  EXPECT_EQ(kv({KvOp::put("", "x")}, limits).code(), ErrorCode::kInvalidArgs);
  EXPECT_TRUE(kv({KvOp::erase("b")}, {.quota = 0}).is_ok()) << "shrinking is always allowed";
}

TEST_F(KvTest, ScansByPrefixInPages) {
  std::vector<KvOp> ops;
  for (const char* key : {"item:1", "item:2", "item:3", "items", "itel", "player:1", "item:"}) {
    ops.push_back(KvOp::put(key, key));
  }
  ops.push_back(KvOp::put("\xff\xff", "last"));
  ASSERT_TRUE(kv(ops).is_ok());
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto page = ask([&](Reader& r) { return r.kv_scan("game", "item:", cursor, 2); });
    ASSERT_TRUE(page);
    for (const auto& pair : page->pairs) seen.push_back(pair.key);
    cursor = page->next;
  } while (!cursor.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"item:", "item:1", "item:2", "item:3"}));
  EXPECT_EQ(ask([](Reader& r) { return r.kv_scan("game", "", "", 100); })->pairs.size(), 8u);
  EXPECT_EQ(ask([](Reader& r) { return r.kv_scan("game", "\xff", "", 100); })->pairs.size(), 1u);
  EXPECT_EQ(ask([](Reader& r) { return r.kv_scan("dice", "", "", 100); })->pairs.size(), 0u);
}

}  // namespace
}  // namespace parley::storage
