// SPDX-License-Identifier: Apache-2.0
// Writes a manual page: text is escaped, so that a dash stays a dash and no line becomes a macro.
#pragma once

#include <string>
#include <string_view>

namespace parley::ctl {

class Roff {
 public:
  Roff(std::string_view name, int section, std::string_view in_one_line);

  Roff& section(std::string_view title);
  Roff& subsection(std::string_view title);
  Roff& paragraph(std::string_view text);
  // A term with its explanation, indented.
  Roff& item(std::string_view term, std::string_view text);
  Roff& literal(std::string_view lines);  // as it stands, in a fixed width
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace parley::ctl
