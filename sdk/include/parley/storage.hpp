// SPDX-License-Identifier: Apache-2.0
// Storage: the plugin's own durable key-value space.
//
//   storage().put("room:1", text, [](Outcome outcome) { ... });         // kOk means on disk
//   storage().put_and_reply(request, "room:1", text, "taken", data);    // answered once on disk
//   for (const auto& [key, value] : storage().scan_now("room:")) ...    // in on_start: blocks
//
// Thread: plugin, background and start; the *_now calls only start and background, where blocking
// is allowed. Order: operations take effect in the order they were called; a get sees every put
// before it. Failure: `then` hears the outcome, exactly once, on the plugin's thread (at once when
// the host refuses); the *_now calls throw Error.
// Since 1.0.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail/abi.hpp"
#include "ext/storage.h"
#include "host.hpp"
#include "json.hpp"
#include "responder.hpp"

namespace parley {

// Several writes that happen together or not at all.
class Batch {
 public:
  Batch& put(std::string_view key, std::string_view value) {
    return add(PARLEY_WRITE_PUT, key, value);
  }
  Batch& erase(std::string_view key) { return add(PARLEY_WRITE_ERASE, key, {}); }
  // Fails the whole batch with kConflict when the key exists.
  Batch& put_if_absent(std::string_view key, std::string_view value) {
    return add(PARLEY_WRITE_PUT, key, value, PARLEY_EXPECT_ABSENT);
  }
  // Fails the whole batch with kConflict when the stored value is not `expected`.
  Batch& replace(std::string_view key, std::string_view expected, std::string_view value) {
    return add(PARLEY_WRITE_PUT, key, value, PARLEY_EXPECT_VALUE, expected);
  }
  bool empty() const { return entries_.empty(); }

 private:
  friend class Storage;
  struct Entry {
    std::string key, value, expected;
    parley_storage_write abi;
  };
  Batch& add(std::uint32_t kind, std::string_view key, std::string_view value,
             std::uint32_t expect = 0, std::string_view expected = {}) {
    Entry& entry = entries_.emplace_back();
    entry.key = key;
    entry.value = value;
    entry.expected = expected;
    entry.abi = detail::sized<parley_storage_write>();
    entry.abi.kind = kind;
    entry.abi.expect = expect;
    return *this;
  }
  std::vector<const parley_storage_write*> abi() {
    std::vector<const parley_storage_write*> pointers;
    for (Entry& entry : entries_) {
      entry.abi.key = detail::to_abi(entry.key);
      entry.abi.value = detail::to_abi(entry.value);
      entry.abi.expected = detail::to_abi(entry.expected);
      pointers.push_back(&entry.abi);
    }
    return pointers;
  }
  std::deque<Entry> entries_;
};

// Keys and values in key order; `more`: ask again after the last key.
struct Page {
  std::vector<std::pair<std::string, std::string>> items = {};
  bool more = false;
};

class Storage : public detail::Service<parley_host_storage> {
 public:
  using ThenValue = Callback<void(Outcome, std::string_view)>;  // kNotFound when absent
  using ThenPage = Callback<void(Outcome, const Page&)>;
  using Then = Callback<void(Outcome)>;

  explicit Storage(Host host) : Service(host, PARLEY_EXT_STORAGE) {}

  void get(std::string_view key, ThenValue then) {
    values_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_storage::get, token, detail::to_abi(key));
    });
  }
  // Keys that begin with `prefix`, above `after`; limit 0: as many as one page holds.
  void scan(std::string_view prefix, ThenPage then, std::string_view after = {},
            std::uint64_t limit = 0) {
    pages_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_storage::scan, token, detail::to_abi(prefix), detail::to_abi(after),
                  limit);
    });
  }
  void put(std::string_view key, std::string_view value, Then then = {}) {
    write(Batch().put(key, value), std::move(then));
  }
  void erase(std::string_view key, Then then = {}) { write(Batch().erase(key), std::move(then)); }
  void write(Batch& batch, Then then = {}) {
    const auto writes = batch.abi();
    written_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_storage::write, token, writes.data(), std::uint64_t{writes.size()});
    });
  }

  // The host answers the request: with this reply once the writes are on disk, with an error if
  // they failed.
  void write_and_reply(Responder& request, Batch& batch, std::string_view type,
                       const Json& data = {}, const Json& fields = {}, Then then = {}) {
    const auto writes = batch.abi();
    auto reply = detail::sized<parley_reply>();
    reply.type = detail::to_abi(type);
    reply.data = detail::to_abi(data.text());
    reply.fields = detail::to_abi(fields.text());
    request.hand_on([&](parley_id id) {
      reply.request = id;
      parley_status status = PARLEY_OK;
      written_.start(std::move(then), [&](parley_token token) {
        return status = call(&parley_host_storage::write_and_reply, token, writes.data(),
                             std::uint64_t{writes.size()}, &reply);
      });
      return status;
    });
  }
  void put_and_reply(Responder& request, std::string_view key, std::string_view value,
                     std::string_view type, const Json& data = {}, const Json& fields = {}) {
    write_and_reply(request, Batch().put(key, value), type, data, fields);
  }

  // Blocks; empty when absent.
  std::optional<std::string> get_now(std::string_view key) const {
    detail::TextSink value;
    const auto outcome =
        static_cast<Outcome>(call(&parley_host_storage::get_now, detail::to_abi(key), value.abi()));
    if (outcome == Outcome::kNotFound) return std::nullopt;
    if (!is_ok(outcome)) throw Error("reading '" + std::string(key) + "'", outcome);
    return value.take();
  }
  // Blocks; everything that begins with `prefix`, page after page.
  std::map<std::string, std::string> scan_now(std::string_view prefix) const {
    std::map<std::string, std::string> result;
    std::string after;
    for (Page page{.more = true}; page.more;) {
      page = page_now(prefix, after);
      if (!page.items.empty()) after = page.items.back().first;
      for (auto& [key, value] : page.items) result.emplace(std::move(key), std::move(value));
    }
    return result;
  }

 private:
  friend struct detail::Trampolines;

  static Page to_page(const parley_storage_page* abi) {
    Page page;
    if (abi == nullptr) return page;
    page.more = abi->more != 0;
    for (std::uint64_t i = 0; i < abi->count; ++i) {
      page.items.emplace_back(detail::to_view(abi->items[i]->key),
                              detail::to_view(abi->items[i]->value));
    }
    return page;
  }
  Page page_now(std::string_view prefix, std::string_view after) const {
    Page page;
    auto sink = detail::sized<parley_page_sink>();
    sink.context = &page;
    sink.write = [](void* context, const parley_storage_page* abi) {
      *static_cast<Page*>(context) = to_page(abi);
    };
    const parley_page_sink* pointer = &sink;
    call_or_throw("reading the plugin's storage", &parley_host_storage::scan_now,
                  detail::to_abi(prefix), detail::to_abi(after), std::uint64_t{0}, pointer);
    return page;
  }

  detail::Pending<std::string_view> values_;
  detail::Pending<const Page&> pages_;
  detail::Pending<> written_;
};

}  // namespace parley
