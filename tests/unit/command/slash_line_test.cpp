// SPDX-License-Identifier: Apache-2.0
#include "command/slash_line.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::command {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Words = std::vector<std::optional<std::string>>;

CommandSpec give() {
  return {.name = "give",
          .args = {{.name = "item", .required = true},
                   {.name = "to"},
                   {.name = "quietly", .type = ArgumentType::kBool}}};
}

CommandSpec say() {
  return {.name = "say", .args = {{.name = "channel"}, {.name = "text", .rest = true}}};
}

Words words(const CommandSpec& spec, std::string_view rest) {
  auto line = split_line(spec, rest);
  EXPECT_THAT(line.errors.list(), IsEmpty()) << line.errors.status().message();
  return line.words;
}

std::string refused(const CommandSpec& spec, std::string_view rest) {
  const auto line = split_line(spec, rest);
  EXPECT_FALSE(line.errors.empty()) << rest;
  return line.errors.status().message();
}

TEST(ReadLine, TellsTextFromCommands) {
  EXPECT_EQ(read_line("hello").kind, LineKind::kText);
  EXPECT_EQ(read_line("").kind, LineKind::kText);
  EXPECT_EQ(read_line("   ").kind, LineKind::kText);
  EXPECT_EQ(read_line("a / b").kind, LineKind::kText);
  const auto move = read_line("  /move  north  ");
  EXPECT_EQ(move.kind, LineKind::kCommand);
  EXPECT_EQ(move.name, "move");
  EXPECT_EQ(move.rest, "north");
  EXPECT_EQ(read_line("/who").rest, "");
  EXPECT_EQ(read_line("/").kind, LineKind::kCommand);
  EXPECT_EQ(read_line("/").name, "");
}

TEST(SplitLine, AnOptionalChannelBeforeFreeTextNeedsItsMark) {
  const CommandSpec ban{.name = "ban",
                        .args = {{.name = "user", .required = true},
                                 {.name = "channel", .type = ArgumentType::kChannel},
                                 {.name = "for"},
                                 {.name = "reason", .rest = true}}};
  EXPECT_EQ(words(ban, "neo #lab 2h so rude"), (Words{"neo", "#lab", "2h", "so rude"}));
  EXPECT_EQ(words(ban, "neo 2h so rude"), (Words{"neo", std::nullopt, "2h", "so rude"}));
  EXPECT_EQ(words(ban, "neo 2h #lab so rude"), (Words{"neo", "#lab", "2h", "so rude"}));
  EXPECT_EQ(words(ban, "neo --channel=lab 2h"), (Words{"neo", "lab", "2h", std::nullopt}));
  CommandSpec unban = ban;
  unban.args.resize(2);
  EXPECT_EQ(words(unban, "neo lab"), (Words{"neo", "lab"})) << "nothing it could be mistaken for";
}

TEST(ReadLine, TwoSlashesEscapeOne) {
  const auto line = read_line("  //usr/bin is a folder");
  EXPECT_EQ(line.kind, LineKind::kEscaped);
  EXPECT_EQ(line.rest, "/usr/bin is a folder");
  EXPECT_EQ(read_line("//").rest, "/");
}

TEST(SplitLine, WordsFillArgumentsInOrder) {
  EXPECT_EQ(words(give(), "sword neo yes"), (Words{"sword", "neo", "yes"}));
  EXPECT_EQ(words(give(), "sword"), (Words{"sword", std::nullopt, std::nullopt}));
  EXPECT_EQ(words(give(), ""), (Words{std::nullopt, std::nullopt, std::nullopt}));
  EXPECT_EQ(words(give(), "  sword \t neo\n"), (Words{"sword", "neo", std::nullopt}));
}

TEST(SplitLine, QuotesHoldWordsTogether) {
  EXPECT_EQ(words(give(), R"("long sword" neo)"), (Words{"long sword", "neo", std::nullopt}));
  EXPECT_EQ(words(give(), R"("a \"b\" \\ c\d")"), (Words{R"(a "b" \ c\d)", {}, {}}));
  EXPECT_EQ(words(give(), R"("" neo)"), (Words{"", "neo", std::nullopt}));
  EXPECT_EQ(words(give(), "don't o\"k"), (Words{"don't", "o\"k", std::nullopt}));
  EXPECT_THAT(refused(give(), R"("long sword)"), HasSubstr("not closed"));
}

TEST(SplitLine, OptionsAreByName) {
  EXPECT_EQ(words(give(), "--to=neo sword"), (Words{"sword", "neo", std::nullopt}));
  EXPECT_EQ(words(give(), "sword --quietly"), (Words{"sword", std::nullopt, "true"}));
  EXPECT_EQ(words(give(), R"(--to="Mr Smith" sword --quietly=no)"),
            (Words{"sword", "Mr Smith", "no"}));
  EXPECT_EQ(words(give(), "-- --sword"), (Words{"--sword", std::nullopt, std::nullopt}));
  EXPECT_EQ(words(give(), "sword --to="), (Words{"sword", "", std::nullopt}));
  EXPECT_THAT(refused(give(), "sword --colour=red"), HasSubstr("--colour"));
  EXPECT_THAT(refused(give(), "sword --to"), HasSubstr("--to=value"));
  EXPECT_THAT(refused(give(), "--to=a --to=b"), HasSubstr("twice"));
}

TEST(SplitLine, RestIsTakenAsItWasWritten) {
  EXPECT_EQ(words(say(), R"(global he said  "hi" --loud)"),
            (Words{"global", R"(he said  "hi" --loud)"}));
  EXPECT_EQ(words(say(), R"(global "quoted at first" and more)"),
            (Words{"global", R"("quoted at first" and more)"}));
}

TEST(SplitLine, TooManyWordsSayHowItIsUsed) {
  EXPECT_THAT(refused(give(), "a b yes d"), HasSubstr("/give <item> [to] [quietly]"));
}

TEST(SplitLine, SecretsAreRefused) {
  CommandSpec login{.name = "login",
                    .args = {{.name = "name", .required = true},
                             {.name = "password", .required = true, .secret = true}}};
  EXPECT_THAT(refused(login, "neo"), HasSubstr("password: is secret"));
  EXPECT_THAT(refused(login, "neo --password=trinity"), HasSubstr("secret"));
  EXPECT_THAT(refused(login, "neo trinity"),
              testing::AllOf(HasSubstr("secret"), testing::Not(HasSubstr("trinity"))));
  EXPECT_THAT(refused(login, "neo trinity"), Not(HasSubstr("/login <name> <password>")));
  CommandSpec optional{.name = "x", .args = {{.name = "code", .secret = true}, {.name = "name"}}};
  EXPECT_EQ(words(optional, "neo"), (Words{std::nullopt, "neo"}));
  EXPECT_THAT(refused(optional, "--code=1"), HasSubstr("secret"));
}

TEST(Usage, ShowsWhatIsOptionalAndHidesSecrets) {
  EXPECT_EQ(usage(give()), "/give <item> [to] [quietly]");
  EXPECT_EQ(usage(say()), "/say [channel] [text…]");
}

}  // namespace
}  // namespace parley::command
