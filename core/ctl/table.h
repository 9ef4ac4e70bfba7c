// SPDX-License-Identifier: Apache-2.0
// Aligned columns for people. Everything printed is escaped: names and texts come from strangers.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace parley::ctl {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  void add(std::vector<std::string> cells);
  // Never wider than `width` columns as long as every column keeps eight; 0: any width.
  void print(std::ostream& out, std::size_t width) const;

 private:
  std::vector<std::size_t> column_widths(std::size_t width) const;

  const std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// A list of objects: the columns that some row has, in the order given.
Table table_of(const nlohmann::json& rows, const std::vector<std::string>& columns);

// An object as "key  value" lines, nested keys dotted.
Table table_of(const nlohmann::json& object);

// A value for people: "...Ms" as a duration, "...At" and "at" as a date, "...Bytes" as a size, lists joined
// by commas.
std::string cell(const std::string& name, const nlohmann::json& value);

}  // namespace parley::ctl
