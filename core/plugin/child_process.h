// SPDX-License-Identifier: Apache-2.0
// One parley-plugin-host that serves a plugin: its lanes, and whether it still lives.
//
// Ownership: shared by the code that calls it and the supervisor that watches it; the process is
// ended and reaped by the supervisor alone. Thread: lanes as in ipc_lane.h; the rest from any.
// Lifetime: the object outlives the process. Failure: once lost() nothing goes through any more, and
// how() says why as soon as the process is gone.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"
#include "loader/ipc_lane.h"

namespace parley::plugin {

class ChildProcess {
 public:
  struct Options {
    std::filesystem::path program;  // parley-plugin-host
    std::filesystem::path file;     // the staged copy
    std::string plugin;             // id, for the log
    std::string sandbox;            // "require", "prefer", "off"
    std::vector<std::string> readable;
    Millis start{0};  // limits.start of the plugin
    config::PluginIsolation limits;
  };
  // A frame that came over lane 1; false: the child speaks something else, end it.
  using Serve = std::function<bool(const loader::Frame&, loader::IpcLane&)>;
  using Gone = std::function<void(const std::string& how)>;

  // On the thread whose end would end the child too: the supervisor's.
  static Result<std::shared_ptr<ChildProcess>> spawn(Options options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  const Options& options() const { return options_; }
  pid_t pid() const { return pid_; }

  loader::IpcLane& plugin_lane() { return *lanes_[0]; }
  loader::IpcLane& own_threads_lane() { return *lanes_[1]; }
  // A lane for one background job; null: none came free in time, or the child is lost.
  loader::IpcLane* borrow_lane(Millis at_most);
  void give_back(loader::IpcLane* lane);

  void on_own_threads(Serve serve);
  // Every `limits.ping`, on the supervisor's thread.
  void on_ping(std::function<void()> ping);
  // Called once, on the supervisor's thread; at once when it is gone already. Not called after
  // expect_end().
  void on_gone(Gone gone);
  void expect_end();

  // It is of no use any more, because of `why`: lanes are shut, and the process is ended, at once
  // or when it has not ended by itself within a moment.
  enum class How { kAtOnce, kTerminate, kSoon };
  void condemn(const std::string& why, How how);
  bool lost() const { return lost_->load(std::memory_order_acquire); }
  std::shared_ptr<const std::atomic<bool>> lost_flag() const { return lost_; }
  bool wait_gone(Millis at_most);
  std::string how() const;

  // --- the supervisor's ---
  int process_handle() const { return handle_; }
  int output() const { return output_; }
  bool
  serve_own_threads();  // what is there now, a bounded number of frames; true: there may be more
  void forward_output();
  // Asks for a sign of life, sends the signal whose time has come. Milliseconds until the next of
  // them is due, -1: none.
  int press();
  // True once it is reaped.
  bool reap();
  bool reaped() const { return reaped_; }
  void wake_by(std::function<void()> wake) { wake_ = std::move(wake); }

 private:
  ChildProcess(Options options, pid_t pid, int handle, int output,
               std::vector<std::unique_ptr<loader::IpcLane>> lanes);
  using TimePoint = std::chrono::steady_clock::time_point;
  void shut_lanes();
  int ping_when_due(TimePoint now);
  int signal_when_due(TimePoint now);
  void send_signal(int number);
  std::string ended_how(int code, int status) const;

  const Options options_;
  const pid_t pid_;
  const int handle_;  // pidfd
  int output_;        // what it writes to standard error
  std::vector<std::unique_ptr<loader::IpcLane>> lanes_;
  std::function<void()> wake_;
  const std::shared_ptr<std::atomic<bool>> lost_ = std::make_shared<std::atomic<bool>>(false);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<loader::IpcLane*> free_lanes_;
  Serve serve_;
  Gone gone_;
  std::function<void()> ping_;
  TimePoint ping_at_{};
  bool expected_ = false, ended_ = false;
  bool reaped_ = false;  // the supervisor's
  std::string why_, how_;
  int next_signal_ = 0;  // 0: none
  TimePoint signal_at_{};
  bool signalled_ = false;
  std::string line_;  // output not yet ended by a newline
};

}  // namespace parley::plugin
