// SPDX-License-Identifier: Apache-2.0
// Storage over a FakeServer. An operation takes effect when it is completed, so that a test that
// holds completions back sees what a crash before the commit would leave.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fake_server.hpp"

namespace parley::testing {

struct StorageTable {
  static constexpr std::size_t kMaxKey = 256;
  static constexpr std::uint64_t kMaxPage = 1000;

  struct Write {
    std::uint32_t kind;
    std::uint32_t expect;
    std::string key, value, expected;
  };

  static FakeServer& of(const parley_host* host) {
    return *static_cast<FakeServer*>(host->host_data);
  }
  static const parley_plugin_storage* half(const FakeServer& server) {
    return server.half<parley_plugin_storage>(PARLEY_EXT_STORAGE);
  }
  static bool valid_key(parley_string key) { return key.size > 0 && key.size <= kMaxKey; }

  static parley_status get(const parley_host* host, parley_token token, parley_string key) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin | kInBackground)) return status;
    if (!valid_key(key)) return server.invalid("storage.get: a key has 1 to 256 bytes");
    server.complete(token, [&server, token, name = std::string(detail::to_view(key))] {
      const auto found = server.storage.find(name);
      const bool absent = found == server.storage.end();
      half(server)->on_value(server.data(), token, absent ? PARLEY_E_NOT_FOUND : PARLEY_OK,
                             absent ? parley_string{} : detail::to_abi(found->second));
    });
    return PARLEY_OK;
  }

  static parley_status scan(const parley_host* host, parley_token token, parley_string prefix,
                            parley_string after, std::uint64_t limit) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin | kInBackground)) return status;
    server.complete(token, [&server, token, limit, from = std::string(detail::to_view(prefix)),
                            above = std::string(detail::to_view(after))] {
      with_page(server, from, above, limit, [&](const parley_storage_page* page) {
        half(server)->on_page(server.data(), token, PARLEY_OK, page);
      });
    });
    return PARLEY_OK;
  }

  static parley_status write(const parley_host* host, parley_token token,
                             const parley_storage_write* const* writes, std::uint64_t count) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin | kInBackground)) return status;
    return submit(server, token, writes, count, 0, {});
  }
  static parley_status write_and_reply(const parley_host* host, parley_token token,
                                       const parley_storage_write* const* writes,
                                       std::uint64_t count, const parley_reply* reply) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin | kInBackground)) return status;
    const auto exchange = server.open(reply->request);
    if (!exchange) return PARLEY_E_STALE;
    const auto type = detail::to_view(reply->type);
    Sent frame{type.empty() ? "ok" : std::string(type), std::string(detail::to_view(reply->data)),
               std::string(detail::to_view(reply->fields))};
    if (!server.well_formed(frame.data_text, frame.fields_text)) {
      return server.invalid("write_and_reply: no valid JSON, or a reserved field");
    }
    const auto status = submit(server, token, writes, count, reply->request, std::move(frame));
    if (status == PARLEY_OK) exchange->deferred = true;
    return status;
  }

  static parley_status get_now(const parley_host* host, parley_string key,
                               const parley_sink* value) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kInBackground)) return status;
    const auto found = server.storage.find(std::string(detail::to_view(key)));
    if (found == server.storage.end()) return PARLEY_E_NOT_FOUND;
    detail::write_to(value, found->second);
    return PARLEY_OK;
  }
  static parley_status scan_now(const parley_host* host, parley_string prefix, parley_string after,
                                std::uint64_t limit, const parley_page_sink* sink) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kInBackground)) return status;
    with_page(server, std::string(detail::to_view(prefix)), std::string(detail::to_view(after)),
              limit, [&](const parley_storage_page* page) { sink->write(sink->context, page); });
    return PARLEY_OK;
  }

 private:
  static parley_status submit(FakeServer& server, parley_token token,
                              const parley_storage_write* const* writes, std::uint64_t count,
                              parley_id request, Sent frame) {
    std::vector<Write> batch;
    for (std::uint64_t i = 0; i < count; ++i) {
      const parley_storage_write& one = *writes[i];
      if (!valid_key(one.key)) return server.invalid("storage.write: a key has 1 to 256 bytes");
      batch.push_back({one.kind, one.expect, std::string(detail::to_view(one.key)),
                       std::string(detail::to_view(one.value)),
                       std::string(detail::to_view(one.expected))});
    }
    server.later([&server, token, request, batch = std::move(batch), frame = std::move(frame)] {
      const Outcome outcome = commit(server, batch);
      if (request != 0 && is_ok(outcome)) server.answer(request, frame);
      if (request != 0 && !is_ok(outcome)) server.answer_outcome(request, outcome);
      if (token == 0) return;
      server.in(kOnPlugin, [&] {
        half(server)->on_written(server.data(), token, static_cast<parley_status>(outcome));
      });
    });
    return PARLEY_OK;
  }

  static Outcome commit(FakeServer& server, const std::vector<Write>& batch) {
    const Outcome wanted = std::exchange(server.next_write, Outcome::kOk);
    if (!is_ok(wanted)) return wanted;
    std::map<std::string, std::string> next = server.storage;
    for (const Write& write : batch) {
      const auto found = next.find(write.key);
      const bool present = found != next.end();
      if (write.expect == PARLEY_EXPECT_ABSENT && present) return Outcome::kConflict;
      if (write.expect == PARLEY_EXPECT_VALUE && !(present && found->second == write.expected)) {
        return Outcome::kConflict;
      }
      if (write.kind == PARLEY_WRITE_ERASE) {
        next.erase(write.key);
      } else {
        next[write.key] = write.value;
      }
    }
    server.storage = std::move(next);
    return Outcome::kOk;
  }

  template <typename Take>
  static void with_page(const FakeServer& server, const std::string& prefix,
                        const std::string& after, std::uint64_t limit, Take take) {
    if (limit == 0 || limit > kMaxPage) limit = kMaxPage;
    std::vector<parley_storage_item> items;
    auto page = detail::sized<parley_storage_page>();
    for (auto at = server.storage.lower_bound(prefix); at != server.storage.end(); ++at) {
      const auto& [key, value] = *at;
      if (key.compare(0, prefix.size(), prefix) != 0) break;
      if (!after.empty() && key <= after) continue;
      if (items.size() == limit) {
        page.more = 1;
        break;
      }
      auto item = detail::sized<parley_storage_item>();
      item.key = detail::to_abi(key);
      item.value = detail::to_abi(value);
      items.push_back(item);
    }
    std::vector<const parley_storage_item*> pointers;
    for (const auto& item : items) pointers.push_back(&item);
    page.items = pointers.data();
    page.count = pointers.size();
    take(&page);
  }
};

}  // namespace parley::testing
