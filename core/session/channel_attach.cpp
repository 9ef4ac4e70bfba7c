// SPDX-License-Identifier: Apache-2.0
// What a new session joins by itself: one read for everything the store has to be asked, then one
// task on its shard that joins and lets the welcome be sent.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/close_codes.h"
#include "session/channels_impl.h"
#include "session/direct_channels.h"
#include "session/joined_channels.h"

namespace parley::session {

void Channels::attach(Session& session, AttachDone done) {
  const auto attachment = std::make_shared<Attachment>();
  attachment->done = std::move(done);
  const auto settings = this->settings();
  for (const std::string& name : settings->channels.defaults) {
    attachment->entries.push_back(entry(name));
  }
  const std::string& user = session.user()->id;
  if (is_user_id(user)) attachment->entries.push_back(entry(user_channel(user)));

  const std::size_t most =
      settings->per_session > 0 ? settings->per_session : attachment->entries.max_size();
  const Status queued = store_.read([this, attachment, user, most,
                                     key = session.key()](storage::Reader& reader) {
    attachment->status = read_places(reader, user, most, *attachment);
    registry_.post(key, [this, attachment](Session& alive) { finish_attach(alive, *attachment); });
  });
  if (queued) return;
  attachment->status = queued;
  finish_attach(session, *attachment);
}

Status Channels::read_places(storage::Reader& reader, const std::string& user, std::size_t most,
                             Attachment& attachment) {
  if (Status read = read_joined(reader, user, most, attachment); !read) return read;
  const Result<std::vector<std::string>> direct = direct_channels_of(reader, user);
  if (!direct) return direct.status();
  for (const std::string& name : *direct) {
    // As many as a session may be in; the others are still there to be read with `history`.
    if (attachment.entries.size() >= most) break;
    attachment.entries.push_back(entry(name));
  }
  for (const EntryPtr& one : attachment.entries) {
    {
      const MutexLock lock(one->mutex);
      if (one->loaded) continue;
    }
    storage::ChannelRecord record;
    bool exists = false;
    if (Status read = read_record(reader, one->name(), record, exists); !read) return read;
    remember(*one, record, exists);
  }
  return Status::ok();
}

// What an account has joined, and not what it has left.
Status Channels::read_joined(storage::Reader& reader, const std::string& user, std::size_t most,
                             Attachment& attachment) {
  const Result<JoinedChannels> channels = joined_channels_of(reader, user);
  if (!channels) return channels.status();
  std::erase_if(attachment.entries, [&](const EntryPtr& one) {
    return std::find(channels->left.begin(), channels->left.end(), one->name()) !=
           channels->left.end();
  });
  for (const std::string& name : channels->joined) {
    if (attachment.entries.size() >= most) break;
    attachment.entries.push_back(entry(name));
  }
  return Status::ok();
}

void Channels::finish_attach(Session& session, Attachment& attachment) {
  if (session.state() == SessionState::kClosed) return;
  if (!attachment.status) {
    log::warn("session", "a new session could not be given its channels: {}",
              attachment.status.message());
    const bool busy = attachment.status.code() == ErrorCode::kOverloaded;
    const auto code = busy ? protocol::close::kOverloaded : protocol::close::kInternal;
    return registry_.kick(session, code, protocol::close::name(code));
  }
  std::vector<EntryPtr> entries = std::move(attachment.entries);
  session.attached_ = true;
  const auto also = std::move(session.also_attach_);
  entries.insert(entries.end(), also.begin(), also.end());

  // The welcome goes out in this very task, so no frame of these channels can come before it.
  std::vector<protocol::ChannelPosition> positions;
  for (const EntryPtr& entry : entries) {
    if (find(session, *entry)) continue;
    if (!allowed(*session.user(), entry->name(), ChannelAccess::kRead)) continue;
    Subscription& subscription = add(session, entry, false);
    const std::int64_t joined =
        entry->on(shard_of(session.key())).at(subscription.member).skip_through;
    positions.push_back({entry->name(), joined});
    appear(session, subscription);
  }
  attachment.done(std::move(positions));
}

}  // namespace parley::session
