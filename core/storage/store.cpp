// SPDX-License-Identifier: Apache-2.0
#include "storage/store.h"

namespace parley::storage {
namespace {

constexpr std::size_t kExpireStep =
    1000;  // rows of each kind in one job: a few milliseconds of the writer

bool finished(const Expired& step) {
  const auto most = static_cast<std::int64_t>(kExpireStep);
  return step.messages < most && step.sessions < most && step.guests < most && step.tokens < most &&
         step.audit < most && step.bans < most;
}

Expired add(const Expired& a, const Expired& b) {
  return {a.messages + b.messages, a.sessions + b.sessions, a.guests + b.guests,
          a.tokens + b.tokens,     a.keys + b.keys,         a.audit + b.audit,
          a.bans + b.bans};
}

void expire_further(Store& store, Retention retention, Expired total, Store::Done<Expired> done) {
  store.transact<Expired>(
      [=](Writer& writer) { return writer.expire_step(retention, kExpireStep); },
      [&store, retention, total, done = std::move(done)](Result<Expired> step) mutable {
        if (step && !finished(*step)) {
          return expire_further(store, retention, add(total, *step), std::move(done));
        }
        if (done) done(step ? Result<Expired>(add(total, *step)) : std::move(step));
      });
}

}  // namespace

void Store::append_message(MessageDraft draft, Done<std::int64_t> done) {
  transact<std::int64_t>(
      [draft = std::move(draft)](Writer& writer) { return writer.append_message(draft); },
      std::move(done));
}

void Store::kv_write(std::string plugin, std::vector<KvOp> ops, KvLimits limits, WriteDone done) {
  write([plugin = std::move(plugin), ops = std::move(ops),
         limits](Writer& writer) { return writer.kv_write(plugin, ops, limits); },
        std::move(done));
}

void Store::append_audit(AuditEntry entry, WriteDone done) {
  write([entry = std::move(entry)](Writer& writer) { return writer.append_audit(entry); },
        std::move(done));
}

Status Store::write_blocking(WriteJob job) {
  std::promise<Status> promise;
  auto future = promise.get_future();
  write(std::move(job), [&promise](Status status) { promise.set_value(std::move(status)); });
  return future.get();
}

void Store::expire(Retention retention, Done<Expired> done) {
  expire_further(*this, retention, {}, std::move(done));
}

}  // namespace parley::storage
