// SPDX-License-Identifier: Apache-2.0
#include "command/command_table.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/command_target.h"

namespace parley::command {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Target : CommandTarget {
  void invoke(InvocationPtr) override {}
};

std::vector<Registration> commands(std::initializer_list<CommandSpec> specs) {
  std::vector<Registration> list;
  for (const auto& spec : specs) list.push_back({spec, static_cast<std::uint32_t>(list.size())});
  return list;
}

class CommandTableTest : public testing::Test {
 protected:
  CommandTableTest() {
    registry_
        .publish(std::string(kCorePlugin), commands({{.name = "subscribe", .aliases = {"join"}}}),
                 target_)
        .value();
  }
  Result<Change> publish(std::string plugin, std::initializer_list<CommandSpec> specs) {
    return registry_.publish(std::move(plugin), commands(specs), target_);
  }
  const CommandTable& table() {
    cache_.renew();
    return cache_.now();
  }
  const CommandEntry* find(std::string_view name) {
    const auto* entry = table().find(name);
    return entry ? entry->get() : nullptr;
  }
  CommandRegistry registry_;
  TableCache cache_{registry_};
  std::shared_ptr<Target> target_ = std::make_shared<Target>();
};

TEST_F(CommandTableTest, WhatIsPublishedIsFoundByNameAndAlias) {
  const auto change = publish("dice", {{.name = "roll", .aliases = {"r"}}, {.name = "flip"}});
  ASSERT_TRUE(change);
  EXPECT_THAT(change->added, ElementsAre("flip", "roll"));
  EXPECT_THAT(change->removed, IsEmpty());
  EXPECT_EQ(change->rev, 2u);
  ASSERT_NE(find("roll"), nullptr);
  EXPECT_EQ(find("roll"), find("r"));
  EXPECT_EQ(find("roll")->spec.plugin, "dice");
  EXPECT_EQ(find("flip")->index, 1u);
  EXPECT_EQ(find("Roll"), nullptr);
}

TEST_F(CommandTableTest, AllOrNothing) {
  ASSERT_TRUE(publish("dice", {{.name = "roll"}}));
  const auto refused = publish("game", {{.name = "look"}, {.name = "roll"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.status().code(), ErrorCode::kConflict);
  EXPECT_THAT(refused.status().message(), HasSubstr("roll of plugin game belongs to plugin dice"));
  EXPECT_EQ(find("look"), nullptr);
  EXPECT_EQ(registry_.rev(), 2u);
}

TEST_F(CommandTableTest, TheServersOwnNamesAndAliasesCannotBeTaken) {
  for (const char* name : {"subscribe", "join"}) {
    const auto status = publish("chat", {{.name = name}}).status();
    EXPECT_THAT(status.message(), HasSubstr("the server itself")) << name;
    EXPECT_THAT(publish("chat", {{.name = "say", .aliases = {name}}}).status().message(),
                HasSubstr("the server itself"));
  }
}

TEST_F(CommandTableTest, ANameTwiceInOneListIsRefused) {
  EXPECT_THAT(publish("dice", {{.name = "roll"}, {.name = "roll"}}).status().message(),
              HasSubstr("twice"));
  EXPECT_THAT(
      publish("dice", {{.name = "roll"}, {.name = "x", .aliases = {"roll"}}}).status().message(),
      HasSubstr("twice"));
}

TEST_F(CommandTableTest, ABadSpecIsRefusedWithItsReason) {
  EXPECT_THAT(publish("dice", {{.name = "no name"}}).status().message(),
              HasSubstr("no command name"));
}

TEST_F(CommandTableTest, PublishingAgainIsOneSwap) {
  ASSERT_TRUE(publish("dice", {{.name = "roll"}, {.name = "flip"}}));
  const auto change = publish("dice", {{.name = "roll", .version = "2"}, {.name = "draw"}});
  ASSERT_TRUE(change);
  EXPECT_THAT(change->added, ElementsAre("draw", "roll"));
  EXPECT_THAT(change->removed, ElementsAre("flip", "roll"));
  EXPECT_EQ(change->rev, 3u);
  EXPECT_EQ(find("roll")->spec.version, "2");
  EXPECT_EQ(find("flip"), nullptr);
}

TEST_F(CommandTableTest, WhatWasWithdrawnIsRememberedUntilItIsBack) {
  ASSERT_TRUE(publish("dice", {{.name = "roll", .aliases = {"r"}}}));
  EXPECT_EQ(table().withdrawn_by("roll"), "");
  EXPECT_THAT(registry_.withdraw("dice").removed, ElementsAre("roll"));
  EXPECT_EQ(find("roll"), nullptr);
  EXPECT_EQ(table().withdrawn_by("roll"), "dice");
  EXPECT_EQ(table().withdrawn_by("r"), "dice");
  ASSERT_TRUE(publish("dice", {{.name = "roll"}}));
  EXPECT_EQ(table().withdrawn_by("roll"), "");
}

TEST_F(CommandTableTest, AViewHoldsWhatWasFoundInItUntilItIsRenewed) {
  ASSERT_TRUE(publish("dice", {{.name = "roll"}}));
  const EntryPtr* found = table().find("roll");
  ASSERT_NE(found, nullptr);
  registry_.withdraw("dice");
  ASSERT_TRUE(registry_.set_access({}).access);
  EXPECT_EQ(cache_.now().find("roll"), found) << "another thread's change moves nothing";
  EXPECT_EQ((*found)->spec.plugin, "dice");
  EXPECT_EQ(table().find("roll"), nullptr);
}

TEST_F(CommandTableTest, AWithdrawnNameIsFreeForOthers) {
  ASSERT_TRUE(publish("dice", {{.name = "roll"}}));
  registry_.withdraw("dice");
  EXPECT_TRUE(publish("game", {{.name = "roll"}}));
  EXPECT_EQ(find("roll")->spec.plugin, "game");
}

TEST_F(CommandTableTest, WithdrawingNothingChangesNothing) {
  EXPECT_EQ(registry_.withdraw("dice").rev, 1u);
  EXPECT_EQ(registry_.rev(), 1u);
}

TEST_F(CommandTableTest, ListenersHearEveryChangeWithoutHiddenNames) {
  std::vector<Change> heard;
  registry_.on_change([&](const Change& change) { heard.push_back(change); });
  ASSERT_TRUE(publish("dice", {{.name = "roll"}, {.name = "inner", .hidden = true}}));
  registry_.withdraw("dice");
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_THAT(heard[0].added, ElementsAre("roll"));
  EXPECT_THAT(heard[1].removed, ElementsAre("roll"));
}

TEST_F(CommandTableTest, AnEntryOutlivesItsWithdrawalAndLetsGoOfItsTarget) {
  ASSERT_TRUE(publish("dice", {{.name = "roll"}}));
  EntryPtr kept = *table().find("roll");
  std::weak_ptr<Target> target = target_;
  registry_.withdraw("subscribe");
  registry_.withdraw("dice");
  registry_.withdraw(kCorePlugin);
  target_.reset();
  table();
  EXPECT_EQ(kept->spec.name, "roll");
  EXPECT_FALSE(target.expired());
  kept.reset();
  EXPECT_TRUE(target.expired());
}

TEST_F(CommandTableTest, CheckSaysWhatPublishWould) {
  ASSERT_TRUE(publish("dice", {{.name = "roll"}}));
  EXPECT_FALSE(registry_.check("game", commands({{.name = "roll"}})));
  EXPECT_TRUE(registry_.check("dice", commands({{.name = "roll"}})));
}

TEST_F(CommandTableTest, EntriesAreSorted) {
  ASSERT_TRUE(publish("zoo", {{.name = "zebra"}, {.name = "ant"}}));
  std::vector<std::string> names;
  for (const auto& entry : registry_.table()->entries()) names.push_back(entry->spec.name);
  EXPECT_THAT(names, ElementsAre("ant", "subscribe", "zebra"));
}

}  // namespace
}  // namespace parley::command
