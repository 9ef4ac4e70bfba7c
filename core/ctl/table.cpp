// SPDX-License-Identifier: Apache-2.0
#include "ctl/table.h"

#include <algorithm>
#include <cstdint>

#include "base/escape.h"
#include "base/log_record.h"
#include "config/values.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 8;
constexpr std::size_t kReadable = 14;  // what a spare column must leave to the others
constexpr std::size_t kLeftOut = std::string::npos;

std::string cut_to(const std::string& text, std::size_t columns) {
  if (terminal_width(text) <= columns) return text;
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto from = at;
    next_code_point(text, at);
    const std::string_view character(text.data() + from, at - from);
    const auto width = terminal_width(character);
    if (used + width + 1 > columns) break;
    out += character;
    used += width;
  }
  return out + "…";
}

void print_row(std::ostream& out, const std::vector<std::string>& cells,
               const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == kLeftOut) continue;
    const auto text = cut_to(i < cells.size() ? cells[i] : "", widths[i]);
    line += text + std::string(widths[i] - terminal_width(text) + kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << '\n';
}

// The second is as fine as people read.
std::string duration_cell(std::int64_t millis) {
  return config::format_duration(Millis(millis > 1000 ? millis / 1000 * 1000 : millis));
}

bool is_time(const std::string& name) {
  return name.ends_with("At") || name == "at";
}

// "2025-10-09 08:53:20Z"
std::string time_cell(std::int64_t at, bool brief) {
  if (at == 0) return "-";
  auto text = log::rfc3339(at);
  if (!brief) return text;
  text.replace(text.find('T'), 1, " ");
  return text.substr(0, text.find('.')) + "Z";
}

// As much of a hash as tells it from others.
std::string hash_cell(const std::string& text) {
  constexpr std::size_t kShown = 12, kHash = 64;
  const bool whole =
      text.size() == kHash && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  return whole ? text.substr(0, kShown) + "…" : text;
}

void flatten_into(Table& table, const std::string& prefix, const Json& object) {
  for (const auto& [name, value] : object.items()) {
    const auto path = prefix.empty() ? name : prefix + "." + name;
    if (value.is_object() && !value.empty()) {
      flatten_into(table, path, value);
    } else {
      table.add({path, cell(name, value)});
    }
  }
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  for (auto& text : cells) text = terminal_escaped(text);
  rows_.push_back(std::move(cells));
}

Table::Widths Table::natural_widths() const {
  Widths widths;
  for (const auto& heading : headings_) widths.push_back(terminal_width(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < std::min(row.size(), widths.size()); ++i) {
      widths[i] = std::max(widths[i], terminal_width(row[i]));
    }
  }
  return widths;
}

void Table::leave_out(Widths& widths, std::size_t width) const {
  const auto needed = [&] {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] != kLeftOut)
        sum += kGap + (kinds_[i].whole ? widths[i] : std::min(widths[i], kReadable));
    return sum - std::min(sum, kGap);
  };
  for (std::size_t i = widths.size(); i-- > 0 && needed() > width;)
    if (kinds_[i].spare) widths[i] = kLeftOut;
}

void Table::narrow(Widths& widths, std::size_t width) const {
  for (const bool also_whole : {false, true}) {
    for (;;) {
      std::size_t sum = 0, widest = kLeastWidth;
      std::size_t* at = nullptr;
      for (std::size_t i = 0; i < widths.size(); ++i) {
        if (widths[i] == kLeftOut) continue;
        sum += kGap + widths[i];
        if (widths[i] <= widest || (kinds_[i].whole && !also_whole)) continue;
        widest = widths[i];
        at = &widths[i];
      }
      if (sum <= width + kGap) return;
      if (at == nullptr) break;
      --*at;
    }
  }
}

void Table::name_left_out(std::ostream& out, const Widths& widths, std::size_t width) const {
  std::string names;
  for (std::size_t i = 0; i < widths.size(); ++i)
    if (widths[i] == kLeftOut) names += (names.empty() ? "" : ", ") + headings_[i];
  if (!names.empty()) out << cut_to("(no room for " + names + ": see -o json)", width) << '\n';
}

void Table::print(std::ostream& out, std::size_t width) const {
  auto widths = natural_widths();
  if (width > 0) {
    leave_out(widths, width);
    narrow(widths, width);
  }
  const bool headed =
      std::ranges::any_of(headings_, [](const auto& text) { return !text.empty(); });
  if (headed) print_row(out, headings_, widths);
  for (const auto& row : rows_) print_row(out, row, widths);
  if (width > 0) name_left_out(out, widths, width);
}

Table table_of(const Json& rows, const std::vector<std::string>& columns, bool brief) {
  std::vector<std::string> present;
  std::vector<bool> spare;
  for (auto column : columns) {
    const bool ends = column.ends_with('?');
    if (ends) column.pop_back();
    const auto has = [&column](const Json& row) { return row.is_object() && row.contains(column); };
    if (!std::ranges::any_of(rows, has)) continue;
    present.push_back(column);
    spare.push_back(ends);
  }
  Table table(present);
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (spare[i]) table.make_spare(i);
    if (present[i] == "id" || is_time(present[i])) table.make_whole(i);
  }
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const auto& column : present) {
      cells.push_back(row.is_object() && row.contains(column) ? cell(column, row[column], brief)
                                                              : "");
    }
    table.add(std::move(cells));
  }
  return table;
}

Table table_of(const Json& object) {
  Table table({"", ""});
  flatten_into(table, "", object);
  return table;
}

std::string cell(const std::string& name, const Json& value, bool brief) {
  if (value.is_string())
    return brief ? hash_cell(value.get<std::string>()) : value.get<std::string>();
  if (value.is_null()) return "-";
  if (value.is_number_integer() && name.ends_with("Ms"))
    return duration_cell(value.get<std::int64_t>());
  if (value.is_number_integer() && is_time(name))
    return time_cell(value.get<std::int64_t>(), brief);
  if (value.is_number_unsigned() && name.ends_with("Bytes"))
    return config::format_size(value.get<std::size_t>());
  if (!value.is_array()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text;
  for (const auto& item : value) text += (text.empty() ? "" : ", ") + cell(name, item, brief);
  return text;
}

}  // namespace parley::ctl
