// SPDX-License-Identifier: Apache-2.0
#include "users/blocks.h"

#include <future>

#include <gmock/gmock.h>

#include "unit/storage/temp_store.h"

namespace parley::users {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BlocksTest : public storage::StoreTest {
 protected:
  void SetUp() override {
    open();
    reopen();
  }
  void reopen() {
    auto opened = Blocks::open(*store_, 2);
    ASSERT_TRUE(opened) << opened.status().message();
    blocks = std::move(*opened);
  }
  Status add(const std::string& user, const std::string& other) {
    std::promise<Status> done;
    blocks->add(user, other, [&](Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }
  Status remove(const std::string& user, const std::string& other) {
    std::promise<Status> done;
    blocks->remove(user, other, [&](Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }
  std::unique_ptr<Blocks> blocks;
};

TEST_F(BlocksTest, NeitherOfThemWritesToTheOther) {
  EXPECT_TRUE(blocks->may_write("u_smith", "u_neo"));
  ASSERT_TRUE(add("u_neo", "u_smith"));
  EXPECT_THAT(blocks->may_write("u_smith", "u_neo").message(), HasSubstr("does not take messages"));
  EXPECT_THAT(blocks->may_write("u_neo", "u_smith").message(), HasSubstr("Unblock them"));
  EXPECT_TRUE(blocks->may_write("u_tri", "u_neo"));
  ASSERT_TRUE(remove("u_neo", "u_smith"));
  EXPECT_TRUE(blocks->may_write("u_smith", "u_neo"));
}

TEST_F(BlocksTest, TheyAreThereAfterARestart) {
  ASSERT_TRUE(add("u_neo", "u_smith"));
  ASSERT_TRUE(add("u_neo", "u_cypher"));
  reopen();
  EXPECT_THAT(blocks->of("u_neo"), ElementsAre("u_smith", "u_cypher"));
  EXPECT_THAT(blocks->of("u_smith"), IsEmpty());
}

TEST_F(BlocksTest, WhoIsGoneIsInNobodysList) {
  ASSERT_TRUE(add("u_neo", "u_smith"));
  ASSERT_TRUE(add("u_smith", "u_neo"));
  blocks->forget("u_smith");
  EXPECT_THAT(blocks->of("u_neo"), IsEmpty());
  EXPECT_THAT(blocks->of("u_smith"), IsEmpty());
}

TEST_F(BlocksTest, TheLimitIsSaid) {
  ASSERT_TRUE(add("u_neo", "u_1a"));
  ASSERT_TRUE(add("u_neo", "u_2a"));
  EXPECT_THAT(add("u_neo", "u_3a").message(), HasSubstr("blocked 2 people"));
  EXPECT_TRUE(add("u_neo", "u_1a")) << "who is blocked already";
  EXPECT_THAT(add("u_neo", "u_neo").message(), HasSubstr("themselves"));
}

}  // namespace
}  // namespace parley::users
