// SPDX-License-Identifier: Apache-2.0
#include "ctl/table.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "base/escape.h"
#include "base/log_record.h"
#include "config/values.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 8;

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

std::vector<std::size_t> Table::column_widths(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (const auto& heading : headings_) widths.push_back(terminal_width(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < std::min(row.size(), widths.size()); ++i) {
      widths[i] = std::max(widths[i], terminal_width(row[i]));
    }
  }
  if (width == 0 || widths.empty()) return widths;
  while (std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1)) > width) {
    auto widest = std::ranges::max_element(widths);
    if (*widest <= kLeastWidth) break;
    --*widest;
  }
  return widths;
}

void Table::print(std::ostream& out, std::size_t width) const {
  const auto widths = column_widths(width);
  const bool headed =
      std::ranges::any_of(headings_, [](const auto& text) { return !text.empty(); });
  if (headed) print_row(out, headings_, widths);
  for (const auto& row : rows_) print_row(out, row, widths);
}

Table table_of(const Json& rows, const std::vector<std::string>& columns) {
  std::vector<std::string> present;
  for (const auto& column : columns) {
    const auto has = [&column](const Json& row) { return row.is_object() && row.contains(column); };
    if (std::ranges::any_of(rows, has)) present.push_back(column);
  }
  Table table(present);
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const auto& column : present) {
      cells.push_back(row.is_object() && row.contains(column) ? cell(column, row[column]) : "");
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

std::string cell(const std::string& name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "-";
  if (value.is_number_integer() && name.ends_with("Ms"))
    return duration_cell(value.get<std::int64_t>());
  if (value.is_number_integer() && (name.ends_with("At") || name == "at")) {
    return value == 0 ? "-" : log::rfc3339(value.get<std::int64_t>());
  }
  if (value.is_number_unsigned() && name.ends_with("Bytes"))
    return config::format_size(value.get<std::size_t>());
  if (!value.is_array()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text;
  for (const auto& item : value) text += (text.empty() ? "" : ", ") + cell(name, item);
  return text;
}

}  // namespace parley::ctl
