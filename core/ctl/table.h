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
  // Of the column with that number. Spare ones are left out where there is no room for all, the last
  // first, and named below the table; a whole one is worth nothing cut short.
  void make_spare(std::size_t column) { kinds_[column].spare = true; }
  void make_whole(std::size_t column) { kinds_[column].whole = true; }
  // Never wider than `width` columns as long as every column keeps eight; 0: any width.
  void print(std::ostream& out, std::size_t width) const;

 private:
  struct Kind {
    bool spare = false, whole = false;
  };
  using Widths = std::vector<std::size_t>;  // of the columns; kLeftOut
  Widths natural_widths() const;
  void leave_out(Widths& widths, std::size_t width) const;
  void narrow(Widths& widths, std::size_t width) const;
  void name_left_out(std::ostream& out, const Widths& widths, std::size_t width) const;

  const std::vector<std::string> headings_;
  std::vector<Kind> kinds_ = std::vector<Kind>(headings_.size());
  std::vector<std::vector<std::string>> rows_;
};

// A list of objects: the columns that some row has, in the order given; a name that ends in `?` is a
// spare column. `brief`: for a window, with times to the second and the beginning of long hashes.
Table table_of(const nlohmann::json& rows, const std::vector<std::string>& columns,
               bool brief = false);

// An object as "key  value" lines, nested keys dotted.
Table table_of(const nlohmann::json& object);

// A value for people: "...Ms" as a duration, "...At" and "at" as a date, "...Bytes" as a size, lists joined
// by commas.
std::string cell(const std::string& name, const nlohmann::json& value, bool brief = false);

}  // namespace parley::ctl
