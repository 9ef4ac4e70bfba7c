// SPDX-License-Identifier: Apache-2.0
#include "map_source.h"

#include "map_file.h"

namespace game {

void MapSource::use_now(const std::string& path) {
  const std::string where = files_.locate_now(path);
  auto loaded = load_map(files_.read_now(path), where);
  if (!loaded.map) throw parley::Error(loaded.problem);
  world_.set_map(std::move(*loaded.map));
  place_ = where;
  watch_ = files_.watch(path, [this](std::string_view changed) { read_again(changed); });
}

void MapSource::read_again(std::string_view path) {
  files_.read(
      path, [this](parley::Outcome outcome, std::string_view content) { take(outcome, content); });
}

void MapSource::take(parley::Outcome outcome, std::string_view content) {
  using parley::LogLevel;
  if (!is_ok(outcome)) {
    return host_.log(LogLevel::kError,
                     place_ + ": " + std::string(describe(outcome)) + "; the old map stays");
  }
  auto loaded = load_map(std::string(content), place_);
  if (!loaded.map) return host_.log(LogLevel::kError, loaded.problem + "; the old map stays");
  world_.set_map(std::move(*loaded.map));
  host_.log(LogLevel::kInfo, "the map was read again: " + place_);
  reread_();
}

}  // namespace game
