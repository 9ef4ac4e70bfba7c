// SPDX-License-Identifier: Apache-2.0
// Which mutex guards what, said in the code and checked by clang's -Wthread-safety; nothing under
// other compilers.
//
//   Mutex mutex_;
//   std::map<Id, Session> sessions_ PARLEY_GUARDED_BY(mutex_);
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define PARLEY_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define PARLEY_THREAD_ANNOTATION(x)
#endif

#define PARLEY_CAPABILITY(name) PARLEY_THREAD_ANNOTATION(capability(name))
#define PARLEY_SCOPED_CAPABILITY PARLEY_THREAD_ANNOTATION(scoped_lockable)
#define PARLEY_GUARDED_BY(mutex) PARLEY_THREAD_ANNOTATION(guarded_by(mutex))
#define PARLEY_PT_GUARDED_BY(mutex) PARLEY_THREAD_ANNOTATION(pt_guarded_by(mutex))
#define PARLEY_REQUIRES(...) PARLEY_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define PARLEY_EXCLUDES(...) PARLEY_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define PARLEY_ACQUIRE(...) PARLEY_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define PARLEY_RELEASE(...) PARLEY_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define PARLEY_TRY_ACQUIRE(...) PARLEY_THREAD_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define PARLEY_NO_THREAD_SAFETY_ANALYSIS PARLEY_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace parley {

class PARLEY_CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() PARLEY_ACQUIRE() { mutex_.lock(); }
  void unlock() PARLEY_RELEASE() { mutex_.unlock(); }
  bool try_lock() PARLEY_TRY_ACQUIRE(true) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for a scope; unlock() and lock() let go of it in between.
class PARLEY_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PARLEY_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() PARLEY_RELEASE() {
    if (held_) mutex_.unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void unlock() PARLEY_RELEASE() {
    mutex_.unlock();
    held_ = false;
  }
  void lock() PARLEY_ACQUIRE() {
    mutex_.lock();
    held_ = true;
  }

 private:
  Mutex& mutex_;
  bool held_ = true;
};

// A condition variable for Mutex. The caller holds the mutex; conditions are written as loops, so
// that clang sees the guarded members read under it: while (!ready_) changed_.wait(mutex_);
class CondVar {
 public:
  void wait(Mutex& mutex) PARLEY_REQUIRES(mutex) { condition_.wait(mutex); }
  template <typename Duration>
  bool wait_for(Mutex& mutex, Duration duration) PARLEY_REQUIRES(mutex) {
    return condition_.wait_for(mutex, duration) == std::cv_status::no_timeout;
  }
  template <typename TimePoint>
  bool wait_until(Mutex& mutex, TimePoint until) PARLEY_REQUIRES(mutex) {
    return condition_.wait_until(mutex, until) == std::cv_status::no_timeout;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace parley
