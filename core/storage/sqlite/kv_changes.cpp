// SPDX-License-Identifier: Apache-2.0
// Plugins' keys: what each plugin uses is counted beside its keys, so that a quota costs no scan.
#include <string>

#include "storage/sqlite/changes.h"

namespace parley::storage {
namespace {

std::int64_t bytes_of(std::string_view key, std::string_view value) {
  return static_cast<std::int64_t>(key.size() + value.size());
}

Status check_sizes(const KvOp& op, const KvLimits& limits) {
  if (op.key.empty()) return Status::invalid_args("A storage key may not be empty.");
  if (op.key.size() > limits.key_max) {
    return {ErrorCode::kTooLarge,
            "A storage key may have up to " + std::to_string(limits.key_max) + " bytes."};
  }
  if (op.value && op.value->size() > limits.value_max) {
    return {ErrorCode::kTooLarge, "A stored value may have up to " +
                                      std::to_string(limits.value_max) + " bytes; this one has " +
                                      std::to_string(op.value->size()) + "."};
  }
  return Status::ok();
}

}  // namespace

Status Changes::kv_write(std::string_view plugin, const std::vector<KvOp>& ops,
                         const KvLimits& limits) {
  // A savepoint of its own: the job that called may go on after a conflict, and must find nothing
  // half written.
  return connection_.attempt([&] {
    connection_.query("SAVEPOINT kv").run();
    const Status status = apply_all(plugin, ops, limits);
    if (!status) connection_.query("ROLLBACK TO kv").run();
    connection_.query("RELEASE kv").run();
    return status;
  });
}

Status Changes::apply_all(std::string_view plugin, const std::vector<KvOp>& ops,
                          const KvLimits& limits) {
  return connection_.attempt([&] {
    std::int64_t growth = 0;
    for (const KvOp& op : ops) {
      if (Status status = apply(plugin, op, limits, growth); !status) return status;
    }
    return growth == 0 ? Status::ok() : charge(plugin, growth, limits);
  });
}

Status Changes::apply(std::string_view plugin, const KvOp& op, const KvLimits& limits,
                      std::int64_t& growth) {
  if (Status status = check_sizes(op, limits); !status) return status;
  if (op.kind == KvOp::Kind::kExpect) return check_expected(plugin, op);
  growth -= pair_size(plugin, op.key);
  if (op.kind == KvOp::Kind::kErase) {
    connection_.query("DELETE FROM plugin_kv WHERE plugin = ? AND key = ?")
        .text(plugin)
        .blob(op.key)
        .run();
    return Status::ok();
  }
  const std::string_view value = op.value ? std::string_view(*op.value) : std::string_view();
  put_pair(plugin, op.key, value);
  growth += bytes_of(op.key, value);
  return Status::ok();
}

Status Changes::check_expected(std::string_view plugin, const KvOp& op) {
  const Result<std::string> found = kv_get(plugin, op.key);
  if (!found && found.status().code() != ErrorCode::kNotFound) return found.status();
  const bool as_expected = found ? op.value && *op.value == *found : !op.value;
  return as_expected ? Status::ok()
                     : Status::conflict(
                           "The stored value was changed by someone else. Read it and try again.");
}

void Changes::put_pair(std::string_view plugin, std::string_view key, std::string_view value) {
  auto row = connection_.query(
      "INSERT INTO plugin_kv (plugin, key, value) VALUES (?, ?, ?) "
      "ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value");
  row.text(plugin).blob(key).blob(value).run();
}

std::int64_t Changes::pair_size(std::string_view plugin, std::string_view key) {
  auto row = connection_.query(
      "SELECT length(key) + length(value) FROM plugin_kv WHERE plugin = ? AND key = ?");
  return row.text(plugin).blob(key).step() ? row.number_at(0) : 0;
}

Status Changes::charge(std::string_view plugin, std::int64_t growth, const KvLimits& limits) {
  auto row = connection_.query(
      "INSERT INTO plugin_usage (plugin, bytes) VALUES (?, ?) "
      "ON CONFLICT (plugin) DO UPDATE SET bytes = bytes + excluded.bytes RETURNING bytes");
  row.text(plugin).number(growth).step();
  const std::int64_t used = row.number_at(0);
  row.run();
  if (growth < 0 || used <= static_cast<std::int64_t>(limits.quota)) return Status::ok();
  return {ErrorCode::kTooLarge, "Plugin " + std::string(plugin) + " may store up to " +
                                    std::to_string(limits.quota) +
                                    " bytes; this change would make it " + std::to_string(used) +
                                    ". Erase something, or raise plugins.limits.storage_quota."};
}

Status Changes::kv_drop(std::string_view plugin) {
  const Status status = delete_by("DELETE FROM plugin_kv WHERE plugin = ?", plugin);
  return status.is_ok() ? delete_by("DELETE FROM plugin_usage WHERE plugin = ?", plugin) : status;
}

}  // namespace parley::storage
