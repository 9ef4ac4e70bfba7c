// SPDX-License-Identifier: Apache-2.0
#include "command/client_said.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace parley::command {
namespace {

constexpr std::size_t kLongest = 64;  // bytes of a name or version that are kept

// Whole characters only.
std::string short_text(protocol::JsonView value) {
  const std::string_view text = value.as_string().value_or("");
  std::size_t size = std::min(text.size(), kLongest);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;
  return std::string(text.substr(0, size));
}

}  // namespace

ClientSaid read_client(protocol::JsonView client) {
  if (!client.is_object()) return {};
  return {short_text(client.find("name")), short_text(client.find("version")),
          short_text(client.find("locale")).substr(0, 2)};
}

void take_client(const ArgumentValue& client, const ArgumentValue& locale, SignIn& who) {
  thread_local protocol::JsonReader reader({.depth = 4, .keys = 32, .size = 4096});
  ClientSaid said;
  if (client.present)
    if (const auto parsed = reader.parse(client.text)) said = read_client(*parsed);
  who.client_name = std::move(said.name);
  who.client_version = std::move(said.version);
  who.locale = locale.present ? locale.text.substr(0, 2) : std::move(said.locale);
}

}  // namespace parley::command
