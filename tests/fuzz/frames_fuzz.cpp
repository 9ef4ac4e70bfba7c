// SPDX-License-Identifier: Apache-2.0
// Whatever bytes go into a frame, what comes out is JSON that says the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "check.h"
#include "protocol/frames.h"
#include "protocol/json.h"
#include "protocol/json_writer.h"

namespace {

using namespace parley::protocol;

JsonView read_back(const std::string& frame) {
  static JsonReader reader({.depth = 32, .keys = 256, .size = 1 << 22});
  const auto root = reader.parse(frame);
  FUZZ_CHECK(root.is_ok());
  return *root;
}

// As the writer repairs it: reading and writing once more changes nothing.
std::string repaired(std::string_view text) {
  return std::string(*read_back(json_string(text)).as_string());
}

void check_error(std::string_view text, const std::string& clean) {
  std::string frame, details;
  ObjectWriter(details).field("suggestion", text);
  append_error(frame, RequestId::from(text).value_or(RequestId()), 7,
               {.code = "dice.x", .message = text, .action = text, .details_json = details});
  const auto data = read_back(frame).find("data");
  FUZZ_CHECK(data.find("message").as_string() == clean);
  FUZZ_CHECK(data.find("suggestion").as_string() == clean);
}

void check_channel_frame(std::string_view text, const std::string& clean) {
  std::string frame, data;
  ObjectWriter(data).field("text", text);
  append_channel_frame(frame, {.type = text,
                               .channel = text,
                               .offset = 5,
                               .ts = 6,
                               .user_id = text,
                               .user_kind = "user",
                               .data_json = data});
  const auto root = read_back(frame);
  FUZZ_CHECK(root.find("type").as_string() == clean);
  FUZZ_CHECK(root.find("data").find("text").as_string() == clean);
  FUZZ_CHECK(root.find("offset").as_int() == 5);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // U+0000 and very long texts never get as far as a frame.
  if (text.find('\0') != std::string_view::npos || size > 65536) return 0;
  const auto clean = repaired(text);
  FUZZ_CHECK(repaired(clean) == clean);
  check_error(text, clean);
  check_channel_frame(text, clean);
  return 0;
}
