// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <shared_mutex>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log_rate.h"
#include "base/log_record.h"
#include "base/log_writer.h"

namespace parley::log {
namespace {

constexpr std::array<std::string_view, 7> kLevelNames{"trace", "debug",    "info", "warn",
                                                      "error", "critical", "off"};

constexpr std::array<std::string_view, 12> kComponents{"api",     "command", "config", "files",
                                                       "log",     "net",     "plugin", "server",
                                                       "session", "storage", "users",  "workers"};

// What a line needs to be written. Never destroyed: static objects may log while the process ends.
struct Shared {
  std::shared_mutex mutex;
  Settings settings;                        // under mutex
  std::unique_ptr<Writer> writer;           // under mutex
  std::atomic<Level> lowest{Level::kInfo};  // of all components: the check without a lock
  std::atomic<std::uint64_t> dropped{0}, unwritten{0};  // by writers that are gone
  SystemClock clock;
  LineRate rate{clock};
};

Shared& shared() {
  static Shared& instance = *new Shared;
  return instance;
}

void update_lowest(Shared& state) {
  Level lowest = state.settings.level;
  for (const auto& [component, level] : state.settings.levels) lowest = std::min(lowest, level);
  state.lowest = lowest;
}

Level level_in(const Settings& settings, std::string_view component) {
  const auto found = settings.levels.find(std::string(component));
  return found == settings.levels.end() ? settings.level : found->second;
}

// Takes the writer out under the lock, lets it finish without: a full queue must not hold up those
// who log.
void retire_writer(Shared& state) {
  std::unique_ptr<Writer> old;
  {
    std::unique_lock lock(state.mutex);
    old = std::move(state.writer);
  }
  if (!old) return;
  old->flush();
  state.dropped += old->dropped();
  state.unwritten += old->unwritten();
}

void submit(Record& record) {
  Shared& state = shared();
  record.wall_ms = state.clock.wall_ms();
  std::shared_lock lock(state.mutex);
  const auto message = truncate_utf8(record.message, state.settings.max_message);
  record.message = message;
  record.node = state.settings.node;
  const auto console = console_line(record);
  if (!state.writer) return write_to_stderr(console);
  state.writer->post(console, json_line(record));
}

std::uint64_t sum(std::atomic<std::uint64_t> Shared::*past, std::uint64_t (Writer::*now)() const) {
  Shared& state = shared();
  std::shared_lock lock(state.mutex);
  return state.*past + (state.writer ? ((*state.writer).*now)() : 0);
}

}  // namespace

std::string_view level_name(Level level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<Level> parse_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == name) return static_cast<Level>(i);
  }
  return std::nullopt;
}

std::span<const std::string_view> components() {
  return kComponents;
}

Status init(const Settings& settings) {
  Shared& state = shared();
  retire_writer(state);
  auto writer = std::make_unique<Writer>(settings);
  const Status opened = writer->opened();
  static const int registered = std::atexit(shutdown);
  (void)registered;
  std::unique_lock lock(state.mutex);
  state.settings = settings;
  state.writer = std::move(writer);
  update_lowest(state);
  return opened;
}

void shutdown() {
  retire_writer(shared());
}

void flush() {
  Shared& state = shared();
  std::shared_lock lock(state.mutex);
  if (state.writer) state.writer->flush();
}

void set_level(std::string_view component, Level level) {
  Shared& state = shared();
  std::unique_lock lock(state.mutex);
  if (component.empty()) {
    state.settings.level = level;
  } else {
    state.settings.levels[std::string(component)] = level;
  }
  update_lowest(state);
}

Level level_of(std::string_view component) {
  Shared& state = shared();
  std::shared_lock lock(state.mutex);
  return level_in(state.settings, component);
}

bool enabled(Level level, std::string_view component) {
  return level >= shared().lowest.load(std::memory_order_relaxed) && level != Level::kOff &&
         level >= level_of(component);
}

std::uint64_t dropped() {
  return sum(&Shared::dropped, &Writer::dropped);
}
std::uint64_t unwritten() {
  return sum(&Shared::unwritten, &Writer::unwritten);
}
std::uint64_t suppressed() {
  return shared().rate.suppressed();
}

Turn rate_limited(std::string_view key, double per_second) {
  return shared().rate.take(key, per_second);
}

void detail::write(Level level, std::string_view component, fmt::string_view format,
                   fmt::format_args args) {
  const std::string message = fmt::vformat(format, args);
  Record record{.level = level, .component = component, .message = message};
  submit(record);
}

Event::Event(Level level, std::string_view component)
    : level_(level), enabled_(enabled(level, component)) {
  if (enabled_) component_ = component;
}

Event& Event::keep(std::string& field, std::string_view value) {
  if (!enabled_) return *this;
  Shared& state = shared();
  std::shared_lock lock(state.mutex);
  field = truncate_utf8(value, state.settings.max_field);
  return *this;
}

void Event::write_now(fmt::string_view format, fmt::format_args args) {
  write_text(fmt::vformat(format, args));
}

void Event::write_text(std::string_view text) {
  if (!enabled_) return;
  Record record{.level = level_,
                .component = component_,
                .plugin = plugin_,
                .session = session_,
                .user = user_,
                .request = request_,
                .message = text};
  submit(record);
}

}  // namespace parley::log
