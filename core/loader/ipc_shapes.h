// SPDX-License-Identifier: Apache-2.0
// How the structs of the plugin ABI lie in a frame: their fields in declared order.
//
// A struct that begins with `size` goes by pointer, may be absent, and carries the size its writer
// was compiled with, so that the reader's test of rule 2 comes out as if it had been handed over
// directly. Fields beyond that size are zeros. Adding a field to an ABI struct: append it to its
// shape; both ends are of one build (the hello says so), so nothing else changes.
#pragma once

#include <algorithm>
#include <cstring>
#include <tuple>

#include <parley/ext/accounts.h>
#include <parley/ext/channels.h>
#include <parley/ext/commands.h>
#include <parley/ext/events.h>
#include <parley/ext/messages.h>
#include <parley/ext/metrics.h>
#include <parley/ext/push.h>
#include <parley/ext/request.h>
#include <parley/ext/storage.h>
#include <parley/ext/timer.h>

#include "loader/ipc_wire.h"

namespace parley::loader {

// A pointer and the number of things it points at.
template <typename Struct, typename Element>
struct ArrayField {
  const Element* Struct::*first;
  std::uint64_t Struct::*count;
};
template <typename Struct, typename Element>
constexpr ArrayField<Struct, Element> array(const Element* Struct::*first,
                                            std::uint64_t Struct::*count) {
  return {first, count};
}

template <typename T>
struct Shape;  // `fields`: a tuple of members and arrays, without `size`
template <typename T>
concept Shaped = requires {
  Shape<T>::fields;
};

template <>
struct Shape<parley_user> {
  using S = parley_user;
  static constexpr auto fields =
      std::tuple(&S::kind, &S::id, &S::name, array(&S::roles, &S::role_count));
};
template <>
struct Shape<parley_request> {
  using S = parley_request;
  static constexpr auto fields = std::tuple(
      &S::flags, &S::id, array(&S::arguments, &S::argument_count), &S::raw, &S::user, &S::session,
      &S::channel, &S::locale, &S::peer, &S::origin, &S::action, &S::deadline);
};
template <>
struct Shape<parley_reply> {
  using S = parley_reply;
  static constexpr auto fields = std::tuple(&S::request, &S::type, &S::data, &S::fields);
};
template <>
struct Shape<parley_failure> {
  using S = parley_failure;
  static constexpr auto fields =
      std::tuple(&S::request, &S::code, &S::message, &S::details, &S::retry_after);
};
template <>
struct Shape<parley_argument> {
  using S = parley_argument;
  static constexpr auto fields =
      std::tuple(&S::type, &S::flags, &S::name, array(&S::help, &S::help_count),
                 array(&S::choices, &S::choice_count), &S::minimum, &S::maximum, &S::fallback);
};
template <>
struct Shape<parley_command> {
  using S = parley_command;
  static constexpr auto fields =
      std::tuple(&S::flags, &S::handler, &S::name, array(&S::aliases, &S::alias_count),
                 array(&S::help, &S::help_count), array(&S::arguments, &S::argument_count),
                 array(&S::roles, &S::role_count), &S::cooldown);
};
template <>
struct Shape<parley_command_run> {
  using S = parley_command_run;
  static constexpr auto fields = std::tuple(&S::session, &S::action, &S::arguments, &S::request);
};
template <>
struct Shape<parley_account> {
  using S = parley_account;
  static constexpr auto fields = std::tuple(&S::online, &S::user, &S::created, &S::last_seen);
};
template <>
struct Shape<parley_publication> {
  using S = parley_publication;
  static constexpr auto fields =
      std::tuple(&S::format, &S::channel, &S::user, &S::from, &S::text, &S::buttons, &S::card,
                 &S::reply_to, &S::request, &S::about);
};
template <>
struct Shape<parley_channel> {
  using S = parley_channel;
  static constexpr auto fields =
      std::tuple(&S::direct, &S::name, &S::topic, &S::last_offset, &S::members);
};
template <>
struct Shape<parley_ban> {
  using S = parley_ban;
  static constexpr auto fields =
      std::tuple(&S::channel, &S::user, &S::reason, &S::by, &S::until, &S::since, &S::name);
};
template <>
struct Shape<parley_event> {
  using S = parley_event;
  static constexpr auto fields = std::tuple(&S::kind, &S::ts, &S::user, &S::session, &S::channel,
                                            &S::plugin, &S::previous, &S::locale);
};
template <>
struct Shape<parley_message_filter> {
  using S = parley_message_filter;
  static constexpr auto fields =
      std::tuple(&S::stage, &S::kinds, &S::priority, &S::handler, &S::channel, &S::prefix);
};
template <>
struct Shape<parley_message> {
  using S = parley_message;
  static constexpr auto fields =
      std::tuple(&S::kind, &S::id, &S::user, &S::session, &S::channel, &S::text, &S::locale,
                 &S::origin, &S::format, &S::stage, &S::offset, &S::ts, &S::reply_to);
};
template <>
struct Shape<parley_metric> {
  using S = parley_metric;
  static constexpr auto fields =
      std::tuple(&S::kind, &S::name, &S::help, array(&S::buckets, &S::bucket_count));
};
template <>
struct Shape<parley_push> {
  using S = parley_push;
  static constexpr auto fields = std::tuple(
      &S::scope, &S::flags, array(&S::targets, &S::target_count),
      array(&S::except, &S::except_count), &S::conflate, &S::ttl, &S::type, &S::data, &S::fields);
};
template <>
struct Shape<parley_storage_write> {
  using S = parley_storage_write;
  static constexpr auto fields = std::tuple(&S::kind, &S::expect, &S::key, &S::value, &S::expected);
};
template <>
struct Shape<parley_storage_item> {
  using S = parley_storage_item;
  static constexpr auto fields = std::tuple(&S::key, &S::value);
};
template <>
struct Shape<parley_storage_page> {
  using S = parley_storage_page;
  static constexpr auto fields = std::tuple(&S::more, array(&S::items, &S::count));
};
template <>
struct Shape<parley_timer> {
  using S = parley_timer;
  static constexpr auto fields = std::tuple(&S::name, &S::payload, &S::delay, &S::period);
};

// put() and take<T>() for everything that crosses.

template <WireNumber T>
void put(WireWriter& writer, T value) {
  writer.number(value);
}
inline void put(WireWriter& writer, const parley_string& value) {
  writer.text({value.data == nullptr ? "" : value.data,
               value.data == nullptr ? 0 : static_cast<std::size_t>(value.size)});
}
inline void put(WireWriter& writer, const parley_text& value) {
  put(writer, value.locale);
  put(writer, value.text);
}
void put(WireWriter& writer, const parley_value& value);
template <Shaped T>
void put(WireWriter& writer, const T* value);

template <typename Struct, typename Member>
void put_field(WireWriter& writer, const Struct& from, Member Struct::*field) {
  put(writer, from.*field);
}
template <typename Struct, typename Element>
void put_field(WireWriter& writer, const Struct& from, const ArrayField<Struct, Element>& field) {
  const Element* first = from.*field.first;
  const std::uint64_t count = first == nullptr ? 0 : from.*field.count;
  writer.number(static_cast<std::uint32_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) put(writer, first[i]);
}

template <Shaped T>
void put(WireWriter& writer, const T* value) {
  writer.flag(value != nullptr);
  if (value == nullptr) return;
  T whole{};
  const auto size = std::min<std::size_t>(value->size, sizeof(T));
  std::memcpy(static_cast<void*>(&whole), value, size);
  writer.number(static_cast<std::uint32_t>(size));
  std::apply([&](const auto&... field) { (put_field(writer, whole, field), ...); },
             Shape<T>::fields);
}

template <typename T>
struct Taken;  // take() by type
template <typename T>
T take(WireReader& reader, WireArena& arena) {
  return Taken<T>::from(reader, arena);
}

template <WireNumber T>
struct Taken<T> {
  static T from(WireReader& reader, WireArena&) { return reader.number<T>(); }
};
template <>
struct Taken<parley_string> {
  static parley_string from(WireReader& reader, WireArena&) {
    const auto text = reader.text();
    return {text.data(), text.size()};
  }
};
template <>
struct Taken<parley_text> {
  static parley_text from(WireReader& reader, WireArena& arena) {
    const auto locale = take<parley_string>(reader, arena);
    return {locale, take<parley_string>(reader, arena)};
  }
};
template <>
struct Taken<parley_value> {
  static parley_value from(WireReader& reader, WireArena& arena);
};

template <typename Struct, typename Member>
void take_field(WireReader& reader, WireArena& arena, Struct& into, Member Struct::*field) {
  into.*field = take<Member>(reader, arena);
}
template <typename Struct, typename Element>
void take_field(WireReader& reader, WireArena& arena, Struct& into,
                const ArrayField<Struct, Element>& field) {
  const auto count = reader.count();
  if (count == 0) return;
  auto* made = arena.make<Element>(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) made[i] = take<Element>(reader, arena);
  into.*field.first = made;
  into.*field.count = reader.ok() ? count : 0;
}

template <Shaped T>
struct Taken<const T*> {
  static const T* from(WireReader& reader, WireArena& arena) {
    if (!reader.flag()) return nullptr;
    auto* made = arena.make<T>(1);
    const auto size = reader.number<std::uint32_t>();
    std::apply([&](const auto&... field) { (take_field(reader, arena, *made, field), ...); },
               Shape<T>::fields);
    made->size = std::min<std::uint32_t>(size, sizeof(T));
    return made;
  }
};

}  // namespace parley::loader
