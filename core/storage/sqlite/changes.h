// SPDX-License-Identifier: Apache-2.0
// The changes of Writer as SQL. Runs inside a transaction that the writer thread has begun.
#pragma once

#include <string_view>
#include <vector>

#include "storage/sqlite/queries.h"

namespace parley::storage {

class Changes final : public Queries<Writer> {
 public:
  using Queries<Writer>::Queries;

  Result<std::int64_t> append_message(const MessageDraft& draft) override;
  Status rewrite_message(std::string_view channel, std::int64_t offset,
                         std::string_view data_json) override;
  Result<std::int64_t> put_read_mark(std::string_view user_id, std::string_view channel,
                                     std::int64_t offset) override;
  Status create_channel(const ChannelRecord& channel) override;
  Status set_topic(std::string_view channel, std::string_view topic, std::string_view by) override;
  Result<std::vector<std::string>> erase_topics_of(std::string_view user_id) override;

  Status insert_user(const UserRecord& user) override;
  Status update_user(const UserRecord& user) override;
  Status delete_user(std::string_view id) override;
  Status put_block(const BlockRecord& block) override;
  Status delete_block(const BlockRecord& block) override;
  Status put_ban(const BanRecord& ban) override;
  Status delete_ban(std::string_view channel, std::string_view user_id) override;
  Status put_forgotten_identity(const ForgottenIdentity& identity) override;
  Status link_outside(std::string_view issuer, std::string_view subject,
                      std::string_view user_id) override;
  Result<ErasedStep> erase_messages_of(std::string_view user_id, std::int64_t from_row,
                                       std::size_t rows) override;
  Status kv_erase_naming(std::string_view user_id) override;
  Status insert_invitation(const InvitationRecord& invitation) override;
  Status delete_invitation(std::string_view id) override;
  Status set_guest_expiry(std::string_view id, std::int64_t expires_at) override;

  Status put_session(const SessionRecord& session) override;
  Status delete_session(std::string_view id) override;
  Status delete_sessions_of(std::string_view user_id) override;

  Status put_command_key(const CommandKeyRecord& record) override;
  Status delete_command_key(std::string_view user_id, std::string_view key) override;

  Status revoke_token(std::string_view jti, std::int64_t expires_at) override;
  Status revoke_tokens_of(std::string_view user_id, std::int64_t issued_up_to) override;
  Status insert_refresh_token(const RefreshRecord& token) override;
  Status mark_refresh_used(std::string_view hash) override;
  Status delete_refresh_family(std::string_view family) override;
  Status delete_refresh_tokens_of(std::string_view user_id) override;

  Status kv_write(std::string_view plugin, const std::vector<KvOp>& ops,
                  const KvLimits& limits) override;
  Status kv_drop(std::string_view plugin) override;

  Status put_setting(std::string_view name, std::string_view value) override;
  Status delete_setting(std::string_view name) override;
  Status append_audit(const AuditEntry& entry) override;
  Result<Expired> expire_step(const Retention& retention, std::size_t max_rows) override;

 private:
  Status delete_by(std::string_view sql, std::string_view key);
  void drop_expired_namesake(const UserRecord& user, std::int64_t now);

  // kv_changes.cpp
  Status apply(std::string_view plugin, const KvOp& op, const KvLimits& limits,
               std::int64_t& growth);
  Status check_expected(std::string_view plugin, const KvOp& op);
  void put_pair(std::string_view plugin, std::string_view key, std::string_view value);
  std::int64_t pair_size(std::string_view plugin, std::string_view key);
  Status charge(std::string_view plugin, std::int64_t growth, const KvLimits& limits);
  Status apply_all(std::string_view plugin, const std::vector<KvOp>& ops, const KvLimits& limits);
};

}  // namespace parley::storage
