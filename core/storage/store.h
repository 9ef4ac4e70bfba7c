// SPDX-License-Identifier: Apache-2.0
// What the server asks of a database.
//
// Three things: a Reader (queries), a Writer (queries and changes, inside a transaction) and a
// Store, which hands them out on the right thread. A change is a *job* that runs on the one writer
// thread; many jobs share a commit, each in a savepoint of its own. Its completion is called after
// the commit and gets an error when the job or the commit failed: what was not stored is never
// acknowledged. Several changes that belong together are one job.
//
//   store.append_message(draft, [shard](Result<std::int64_t> offset) { shard->post(…); });
//   store.transact<UserRecord>([=](Writer& w) { …; return w.user(id); }, [](Result<UserRecord>
//   user) { … }); auto page = store.read_blocking([&](Reader& r) { return r.history(query); }); //
//   not on a shard
//
// Ownership: the store owns its threads and connections; jobs and completions are owned by it until
// they have run. Thread: every function of Store may be called from any thread. Jobs and
// completions of writes run on the writer thread, completions in commit order; they must be short
// and post onward. Readers and Writers are valid only during the call they are handed to, on that
// thread. *_blocking functions wait for the disk: for start-up, parleyctl and worker threads;
// called from a job or a completion they would wait for themselves. Lifetime: the destructor
// commits what is queued, answers every completion, and joins. Failure: `overloaded` when a queue
// is full (the completion is called at once, on the caller's thread), `not_found` and `conflict` as
// documented per function, `internal` with a sentence for everything of the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/status.h"
#include "storage/records.h"

namespace parley::storage {

class Reader {
 public:
  virtual ~Reader() = default;

  // A channel nobody wrote to has an empty history; that is no error.
  virtual Result<HistoryPage> history(const HistoryQuery& query) = 0;
  virtual Result<StoredMessage> message(std::string_view channel,
                                        std::int64_t offset) = 0;  // not_found
  // The last message of the channel that the user has read; not_found when they never said so.
  virtual Result<std::int64_t> read_mark(std::string_view user_id, std::string_view channel) = 0;
  virtual Result<ChannelRecord> channel(std::string_view name) = 0;  // not_found
  // Public channels, by name, starting after `after` ("" for the first page).
  virtual Result<std::vector<ChannelRecord>> public_channels(std::string_view after,
                                                             std::size_t limit) = 0;

  virtual Result<UserRecord> user(std::string_view id) = 0;                    // not_found
  virtual Result<UserRecord> user_by_skeleton(std::string_view skeleton) = 0;  // not_found
  // In order of id, starting after `after` ("" for the first page).
  virtual Result<std::vector<UserRecord>> users(std::string_view after, std::size_t limit) = 0;
  // Accounts that hold the role and are not disabled.
  virtual Result<std::int64_t> count_role(std::string_view role) = 0;
  virtual Result<std::vector<BlockRecord>> blocks() = 0;
  virtual Result<BanPage> bans(const BanQuery& query) = 0;

  // What that user wrote, in the order it was stored, after that row (0: from the first).
  virtual Result<std::vector<OwnMessage>> messages_of(std::string_view user_id,
                                                      std::int64_t after_row,
                                                      std::size_t limit) = 0;
  // Pairs of all plugins whose key has the user's id in it as a whole word.
  virtual Result<std::vector<KvOfUser>> kv_naming(std::string_view user_id) = 0;
  virtual Result<std::vector<InvitationRecord>> invitations() = 0;  // oldest first
  // The one whose code has that hash and is not too old; not_found.
  virtual Result<InvitationRecord> invitation(std::string_view hash, std::int64_t now) = 0;

  // The local user who stands for a subject of an outside issuer; not_found.
  virtual Result<std::string> outside_user(std::string_view issuer, std::string_view subject) = 0;
  virtual Result<std::vector<OutsideIdentity>> outside_identities_of(std::string_view user_id) = 0;
  virtual Result<ForgottenIdentity> forgotten_identity(std::string_view hash) = 0;  // not_found

  virtual Result<SessionRecord> session(std::string_view id) = 0;          // not_found
  virtual Result<RefreshRecord> refresh_token(std::string_view hash) = 0;  // not_found
  virtual Result<Revocations> revocations() = 0;
  virtual Result<CommandKeyRecord> command_key(std::string_view user_id,
                                               std::string_view key) = 0;  // not_found
  // All that have not expired, oldest first; of each reply its first byte.
  virtual Result<std::vector<CommandKeyRecord>> command_keys(std::int64_t now) = 0;

  virtual Result<std::string> kv_get(std::string_view plugin,
                                     std::string_view key) = 0;  // not_found
  // Keys that start with `prefix`; `cursor` is KvPage::next of the previous page, "" for the first.
  virtual Result<KvPage> kv_scan(std::string_view plugin, std::string_view prefix,
                                 std::string_view cursor, std::size_t limit) = 0;
  virtual Result<std::size_t> kv_usage(std::string_view plugin) = 0;  // bytes of keys and values

  virtual Result<std::string> setting(std::string_view name) = 0;  // not_found
  virtual Result<std::vector<AuditEntry>> audit(const AuditQuery& query) = 0;
};

// Sees its own changes. A job that returns an error leaves no trace.
class Writer : public Reader {
 public:
  // Makes the channel when it is new. Returns the offset.
  virtual Result<std::int64_t> append_message(const MessageDraft& draft) = 0;
  // Its data in place of what it said; everything else of it stays. not_found.
  virtual Status rewrite_message(std::string_view channel, std::int64_t offset,
                                 std::string_view data_json) = 0;
  // Never goes back. Returns what holds now. not_found: there is no such channel.
  virtual Result<std::int64_t> put_read_mark(std::string_view user_id, std::string_view channel,
                                             std::int64_t offset) = 0;
  virtual Status create_channel(const ChannelRecord& channel) = 0;  // no change when it is there
  // `by`: id of who set it, "" for the server and plugins. not_found.
  virtual Status set_topic(std::string_view channel, std::string_view topic,
                           std::string_view by) = 0;
  // Empties the topics that this user set, and leaves no trace of them as a maker of channels.
  // Returns the channels whose topic went.
  virtual Result<std::vector<std::string>> erase_topics_of(std::string_view user_id) = 0;

  // conflict when the id or the skeleton is taken by someone who has not expired at created_at.
  virtual Status insert_user(const UserRecord& user) = 0;
  virtual Status update_user(
      const UserRecord& user) = 0;  // by id, every field; not_found, conflict
  // Keys, blocks, bans and read marks go with them. No change when they are not there.
  virtual Status delete_user(std::string_view id) = 0;
  virtual Status put_block(const BlockRecord& block) = 0;     // no change when it is there
  virtual Status delete_block(const BlockRecord& block) = 0;  // no change when it is not
  virtual Status put_ban(const BanRecord& ban) = 0;           // replaces; not_found: no such user
  virtual Status delete_ban(std::string_view channel, std::string_view user_id) = 0;  // not_found
  // conflict when that subject stands for somebody already. delete_user() takes it back.
  virtual Status link_outside(std::string_view issuer, std::string_view subject,
                              std::string_view user_id) = 0;
  virtual Status put_forgotten_identity(const ForgottenIdentity& identity) = 0;  // replaces
  // One bounded step of taking a person's words back: looks at `rows` rows from `from_row` on, and
  // leaves tombstones of "deleted" in place of theirs and of what speaks about them
  // (MessageDraft::about). Offsets stay.
  virtual Result<ErasedStep> erase_messages_of(std::string_view user_id, std::int64_t from_row,
                                               std::size_t rows) = 0;
  virtual Status kv_erase_naming(std::string_view user_id) = 0;  // what kv_naming() finds
  virtual Status insert_invitation(const InvitationRecord& invitation) = 0;
  virtual Status delete_invitation(std::string_view id) = 0;  // not_found
  // When the guest's row may go. not_found also for those who are no guests.
  virtual Status set_guest_expiry(std::string_view id, std::int64_t expires_at) = 0;

  virtual Status put_session(const SessionRecord& session) = 0;  // replaces
  virtual Status delete_session(std::string_view id) = 0;
  virtual Status delete_sessions_of(std::string_view user_id) = 0;

  virtual Status put_command_key(const CommandKeyRecord& record) = 0;  // replaces
  virtual Status delete_command_key(std::string_view user_id, std::string_view key) = 0;

  virtual Status revoke_token(std::string_view jti, std::int64_t expires_at) = 0;
  virtual Status revoke_tokens_of(std::string_view user_id, std::int64_t issued_up_to) = 0;
  virtual Status insert_refresh_token(const RefreshRecord& token) = 0;
  virtual Status mark_refresh_used(std::string_view hash) = 0;  // not_found
  virtual Status delete_refresh_family(std::string_view family) = 0;
  virtual Status delete_refresh_tokens_of(std::string_view user_id) = 0;

  // All of it or nothing: conflict (an `expect` did not hold), too_large (key, value or quota).
  virtual Status kv_write(std::string_view plugin, const std::vector<KvOp>& ops,
                          const KvLimits& limits) = 0;
  virtual Status kv_drop(std::string_view plugin) = 0;  // everything a removed plugin left

  virtual Status put_setting(std::string_view name, std::string_view value) = 0;
  virtual Status delete_setting(std::string_view name) = 0;
  virtual Status append_audit(const AuditEntry& entry) = 0;

  // One bounded step: removes at most `max_rows` rows of each kind. Offsets of what stays do not
  // change.
  virtual Result<Expired> expire_step(const Retention& retention, std::size_t max_rows) = 0;
};

class Store {
 public:
  using WriteJob = absl::AnyInvocable<Status(Writer&)>;
  using WriteDone = absl::AnyInvocable<void(Status)>;
  using ReadJob = absl::AnyInvocable<void(Reader&)>;
  template <typename T>
  using Done = absl::AnyInvocable<void(Result<T>)>;

  virtual ~Store() = default;

  // `done` is called exactly once; it may be empty.
  virtual void write(WriteJob job, WriteDone done) = 0;
  // Runs the job on a reader thread. An error (`overloaded`, shutting down) means it will never
  // run.
  virtual Status read(ReadJob job) = 0;
  // Returns when everything queued before the call has been committed and answered.
  virtual void flush() = 0;
  virtual StoreStats stats() const = 0;
  // A consistent copy, made while serving. Blocking. Refuses to overwrite; the file appears whole
  // or not at all.
  virtual Status backup(const std::filesystem::path& file) = 0;

  // A job with a value.
  template <typename T>
  void transact(absl::AnyInvocable<Result<T>(Writer&)> job, Done<T> done);

  void append_message(MessageDraft draft, Done<std::int64_t> done);
  void kv_write(std::string plugin, std::vector<KvOp> ops, KvLimits limits, WriteDone done);
  void append_audit(AuditEntry entry, WriteDone done = {});

  // Blocking forms. read_blocking hands on whatever the function returns.
  Status write_blocking(WriteJob job);
  template <typename T>
  Result<T> transact_blocking(absl::AnyInvocable<Result<T>(Writer&)> job);
  template <typename F>
  std::invoke_result_t<F, Reader&> read_blocking(F&& job);

  // Retention: removes what has expired, in steps that let other writes pass between them.
  void expire(Retention retention, Done<Expired> done);

 protected:
  // Runs on the calling thread with a connection of its own.
  virtual void run_blocking(const std::function<void(Reader&)>& job) = 0;
};

template <typename T>
void Store::transact(absl::AnyInvocable<Result<T>(Writer&)> job, Done<T> done) {
  auto answer = std::make_shared<Result<T>>(Status::internal("The write was not run."));
  write(
      [answer, job = std::move(job)](Writer& writer) mutable {
        *answer = job(writer);
        return answer->status();
      },
      [answer, done = std::move(done)](Status status) mutable {
        if (!done) return;
        done(status.is_ok() ? std::move(*answer) : Result<T>(std::move(status)));
      });
}

template <typename T>
Result<T> Store::transact_blocking(absl::AnyInvocable<Result<T>(Writer&)> job) {
  std::promise<Result<T>> promise;
  auto future = promise.get_future();
  transact<T>(std::move(job),
              [&promise](Result<T> result) { promise.set_value(std::move(result)); });
  return future.get();
}

template <typename F>
std::invoke_result_t<F, Reader&> Store::read_blocking(F&& job) {
  std::optional<std::invoke_result_t<F, Reader&>> answer;
  run_blocking([&](Reader& reader) { answer.emplace(job(reader)); });
  return std::move(*answer);
}

}  // namespace parley::storage
