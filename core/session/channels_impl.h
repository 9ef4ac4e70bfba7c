// SPDX-License-Identifier: Apache-2.0
// What the files of Channels share and nobody else sees.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_annotations.h"
#include "session/channel_entry.h"
#include "session/channels.h"
#include "session/string_map.h"

namespace parley::session {

// The part of the configuration that channels look at; replaced whole by a reload.
struct Channels::Settings {
  config::Channels channels;
  std::size_t per_session = 0;  // limits.channels, 0: no limit
  std::int64_t catch_up = 0;    // session.catch_up
  std::size_t message = 0;      // limits.message, 0: no limit
  std::size_t bans = 0;         // limits.bans, 0: no limit

  // A public channel that is there without anybody having made it.
  bool is_default(std::string_view name) const;
};

// Every channel that somebody is in or writes to, and for a while those that were.
struct Channels::Directory {
  Mutex mutex;
  StringMap<EntryPtr> entries PARLEY_GUARDED_BY(mutex);
  std::size_t sweep_at PARLEY_GUARDED_BY(mutex) = kFirstSweep;
  std::shared_ptr<const Settings> settings PARLEY_GUARDED_BY(mutex);
  std::atomic<std::uint64_t> last_join{0};

  static constexpr std::size_t kFirstSweep = 1024;
  void sweep() PARLEY_REQUIRES(mutex);
};

// What a subscribe found in the store.
struct Channels::Missed {
  std::string messages_json;
  bool recovered = false;
  std::optional<Unread> unread;
};

// A message on its way through the store.
struct Channels::Publication {
  EntryPtr entry;
  storage::StoredMessage message;
  bool may_create = true;
  std::int64_t reply_to = -1;
  StoredDone on_stored;
  StoreAlso also;
};

// What a new session joins by itself, gathered on a reader's thread.
struct Channels::Attachment {
  std::vector<EntryPtr> entries;
  Status status;
  AttachDone done;
};

// A session that comes back, on its way through a reader's thread.
struct Channels::Return {
  struct Place {
    EntryPtr entry;
    std::int64_t since = -1;  // below 0: where the session stood
    bool gap = false;         // messages after it are not kept any more
    std::int64_t first = 0;   // the oldest message after it, 0 when none was looked for
    bool exists = true;
  };
  std::vector<Place> places;
  Status status;
  ResumeDone done;
};

// What a subscribe is answered when its channel is left meanwhile.
Status left_meanwhile();

// A record read from the store, merged with what was committed since it was read.
void remember(ChannelEntry& entry, const storage::ChannelRecord& record, bool exists);

// Reads `name`; not_found is an answer, not a failure.
Status read_record(storage::Reader& reader, const std::string& name, storage::ChannelRecord& record,
                   bool& exists);

// A kind of author who may open channels that joining may not make.
inline bool is_person(std::string_view kind) {
  return kind == "user" || kind == "guest";
}

}  // namespace parley::session
