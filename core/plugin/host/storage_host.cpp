// SPDX-License-Identifier: Apache-2.0
// parley.storage/1 on the server's store.
#include <parley/ext/storage.h>

#include "command/dispatcher.h"
#include "command/keyed.h"
#include "command/replies.h"
#include "plugin/host/entry.h"
#include "plugin/host/json_check.h"
#include "storage/store.h"

namespace parley::plugin {
namespace {

constexpr std::size_t kLongestKey = 256;  // ext/storage.h
constexpr std::uint64_t kLongestPage = 1000;

bool is_key(parley_string key) {
  return key.size > 0 && key.size <= kLongestKey;
}

storage::KvLimits limits_of(const PluginInstance& plugin) {
  const auto limits = plugin.settings().limits;
  return {.quota = limits.storage_quota, .value_max = limits.value_max, .key_max = kLongestKey};
}

std::size_t page_size(std::uint64_t asked) {
  return static_cast<std::size_t>(asked == 0 || asked > kLongestPage ? kLongestPage : asked);
}

// A page as the ABI shows it, for the length of one call.
class PageView {
 public:
  explicit PageView(const storage::KvPage& page) {
    items_.reserve(page.pairs.size());
    for (const auto& pair : page.pairs)
      items_.push_back({sizeof(parley_storage_item), 0, borrow(pair.key), borrow(pair.value)});
    for (const auto& item : items_) pointers_.push_back(&item);
    view_ = {sizeof view_, page.next.empty() ? 0u : 1u, pointers_.data(), pointers_.size()};
  }
  const parley_storage_page* get() const { return &view_; }

 private:
  std::vector<parley_storage_item> items_;
  std::vector<const parley_storage_item*> pointers_;
  parley_storage_page view_{};
};

// Writes go first: a read is queued behind them on the writer, so that a plugin sees what it wrote
// (the header's promise).
template <typename T, typename Read, typename Deliver>
parley_status read_in_order(PluginInstance& plugin, parley_token token, Read read,
                            Deliver deliver) {
  plugin.effects().pass(
      [self = plugin.pin(), token, read = std::move(read), deliver = std::move(deliver)]() mutable {
        self->services().store.transact<T>(
            [read = std::move(read)](storage::Writer& writer) { return read(writer); },
            [self, token, deliver = std::move(deliver)](Result<T> result) mutable {
              if (token == 0) return;
              // The half is looked up on the plugin's thread: asked for in create, it is not known yet.
              self->complete([plugin = self.get(), token, deliver = std::move(deliver),
                              result = std::move(result)](void* data) {
                if (const auto* half = plugin->halves().storage; half != nullptr)
                  deliver(*half, data, token, result);
              });
            });
      });
  return PARLEY_OK;
}

parley_status get(const parley_host* host, parley_token token, parley_string key) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin, Phase::kBackground}, "storage.get");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!is_key(key)) return PARLEY_E_INVALID;
  return read_in_order<std::string>(
      *plugin, token,
      [id = plugin->id(), key = copy(key)](storage::Reader& reader) {
        return reader.kv_get(id, key);
      },
      [](const parley_plugin_storage& half, void* data, parley_token done,
         const Result<std::string>& value) {
        if (half.on_value != nullptr)
          half.on_value(data, done, status_code(value.status()),
                        value ? borrow(*value) : parley_string{});
      });
}

parley_status scan(const parley_host* host, parley_token token, parley_string prefix,
                   parley_string after, std::uint64_t limit) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin, Phase::kBackground}, "storage.scan");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  return read_in_order<storage::KvPage>(
      *plugin, token,
      [id = plugin->id(), prefix = copy(prefix), after = copy(after), size = page_size(limit)](
          storage::Reader& reader) { return reader.kv_scan(id, prefix, after, size); },
      [](const parley_plugin_storage& half, void* data, parley_token done,
         const Result<storage::KvPage>& page) {
        if (half.on_page == nullptr) return;
        const storage::KvPage none;
        const PageView shown(page ? *page : none);
        half.on_page(data, done, status_code(page.status()), shown.get());
      });
}

bool collect(const parley_storage_write* const* writes, std::uint64_t count,
             std::vector<storage::KvOp>& ops) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto* write = writes[i];
    if (!PARLEY_HAS(write, expected) || !is_key(write->key)) return false;
    const std::string key = copy(write->key);
    if (write->expect == PARLEY_EXPECT_ABSENT)
      ops.push_back(storage::KvOp::expect(key, std::nullopt));
    if (write->expect == PARLEY_EXPECT_VALUE)
      ops.push_back(storage::KvOp::expect(key, copy(write->expected)));
    if (write->kind == PARLEY_WRITE_PUT) {
      ops.push_back(storage::KvOp::put(key, copy(write->value)));
    } else if (write->kind == PARLEY_WRITE_ERASE) {
      ops.push_back(storage::KvOp::erase(key));
    } else {
      return false;
    }
  }
  return true;
}

void written(PluginInstance& plugin, parley_token token, const Status& status) {
  if (token == 0) return;
  plugin.complete([&plugin, token, code = status_code(status)](void* data) {
    const auto* half = plugin.halves().storage;
    if (half != nullptr && half->on_written != nullptr) half->on_written(data, token, code);
  });
}

parley_status write(const parley_host* host, parley_token token,
                    const parley_storage_write* const* writes, std::uint64_t count) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin, Phase::kBackground}, "storage.write");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  std::vector<storage::KvOp> ops;
  if (!collect(writes, count, ops)) return PARLEY_E_INVALID;
  plugin->effects().pass([self = plugin->pin(), token, ops = std::move(ops)]() mutable {
    self->services().dispatcher.mark_running(self->id());
    self->services().store.kv_write(
        self->id(), std::move(ops), limits_of(*self),
        [self, token](Status status) { written(*self, token, status); });
  });
  return PARLEY_OK;
}

parley_status write_and_reply(const parley_host* host, parley_token token,
                              const parley_storage_write* const* writes, std::uint64_t count,
                              const parley_reply* reply) {
  auto* plugin = enter(host, {Phase::kPlugin, Phase::kBackground}, "storage.write_and_reply");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  std::vector<storage::KvOp> ops;
  if (!collect(writes, count, ops) || !PARLEY_HAS(reply, fields)) return PARLEY_E_INVALID;
  if (const auto why = json_problem(view(reply->type), view(reply->data), view(reply->fields));
      !why.empty()) {
    plugin->misbehaved("write_and_reply refused: " + why);
    return PARLEY_E_INVALID;
  }
  const command::CallId call{reply->request};
  auto& dispatcher = plugin->services().dispatcher;
  const auto caller = dispatcher.replies().peek(call);
  const command::KeyedPtr keyed = caller ? caller->keyed : nullptr;
  if (!plugin->defer(call)) return PARLEY_E_STALE;
  command::StoredReply answer;
  answer.type = reply->type.size > 0 ? copy(reply->type) : std::string("ok");
  answer.data_json = copy(reply->data);
  answer.fields_json = copy(reply->fields);
  plugin->services().store.write(
      [id = plugin->id(), ops = std::move(ops), limits = limits_of(*plugin), keyed,
       answer](storage::Writer& writer) {
        const Status written = writer.kv_write(id, ops, limits);
        return written.is_ok() && keyed ? keyed->store(writer, answer) : written;
      },
      [self = plugin->pin(), token, call, keyed, answer](Status status) {
        auto& replies = self->services().dispatcher.replies();
        if (status) {
          if (keyed) keyed->stored();
          replies.reply(call, answer.type, answer.data_json, answer.fields_json);
        } else {
          replies.fail(call, status);
        }
        self->settle(call);
        written(*self, token, status);
      });
  return PARLEY_OK;
}

parley_status get_now(const parley_host* host, parley_string key, const parley_sink* value) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kBackground}, "storage.get_now");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!is_key(key)) return PARLEY_E_INVALID;
  const auto found = plugin->services().store.read_blocking(
      [&](storage::Reader& reader) { return reader.kv_get(plugin->id(), view(key)); });
  if (found) give(value, *found);
  return status_code(found.status());
}

parley_status scan_now(const parley_host* host, parley_string prefix, parley_string after,
                       std::uint64_t limit, const parley_page_sink* sink) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kBackground}, "storage.scan_now");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const auto page = plugin->services().store.read_blocking([&](storage::Reader& reader) {
    return reader.kv_scan(plugin->id(), view(prefix), view(after), page_size(limit));
  });
  if (!page) return status_code(page.status());
  const PageView shown(*page);
  if (PARLEY_HAS(sink, write) && sink->write != nullptr) sink->write(sink->context, shown.get());
  return PARLEY_OK;
}

}  // namespace

const parley_host_storage* storage_table() {
  static const parley_host_storage table{
      sizeof(parley_host_storage), 0, get, scan, write, write_and_reply, get_now, scan_now};
  return &table;
}

}  // namespace parley::plugin
