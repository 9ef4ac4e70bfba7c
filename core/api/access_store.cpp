// SPDX-License-Identifier: Apache-2.0
#include "api/access_store.h"

#include <string>
#include <utility>

#include "api/access_json.h"
#include "command/command_table.h"
#include "storage/store.h"

namespace parley::api {
namespace {

constexpr const char* kSetting = "access";

Result<command::AccessPolicy> read_stored(storage::Reader& reader) {
  const auto stored = reader.setting(kSetting);
  if (stored) return read_policy(*stored);
  if (stored.status().code() == ErrorCode::kNotFound) return command::AccessPolicy{};
  return stored.status();
}

}  // namespace

Status load_access(storage::Store& store, command::CommandRegistry& commands) {
  auto policy = store.read_blocking([](storage::Reader& reader) { return read_stored(reader); });
  if (!policy)
    return {
        policy.status().code(),
        "the stored rules about commands cannot be read (" + policy.status().message() +
            "): restore a backup, or remove them with `sqlite3 parley.db \"DELETE FROM settings "
            "WHERE name='access'\"` and write them anew"};
  commands.set_access(std::move(*policy));
  return Status::ok();
}

void change_access(storage::Store& store, command::CommandRegistry& commands, AccessChange change,
                   std::function<void(Result<command::AccessPolicy>)> done) {
  store.transact<command::AccessPolicy>(
      [change = std::move(change)](storage::Writer& writer) -> Result<command::AccessPolicy> {
        auto policy = read_stored(writer);
        if (!policy) return policy;
        if (auto status = change(*policy); !status) return status;
        if (auto status = writer.put_setting(kSetting, to_json(*policy).dump()); !status)
          return status;
        return policy;
      },
      [&commands, done = std::move(done)](Result<command::AccessPolicy> policy) {
        if (policy) commands.set_access(*policy);
        done(std::move(policy));
      });
}

}  // namespace parley::api
