// SPDX-License-Identifier: Apache-2.0
#include "memory.h"

#include <gtest/gtest.h>

#include "dialogues.h"
#include "template.h"

namespace reply {
namespace {

TEST(Memory, ARecordSaysEverything) {
  Memory memory({});
  memory.set("u", "name", "Нео \"1\"", 5);
  Memory other({});
  EXPECT_TRUE(other.load("u", memory.record("u")));
  EXPECT_EQ(other.get("u", "name"), "Нео \"1\"");
  EXPECT_FALSE(other.load("x", "{}"));
  EXPECT_FALSE(other.load("x", "[1]"));
  memory.unset("u", "name");
  EXPECT_EQ(memory.record("u"), "");
}

TEST(Memory, KeepsItsLimits) {
  Memory memory({.users = 1, .variables = 1, .characters = 3});
  EXPECT_TRUE(memory.set("old", "a", "12345", 1));
  EXPECT_EQ(memory.get("old", "a"), "12…");
  EXPECT_FALSE(memory.set("old", "b", "1", 1));
  EXPECT_TRUE(memory.set("old", "a", "2", 1));
  EXPECT_EQ(memory.take_surplus(), std::nullopt);
  memory.set("new", "a", "1", 2);
  EXPECT_EQ(memory.take_surplus(), "old");
}

TEST(Dialogues, ExpireInTimeAndAreBounded) {
  Dialogues dialogues(1);
  EXPECT_TRUE(dialogues.open({"u", "c"}, {.name = "a", .deadline = 10}));
  EXPECT_FALSE(dialogues.open({"v", "c"}, {.name = "a", .deadline = 5}));
  EXPECT_TRUE(dialogues.open({"u", "c"}, {.name = "b", .deadline = 20}));
  EXPECT_EQ(dialogues.next_deadline(), 20);
  EXPECT_TRUE(dialogues.take_expired(19).empty());
  EXPECT_EQ(dialogues.take_expired(20).at(0).second.name, "b");
  EXPECT_EQ(dialogues.next_deadline(), std::nullopt);
}

TEST(Template, FillsInWhatHasAValue) {
  const Sources sources{.value = [](std::string_view name) -> std::optional<std::string> {
                          if (name == "user") return "*Neo*";
                          if (name == "n") return "41";
                          return std::nullopt;
                        },
                        .chance = [](int, int most) { return most; }};
  EXPECT_EQ(Template("{{name|user}}!").expand(sources, escape_markdown), "\\*Neo\\*!");
  EXPECT_EQ(Template("{{n + 1}} {{x - 2}} {{random 1 6}}{{x}}").expand(sources), "42 -2 6");
  EXPECT_TRUE(Condition("{{n}} <= 41").holds(sources));
  EXPECT_TRUE(Condition("{{n}} > 5").holds(sources)) << "as numbers, not as text";
  EXPECT_FALSE(Condition("{{x}}").holds(sources));
}

}  // namespace
}  // namespace reply
