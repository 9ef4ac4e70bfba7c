// SPDX-License-Identifier: Apache-2.0
#include "ctl/log_view.h"

#include <chrono>
#include <cstdio>
#include <regex>
#include <utility>

#include <sys/stat.h>

#include "base/json_text.h"
#include "base/log_file.h"
#include "base/log_record.h"
#include "config/values.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

bool matches(const std::string& wanted, const Json& line, const char* name) {
  return wanted.empty() || text_of(line, name) == wanted;
}

std::uint64_t inode_of(const std::string& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 ? info.st_ino : 0;
}

}  // namespace

bool LogFilter::takes(const Json& line) const {
  // Times of one width and one zone: the order of the texts is the order of the times.
  if (!since.empty() && text_of(line, "time") < since) return false;
  if (log::parse_level(text_of(line, "level")).value_or(log::Level::kInfo) < level) return false;
  return matches(component, line, "component") && matches(plugin, line, "plugin") &&
         matches(user, line, "user") && matches(session, line, "session") &&
         matches(request, line, "request");
}

std::optional<std::string> since_from(std::string_view text, std::int64_t now_wall_ms) {
  if (const auto ago = config::parse_duration(text))
    return log::rfc3339(now_wall_ms - ago->count());
  static const std::regex kDate(
      "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,3})?)?)?Z?");
  const std::string date(text);
  if (date.size() > 24 || !std::regex_match(date, kDate)) return std::nullopt;
  return date.ends_with('Z') ? date.substr(0, date.size() - 1) : date;
}

std::optional<std::int64_t> since_ms(std::string_view text, std::int64_t now_wall_ms) {
  using namespace std::chrono;
  if (const auto ago = config::parse_duration(text)) return now_wall_ms - ago->count();
  const auto date = since_from(text, now_wall_ms);
  if (!date) return std::nullopt;
  int y = 0, m = 0, d = 0, hour = 0, minute = 0;
  double second = 0;
  std::sscanf(date->c_str(), "%d-%d-%dT%d:%d:%lf", &y, &m, &d, &hour, &minute, &second);
  const year_month_day day{year{y}, month{static_cast<unsigned>(m)},
                           std::chrono::day{static_cast<unsigned>(d)}};
  if (!day.ok() || hour > 23 || minute > 59 || second >= 61) return std::nullopt;
  const auto time = sys_days(day) + hours(hour) + minutes(minute);
  return duration_cast<milliseconds>(time.time_since_epoch()).count() +
         static_cast<std::int64_t>(second * 1000);
}

std::string human_line(const Json& line) {
  const auto time = text_of(line, "time"), component = text_of(line, "component"),
             plugin = text_of(line, "plugin"), session = text_of(line, "session"),
             user = text_of(line, "user"), request = text_of(line, "request"),
             message = text_of(line, "message");
  log::Record record{.level = log::parse_level(text_of(line, "level")).value_or(log::Level::kInfo),
                     .component = component,
                     .plugin = plugin,
                     .session = session,
                     .user = user,
                     .request = request,
                     .message = message};
  return log::console_line(record, time);
}

LogReader::LogReader(std::string file, LogFilter filter, Sink sink)
    : file_(std::move(file)), filter_(std::move(filter)), sink_(std::move(sink)) {}

void LogReader::read_all() {
  for (const auto& name : log::existing_files(file_)) {
    if (name == file_) break;
    std::ifstream rotated(name, std::ios::binary);
    read_from(rotated);
    partial_.clear();
  }
  open_current();
  read_from(current_);
}

void LogReader::read_more() {
  if (!current_.is_open()) open_current();
  read_from(current_);
  if (!was_rotated()) return;
  // What was appended between the last read and the rotation is still behind the old descriptor.
  read_from(current_);
  partial_.clear();
  open_current();
  read_from(current_);
}

void LogReader::open_current() {
  current_ = std::ifstream(file_, std::ios::binary);
  inode_ = inode_of(file_);
}

bool LogReader::was_rotated() const {
  const auto now = inode_of(file_);
  return now != 0 && now != inode_;
}

void LogReader::read_from(std::ifstream& in) {
  if (!in.is_open()) return;
  in.clear();
  std::string text;
  while (std::getline(in, text)) {
    partial_ += text;
    if (in.eof()) return;
    take(std::exchange(partial_, {}));
  }
}

void LogReader::take(const std::string& text) {
  const Json line = Json::parse(text, nullptr, false);
  if (!line.is_object()) {
    ++unreadable_;
  } else if (filter_.takes(line)) {
    sink_(line);
  }
}

}  // namespace parley::ctl
