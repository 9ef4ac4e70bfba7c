// SPDX-License-Identifier: Apache-2.0
#include "command/account_texts.h"

#include "base/log_record.h"

namespace parley::command {
namespace {

// "2026-01-31 12:00 UTC"
std::string minute(std::int64_t wall_ms) {
  auto text = log::rfc3339(wall_ms).substr(0, 16);
  text[10] = ' ';
  return text + " UTC";
}

std::string line_of(const SessionLine& session, bool russian) {
  std::string line = session.client.empty()
                         ? (russian ? "программа без имени" : "a nameless client")
                         : session.client;
  if (!session.address.empty()) line += (russian ? ", адрес " : ", from ") + session.address;
  line += (russian ? ", с " : ", since ") + minute(session.since_ms);
  if (session.current) return line + (russian ? ", текущий сеанс" : ", this one");
  if (!session.connected) line += russian ? ", сейчас не на связи" : ", away just now";
  return line + ": /endSession " + session.id;
}

}  // namespace

std::string sessions_text(const std::vector<SessionLine>& sessions, std::string_view locale) {
  const bool russian = locale == "ru";
  std::string text =
      (russian ? "Ваши сеансы: " : "Your sessions: ") + std::to_string(sessions.size());
  for (const auto& one : sessions) text += "\n- " + line_of(one, russian);
  return text;
}

std::string copy_text(const CopySummary& copy, std::string_view locale) {
  const bool russian = locale == "ru";
  std::string text;
  if (!copy.id.empty()) {
    text += (russian ? "Учётная запись: " : "Account: ") + copy.name + " (" + copy.id + ")" +
            (russian ? ", создана " : ", made ") + minute(copy.created_ms) + "\n";
    text += (russian ? "Записей, которые хранят плагины: " : "Records that plugins keep: ") +
            std::to_string(copy.records) + "\n";
  }
  text += (russian ? "Ваших сообщений на этой странице: " : "Messages of yours on this page: ") +
          std::to_string(copy.messages);
  if (copy.next == 0) return text;
  return text + (russian ? "\nСледующая страница: " : "\nThe next page: ") + "/mydata export " +
         std::to_string(copy.next);
}

}  // namespace parley::command
