// SPDX-License-Identifier: Apache-2.0
#include "command/account_texts.h"

#include <gtest/gtest.h>

namespace parley::command {
namespace {

constexpr std::int64_t kNoon = 1769860800000;  // 2026-01-31 12:00 UTC

TEST(SessionsText, NamesEachAndHowToEndTheOthers) {
  const std::vector<SessionLine> sessions{{.id = "s_1",
                                           .client = "web 1.2",
                                           .address = "192.0.2.7",
                                           .since_ms = kNoon,
                                           .connected = true,
                                           .current = true},
                                          {.id = "s_2", .since_ms = kNoon}};
  EXPECT_EQ(sessions_text(sessions, "en"),
            "Your sessions: 2\n"
            "- web 1.2, from 192.0.2.7, since 2026-01-31 12:00 UTC, this one\n"
            "- a nameless client, since 2026-01-31 12:00 UTC, away just now: /endSession s_2");
  EXPECT_EQ(sessions_text(sessions, "ru"),
            "Ваши сеансы: 2\n"
            "- web 1.2, адрес 192.0.2.7, с 2026-01-31 12:00 UTC, текущий сеанс\n"
            "- программа без имени, с 2026-01-31 12:00 UTC, сейчас не на связи: /endSession s_2");
}

TEST(CopyText, SaysWhatIsThereAndHowToGoOn) {
  EXPECT_EQ(copy_text({.name = "Neo",
                       .id = "u_7Kq",
                       .created_ms = kNoon,
                       .records = 3,
                       .messages = 200,
                       .next = 412},
                      "en"),
            "Account: Neo (u_7Kq), made 2026-01-31 12:00 UTC\n"
            "Records that plugins keep: 3\n"
            "Messages of yours on this page: 200\n"
            "The next page: /mydata export 412");
  EXPECT_EQ(copy_text({.messages = 7}, "ru"), "Ваших сообщений на этой странице: 7");
}

}  // namespace
}  // namespace parley::command
