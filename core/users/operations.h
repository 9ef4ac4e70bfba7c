// SPDX-License-Identifier: Apache-2.0
// Asynchronous calls that are under way on an object, so that it can wait for them before it goes.
//
//   auto self = operations_.enter(this);    // captured by every callback of the call
//   …
//   ~Impl: operations_.wait();              // until the last callback has dropped its `self`
//
// Thread: any. wait() is called once, and not from inside such a callback.
#pragma once

#include <memory>

#include "base/thread_annotations.h"

namespace parley::users {

class Operations {
 public:
  template <typename Owner>
  std::shared_ptr<Owner> enter(Owner* owner) {
    {
      MutexLock lock(mutex_);
      ++running_;
    }
    return std::shared_ptr<Owner>(owner, [this](Owner*) { leave(); });
  }

  void wait() {
    MutexLock lock(mutex_);
    while (running_ > 0) changed_.wait(mutex_);
  }

 private:
  // Notifies under the lock: the waiter may destroy this object as soon as it can take the lock.
  void leave() {
    MutexLock lock(mutex_);
    --running_;
    changed_.notify_all();
  }

  Mutex mutex_;
  CondVar changed_;
  int running_ PARLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace parley::users
