// SPDX-License-Identifier: Apache-2.0
// What a person typed after a slash.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "check.h"
#include "command/slash_line.h"
#include "protocol/json.h"

namespace {

using namespace parley;

const command::CommandSpec& spec() {
  using enum command::ArgumentType;
  static const command::CommandSpec declared{.name = "fuzz",
                                             .args = {{.name = "n", .type = kInt},
                                                      {.name = "code", .secret = true},
                                                      {.name = "ratio", .type = kNumber},
                                                      {.name = "loud", .type = kBool},
                                                      {.name = "extra", .type = kJson},
                                                      {.name = "text", .rest = true}}};
  return declared;
}

void check_words(const command::SplitLine& line) {
  static command::Arguments values;
  static std::string raw_json;
  static protocol::JsonReader reader({.depth = 64, .keys = 1024, .size = 1 << 20});
  FUZZ_CHECK(line.words.size() == spec().args.size());
  FUZZ_CHECK(!line.words[1].has_value());
  if (!line.errors.empty()) return;
  const auto errors = command::read_words(spec(), line.words, values, raw_json);
  // U+0000 cannot come in a frame, and is not read back.
  if (errors.empty() && raw_json.find("\\u0000") == std::string::npos)
    FUZZ_CHECK(reader.parse(raw_json).is_ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = command::read_line(text);
  FUZZ_CHECK(line.kind != command::LineKind::kEscaped || line.rest.substr(0, 1) == "/");
  FUZZ_CHECK(line.name.size() + line.rest.size() <= text.size());
  check_words(command::split_line(spec(), line.rest));
  check_words(command::split_line(spec(), text));
  return 0;
}
