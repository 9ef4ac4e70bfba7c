// SPDX-License-Identifier: Apache-2.0
// The questions of Reader as SQL. A template over the interface, because a Writer answers them too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/sqlite/connection.h"
#include "storage/store.h"

namespace parley::storage {

template <typename Interface>
class Queries : public Interface {
 public:
  // Borrows the connection.
  explicit Queries(Connection& connection) : connection_(connection) {}

  Result<HistoryPage> history(const HistoryQuery& query) override;
  Result<StoredMessage> message(std::string_view channel, std::int64_t offset) override;
  Result<std::int64_t> read_mark(std::string_view user_id, std::string_view channel) override;
  Result<ChannelRecord> channel(std::string_view name) override;
  Result<std::vector<ChannelRecord>> public_channels(std::string_view after,
                                                     std::size_t limit) override;
  Result<UserRecord> user(std::string_view id) override;
  Result<UserRecord> user_by_skeleton(std::string_view skeleton) override;
  Result<std::vector<UserRecord>> users(std::string_view after, std::size_t limit) override;
  Result<std::int64_t> count_role(std::string_view role) override;
  Result<std::vector<BlockRecord>> blocks() override;
  Result<BanPage> bans(const BanQuery& query) override;
  Result<std::vector<OwnMessage>> messages_of(std::string_view user_id, std::int64_t after_row,
                                              std::size_t limit) override;
  Result<std::vector<KvOfUser>> kv_naming(std::string_view user_id) override;
  Result<std::vector<InvitationRecord>> invitations() override;
  Result<InvitationRecord> invitation(std::string_view hash, std::int64_t now) override;
  Result<std::string> outside_user(std::string_view issuer, std::string_view subject) override;
  Result<std::vector<OutsideIdentity>> outside_identities_of(std::string_view user_id) override;
  Result<ForgottenIdentity> forgotten_identity(std::string_view hash) override;
  Result<SessionRecord> session(std::string_view id) override;
  Result<CommandKeyRecord> command_key(std::string_view user_id, std::string_view key) override;
  Result<std::vector<CommandKeyRecord>> command_keys(std::int64_t now) override;
  Result<RefreshRecord> refresh_token(std::string_view hash) override;
  Result<Revocations> revocations() override;
  Result<std::string> kv_get(std::string_view plugin, std::string_view key) override;
  Result<KvPage> kv_scan(std::string_view plugin, std::string_view prefix, std::string_view cursor,
                         std::size_t limit) override;
  Result<std::size_t> kv_usage(std::string_view plugin) override;
  Result<std::string> setting(std::string_view name) override;
  Result<std::vector<AuditEntry>> audit(const AuditQuery& query) override;

 protected:
  Connection& connection_;
};

extern template class Queries<Reader>;
extern template class Queries<Writer>;

Status missing(const char* what);  // not_found: "There is no such …."
// Pages are limits of the configuration; this only keeps the +1 from overflowing.
std::int64_t limit_plus_one(std::size_t limit);
// Roles are kept as one text, separated by spaces.
std::string join_roles(const std::vector<std::string>& roles);

}  // namespace parley::storage
