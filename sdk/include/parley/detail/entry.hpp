// SPDX-License-Identifier: Apache-2.0
// The plugin's halves of the extensions, and the entry that PARLEY_PLUGIN exports.
#pragma once

#include "trampolines.hpp"

namespace parley {

namespace detail {

inline const void* Trampolines::get_extension(void* data, parley_string id) noexcept {
  using T = Trampolines;
  static constexpr parley_plugin_commands commands{sizeof(parley_plugin_commands), 0, T::on_ran};
  static constexpr parley_plugin_request request{sizeof(parley_plugin_request), 0, T::on_cancel};
  static constexpr parley_plugin_messages messages{sizeof(parley_plugin_messages), 0,
                                                   T::on_message};
  static constexpr parley_plugin_events events{sizeof(parley_plugin_events), 0, T::on_event};
  static constexpr parley_plugin_storage storage{sizeof(parley_plugin_storage), 0, T::on_value,
                                                 T::on_page, T::on_written};
  static constexpr parley_plugin_timer timer{sizeof(parley_plugin_timer), 0, T::on_timer};
  static constexpr parley_plugin_channels channels{sizeof(parley_plugin_channels),
                                                   0,
                                                   T::on_offset,
                                                   T::on_done,
                                                   T::on_channel,
                                                   T::on_members,
                                                   T::on_bans};
  static constexpr parley_plugin_accounts accounts{sizeof(parley_plugin_accounts), 0,
                                                   T::on_account};
  static constexpr parley_plugin_config config{sizeof(parley_plugin_config), 0, T::on_config};
  static constexpr parley_plugin_files files{sizeof(parley_plugin_files), 0, T::on_file,
                                             T::on_changed};
  static constexpr parley_plugin_background background{sizeof(parley_plugin_background), 0, T::run,
                                                       T::done};

  struct Half {
    std::string_view id;
    const void* table;
  };
  static constexpr Half halves[] = {
      {PARLEY_EXT_COMMANDS, &commands},    {PARLEY_EXT_REQUEST, &request},
      {PARLEY_EXT_MESSAGES, &messages},    {PARLEY_EXT_EVENTS, &events},
      {PARLEY_EXT_STORAGE, &storage},      {PARLEY_EXT_TIMER, &timer},
      {PARLEY_EXT_CHANNELS, &channels},    {PARLEY_EXT_ACCOUNTS, &accounts},
      {PARLEY_EXT_CONFIG, &config},        {PARLEY_EXT_FILES, &files},
      {PARLEY_EXT_BACKGROUND, &background}};
  for (const Half& half : halves) {
    if (half.id == to_view(id)) return half.table;
  }
  if (to_view(id) == PARLEY_EXT_STATE) return state_half(self(data));
  return nullptr;
}

inline std::string read_config(const Host& host) {
  const auto* table = host.extension<parley_host_config>(PARLEY_EXT_CONFIG);
  TextSink json;
  if (table != nullptr) table->read(host.abi(), json.abi());
  return json.take();
}

constexpr parley_string literal(std::string_view text) {
  return {text.data(), text.size()};
}

// A list of texts as the ABI wants it; an array of nothing is no array.
template <std::size_t Count>
struct Literals {
  parley_string list[Count > 0 ? Count : 1];
};

template <std::size_t Count, typename List>
constexpr Literals<Count> literals(const List& texts) {
  Literals<Count> result{};
  std::size_t i = 0;
  for (const auto& text : texts) result.list[i++] = literal(text);
  return result;
}

// What the entry points to: constants of one plugin class.
template <typename Class>
struct EntryOf {
  static constexpr std::size_t kCount = std::size(Class::kPermissions);
  static constexpr auto kPermissions = literals<kCount>(Class::kPermissions);
  static constexpr std::size_t kRequired = std::size(Class::kRequires);
  static constexpr auto kRequires = literals<kRequired>(Class::kRequires);

  static const parley_plugin* create(const parley_host* host, const parley_sink* why) noexcept {
    try {
      auto* plugin = new Class(Host(host));
      Trampolines::keep_state(*plugin, Class::kStateSchema);
      return Trampolines::abi_of(*plugin);
    } catch (...) {
      Trampolines::refuse(why);
      return nullptr;
    }
  }
};

template <typename Class>
constexpr parley_plugin_entry make_entry(std::string_view id, std::string_view version,
                                         std::string_view description) {
  return {sizeof(parley_plugin_entry),
          PARLEY_ABI_MAJOR,
          PARLEY_ABI_MINOR,
          Class::kStateful || Class::kStateSchema > 0 ? std::uint32_t{PARLEY_PLUGIN_STATEFUL} : 0u,
          literal(id),
          literal(version),
          literal(description),
          literal(Class::kConfigSchema),
          EntryOf<Class>::kPermissions.list,
          EntryOf<Class>::kCount,
          &EntryOf<Class>::create,
          EntryOf<Class>::kRequires.list,
          EntryOf<Class>::kRequired};
}

}  // namespace detail

inline Plugin::Plugin(Host host)
    : host_(host),
      request_table_(host.extension<parley_host_request>(PARLEY_EXT_REQUEST)),
      message_table_(host.extension<parley_host_messages>(PARLEY_EXT_MESSAGES)),
      event_table_(host.extension<parley_host_events>(PARLEY_EXT_EVENTS)),
      config_(detail::read_config(host)),
      abi_{sizeof(parley_plugin),
           0,
           this,
           detail::Trampolines::start,
           detail::Trampolines::stop,
           detail::Trampolines::destroy,
           detail::Trampolines::call,
           detail::Trampolines::get_extension},
      storage_(host),
      timers_(host),
      pushes_(host),
      channels_(host),
      accounts_(host),
      commands_(host),
      files_(host),
      background_(host),
      metrics_(host),
      variables_(host) {}

}  // namespace parley
