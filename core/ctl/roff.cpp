// SPDX-License-Identifier: Apache-2.0
#include "ctl/roff.h"

#include <fmt/core.h>

namespace parley::ctl {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  bool line_starts = true;
  for (const char c : text) {
    if (line_starts && (c == '.' || c == '\'')) out += "\\&";
    line_starts = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

// An argument of a macro, in quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : escaped(text)) out += c == '"' ? std::string("\\(dq") : std::string(1, c);
  return out + "\"";
}

}  // namespace

Roff::Roff(std::string_view name, int section, std::string_view in_one_line) {
  out_ = fmt::format(".TH {} {} \"\" {} {}\n", quoted(upper(name)), section,
                     quoted("Parley " PARLEY_VERSION), quoted("Parley"));
  out_ += fmt::format(".SH NAME\n{} \\- {}\n", escaped(name), escaped(in_one_line));
}

Roff& Roff::section(std::string_view title) {
  out_ += fmt::format(".SH {}\n", quoted(upper(title)));
  return *this;
}

Roff& Roff::subsection(std::string_view title) {
  out_ += fmt::format(".SS {}\n", quoted(title));
  return *this;
}

Roff& Roff::paragraph(std::string_view text) {
  out_ += fmt::format(".PP\n{}\n", escaped(text));
  return *this;
}

Roff& Roff::item(std::string_view term, std::string_view text) {
  out_ += fmt::format(".TP\n\\fB{}\\fR\n{}\n", escaped(term), escaped(text));
  return *this;
}

Roff& Roff::literal(std::string_view lines) {
  while (lines.ends_with('\n')) lines.remove_suffix(1);
  out_ += fmt::format(".PP\n.nf\n.RS 2\n{}\n.RE\n.fi\n", escaped(lines));
  return *this;
}

}  // namespace parley::ctl
