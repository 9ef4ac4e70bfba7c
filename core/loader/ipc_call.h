// SPDX-License-Identifier: Apache-2.0
// A C function's arguments in a frame, and its results in the frame that comes back.
//
// Arguments<A...> is made from the function's own type, so a row in ipc_ops.h is all that a function
// needs to cross. The caller's side: put_in() before, take_out() after. The callee's side: a Slots,
// which holds what the arguments point at while the function runs: take_in(), get(), put_out().
// Ownership: a Slots does not move between take_in() and put_out(). Failure: the reader's.
#pragma once

#include <string>
#include <tuple>

#include "loader/ipc_shapes.h"

namespace parley::loader {

// One argument that only goes in.
template <typename A>
class Slot {
 public:
  static void put_in(WireWriter& writer, const A& value) { put(writer, value); }
  static void take_out(WireReader&, WireArena&, const A&) {}
  void take_in(WireReader& reader, WireArena& arena) { value_ = take<A>(reader, arena); }
  A get() { return value_; }
  void put_out(WireWriter&) {}

 private:
  A value_{};
};

// An id that comes out; the caller may not want it.
template <>
class Slot<parley_id*> {
 public:
  static void put_in(WireWriter& writer, parley_id* id) { writer.flag(id != nullptr); }
  static void take_out(WireReader& reader, WireArena&, parley_id* id) {
    const auto given = reader.number<parley_id>();
    if (id != nullptr && reader.ok()) *id = given;
  }
  void take_in(WireReader& reader, WireArena&) { wanted_ = reader.flag(); }
  parley_id* get() { return wanted_ ? &id_ : nullptr; }
  void put_out(WireWriter& writer) { writer.number(id_); }

 private:
  bool wanted_ = false;
  parley_id id_ = 0;
};

// Bytes that come out through a sink: written at most once.
template <>
class Slot<const parley_sink*> {
 public:
  static void put_in(WireWriter& writer, const parley_sink* sink) { writer.flag(sink != nullptr); }
  static void take_out(WireReader& reader, WireArena&, const parley_sink* sink) {
    if (!reader.flag()) return;
    const auto bytes = reader.text();
    if (reader.ok() && sink != nullptr && sink->write != nullptr)
      sink->write(sink->context, {bytes.data(), bytes.size()});
  }
  void take_in(WireReader& reader, WireArena&) { wanted_ = reader.flag(); }
  const parley_sink* get() { return wanted_ ? &sink_ : nullptr; }
  void put_out(WireWriter& writer) {
    writer.flag(written_);
    if (written_) writer.text(bytes_);
  }

 private:
  static void keep(void* self, parley_string bytes) {
    auto& slot = *static_cast<Slot*>(self);
    slot.written_ = true;
    if (bytes.data != nullptr) slot.bytes_.append(bytes.data, bytes.size);
  }
  bool wanted_ = false, written_ = false;
  std::string bytes_;
  const parley_sink sink_{this, keep};
};

template <>
class Slot<const parley_page_sink*> {
 public:
  static void put_in(WireWriter& writer, const parley_page_sink* sink) {
    writer.flag(sink != nullptr);
  }
  static void take_out(WireReader& reader, WireArena& arena, const parley_page_sink* sink) {
    if (!reader.flag()) return;
    const auto* page = take<const parley_storage_page*>(reader, arena);
    if (reader.ok() && page != nullptr && sink != nullptr && sink->write != nullptr)
      sink->write(sink->context, page);
  }
  void take_in(WireReader& reader, WireArena&) { wanted_ = reader.flag(); }
  const parley_page_sink* get() { return wanted_ ? &sink_ : nullptr; }
  void put_out(WireWriter& writer) {
    writer.flag(!page_.empty());
    for (const char byte : page_) writer.number(byte);
  }

 private:
  static void keep(void* self, const parley_storage_page* page) {
    auto& slot = *static_cast<Slot*>(self);
    slot.page_.clear();
    WireWriter writer(slot.page_);
    put(writer, page);
  }
  bool wanted_ = false;
  std::string page_;
  const parley_page_sink sink_{sizeof(parley_page_sink), 0, this, keep};
};

template <typename... A>
struct Arguments;

template <>
struct Arguments<> {
  static void put_in(WireWriter&) {}
  static void take_out(WireReader&, WireArena&) {}
  struct Slots {
    void take_in(WireReader&, WireArena&) {}
    std::tuple<> get() { return {}; }
    void put_out(WireWriter&) {}
  };
};

template <typename A, typename... Rest>
struct Arguments<A, Rest...> {
  static void put_in(WireWriter& writer, A value, Rest... rest) {
    Slot<A>::put_in(writer, value);
    Arguments<Rest...>::put_in(writer, rest...);
  }
  static void take_out(WireReader& reader, WireArena& arena, A value, Rest... rest) {
    Slot<A>::take_out(reader, arena, value);
    Arguments<Rest...>::take_out(reader, arena, rest...);
  }
  struct Slots {
    void take_in(WireReader& reader, WireArena& arena) {
      first.take_in(reader, arena);
      rest.take_in(reader, arena);
    }
    auto get() { return std::tuple_cat(std::tuple<A>(first.get()), rest.get()); }
    void put_out(WireWriter& writer) {
      first.put_out(writer);
      rest.put_out(writer);
    }
    Slot<A> first;
    typename Arguments<Rest...>::Slots rest;
  };
};

// An array of pointers and its count, as two arguments.
template <typename E, typename... Rest>
struct Arguments<const E* const*, std::uint64_t, Rest...> {
  static void put_in(WireWriter& writer, const E* const* items, std::uint64_t count, Rest... rest) {
    const auto there = items == nullptr ? 0 : static_cast<std::uint32_t>(count);
    writer.number(there);
    for (std::uint32_t i = 0; i < there; ++i) put(writer, items[i]);
    Arguments<Rest...>::put_in(writer, rest...);
  }
  static void take_out(WireReader& reader, WireArena& arena, const E* const*, std::uint64_t,
                       Rest... rest) {
    Arguments<Rest...>::take_out(reader, arena, rest...);
  }
  struct Slots {
    void take_in(WireReader& reader, WireArena& arena) {
      count = reader.count();
      items = arena.make<const E*>(count);
      for (std::uint64_t i = 0; i < count && reader.ok(); ++i)
        items[i] = take<const E*>(reader, arena);
      rest.take_in(reader, arena);
    }
    auto get() {
      return std::tuple_cat(std::tuple<const E* const*, std::uint64_t>(items, count), rest.get());
    }
    void put_out(WireWriter& writer) { rest.put_out(writer); }
    const E** items = nullptr;
    std::uint64_t count = 0;
    typename Arguments<Rest...>::Slots rest;
  };
};

}  // namespace parley::loader
