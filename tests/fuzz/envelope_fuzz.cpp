// SPDX-License-Identifier: Apache-2.0
// A stranger's frame: read, taken apart, its arguments checked.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "check.h"
#include "command/arguments.h"
#include "protocol/envelope.h"

namespace {

using namespace parley;

const command::CommandSpec& spec() {
  using enum command::ArgumentType;
  static const command::CommandSpec declared{
      .name = "fuzz",
      .args = {{.name = "id", .type = kInt, .min = 0, .max = 9},
               {.name = "text", .required = true, .max = 20},
               {.name = "who", .type = kUser},
               {.name = "channel", .type = kChannel},
               {.name = "ratio", .type = kNumber},
               {.name = "loud", .type = kBool},
               {.name = "extra", .type = kJson}},
      .open = true};
  return declared;
}

// What is written must be read back, and be written the same again.
void check_round_trip(const std::string& once) {
  static protocol::JsonReader reader;
  const auto again = reader.parse(once);
  FUZZ_CHECK(again.is_ok());
  FUZZ_CHECK(again->to_json() == once);
}

void check_arguments(const protocol::Envelope& envelope) {
  static command::Arguments values;
  static std::string raw_json;
  const auto errors =
      command::read_arguments(spec(), envelope.args, envelope.flat, values, raw_json);
  FUZZ_CHECK(values.size() == spec().args.size());
  if (errors.empty())
    check_round_trip(raw_json);
  else
    check_round_trip(errors.details_json());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static protocol::JsonReader reader;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = protocol::parse_envelope(text, reader);
  if (const auto* error = std::get_if<protocol::EnvelopeError>(&result)) {
    FUZZ_CHECK(!error->status.is_ok() && !error->status.message().empty());
    return 0;
  }
  const auto& envelope = std::get<protocol::Envelope>(result);
  FUZZ_CHECK(envelope.args.is_object());
  FUZZ_CHECK(!protocol::is_action_name(envelope.action) || envelope.action.size() <= 64);
  check_round_trip(envelope.args.to_json());
  check_arguments(envelope);
  return 0;
}
