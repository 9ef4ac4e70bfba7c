// SPDX-License-Identifier: Apache-2.0
// Who may not be in which channel, as memory holds it: what is here is on disk, and asking costs no
// disk.
//
// Ownership: borrows the clock. Thread: any. Failure: none.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread_annotations.h"
#include "session/string_map.h"
#include "storage/records.h"

namespace parley::session {

class ChannelBans {
 public:
  explicit ChannelBans(const Clock& clock) : clock_(clock) {}

  void put(const storage::BanRecord& ban);  // in place of one that is there
  void erase(std::string_view channel, std::string_view user);
  void forget(std::string_view user);
  void drop_expired();
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  bool has(std::string_view channel, std::string_view user) const;

  // forbidden, with a sentence that says until when and why, while the user is kept out.
  Status check(std::string_view channel, std::string_view user) const;

 private:
  struct Ban {
    std::string channel;
    std::string reason;
    std::int64_t until = 0;
  };
  using Bans = std::vector<Ban>;
  const Ban* find(std::string_view channel, std::string_view user) const PARLEY_REQUIRES(mutex_);
  void count() PARLEY_REQUIRES(mutex_);
  template <typename Gone>
  void erase_if(Gone gone);

  const Clock& clock_;
  mutable Mutex mutex_;
  StringMap<Bans> by_user_ PARLEY_GUARDED_BY(mutex_);
  std::atomic<std::size_t> size_{0};  // while it is 0 nobody waits for the lock
};

}  // namespace parley::session
