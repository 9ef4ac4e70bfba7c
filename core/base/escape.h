// SPDX-License-Identifier: Apache-2.0
// Text from strangers, made safe to print: valid UTF-8 always, nothing that moves a cursor or turns
// a line around.
//
// Input is any bytes; bad UTF-8 becomes U+FFFD. Thread: pure functions. Failure: none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley {

// Reads one code point at `position` and moves past it; a byte that starts no well-formed sequence
// gives U+FFFD and is passed alone.
char32_t next_code_point(std::string_view text, std::size_t& position);
void append_utf8(std::string& out, char32_t code_point);

// Characters as people count them, near enough: code points of valid UTF-8.
std::size_t characters(std::string_view text);

// Cut to at most `max_bytes` at a character's edge; "…" (not counted) shows that something is
// missing.
std::string truncate_utf8(std::string_view text, std::size_t max_bytes);

// A JSON string with its quotes, for frames and log files alike. Control and bidi characters are
// escaped, so that whoever looks at raw frames on a terminal is safe too.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

// For terminals: control, ANSI and bidi characters become visible escapes such as \n, \x1b and
// \u202e.
void append_terminal_escaped(std::string& out, std::string_view text);
std::string terminal_escaped(std::string_view text);

// Columns the text takes on a terminal: wide East Asian characters and emoji count two, combining
// ones none.
std::size_t terminal_width(std::string_view text);

}  // namespace parley
