// SPDX-License-Identifier: Apache-2.0
#include "plugin/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "loader/ipc_ops.h"

namespace parley::plugin {
namespace {

using loader::IpcLane;

constexpr Millis kMoment{2000};         // for a crash to show as one, on a busy machine too
constexpr int kFramesPerTurn = 64;      // of one child, before the next one's turn
constexpr double kLinesPerSecond = 20;  // of a child's standard error

}  // namespace

ChildProcess::ChildProcess(Options options, pid_t pid, int handle, int output,
                           std::vector<std::unique_ptr<IpcLane>> lanes)
    : options_(std::move(options)),
      pid_(pid),
      handle_(handle),
      output_(output),
      lanes_(std::move(lanes)) {
  for (std::size_t i = 2; i < lanes_.size(); ++i) free_lanes_.push_back(lanes_[i].get());
}

ChildProcess::~ChildProcess() {
  ::close(handle_);
  ::close(output_);
}

IpcLane* ChildProcess::borrow_lane(Millis at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, at_most, [&] { return lost() || !free_lanes_.empty(); });
  if (lost() || free_lanes_.empty()) return nullptr;
  auto* lane = free_lanes_.back();
  free_lanes_.pop_back();
  return lane;
}

void ChildProcess::give_back(IpcLane* lane) {
  const std::lock_guard lock(mutex_);
  free_lanes_.push_back(lane);
  changed_.notify_all();
}

void ChildProcess::on_own_threads(Serve serve) {
  const std::lock_guard lock(mutex_);
  serve_ = std::move(serve);
}

void ChildProcess::on_ping(std::function<void()> ping) {
  {
    const std::lock_guard lock(mutex_);
    ping_ = std::move(ping);
    ping_at_ = std::chrono::steady_clock::now() + options_.limits.ping;
  }
  wake_();
}

void ChildProcess::on_gone(Gone gone) {
  {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      gone_ = std::move(gone);
      return;
    }
    if (expected_) return;
  }
  gone(how());
}

void ChildProcess::expect_end() {
  const std::lock_guard lock(mutex_);
  expected_ = true;
}

void ChildProcess::shut_lanes() {
  for (const auto& lane : lanes_) lane->shut();
}

void ChildProcess::condemn(const std::string& why, How how) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || (next_signal_ != 0 && how != How::kAtOnce)) return;
    if (why_.empty()) why_ = why;
    next_signal_ = how == How::kTerminate ? SIGTERM : SIGKILL;
    signal_at_ = std::chrono::steady_clock::now();
    if (how == How::kSoon) signal_at_ += kMoment;
    lost_->store(true, std::memory_order_release);
    changed_.notify_all();
  }
  shut_lanes();
  wake_();
}

bool ChildProcess::wait_gone(Millis at_most) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, at_most, [&] { return ended_; });
}

std::string ChildProcess::how() const {
  const std::lock_guard lock(mutex_);
  return how_.empty() ? why_ : how_;
}

bool ChildProcess::serve_own_threads() {
  Serve serve;
  {
    const std::lock_guard lock(mutex_);
    serve = serve_;
  }
  loader::Frame frame;
  for (int i = 0; i < kFramesPerTurn; ++i) {
    const auto got = own_threads_lane().receive(frame, IpcLane::Deadline::min());
    if (got == IpcLane::Got::kLate) return false;
    if (got == IpcLane::Got::kClosed) {
      condemn("it closed its connection to the server", How::kSoon);
      return false;
    }
    const bool understood =
        got == IpcLane::Got::kFrame && serve && serve(frame, own_threads_lane());
    if (!understood) {
      const auto& why = own_threads_lane().why_broken();
      condemn(why.empty() ? "it sent a message that is none" : "it sent " + why, How::kAtOnce);
      return false;
    }
  }
  return true;
}

// What it prints is often the only word about why it died.
void ChildProcess::forward_output() {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto got = ::read(output_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    line_.append(buffer.data(), static_cast<std::size_t>(got));
    for (auto end = line_.find('\n'); end != line_.npos || line_.size() > buffer.size();
         end = line_.find('\n')) {
      const auto line = line_.substr(0, std::min(end, buffer.size()));
      line_.erase(0, end == line_.npos ? line.size() : end + 1);
      if (const auto turn = log::rate_limited("plugin-output " + options_.plugin, kLinesPerSecond);
          turn.write)
        log::Event(log::Level::kWarn, "plugin-output").plugin(options_.plugin).write_text(line);
    }
  }
}

void ChildProcess::send_signal(int number) {
  ::syscall(SYS_pidfd_send_signal, handle_, number, nullptr, 0);
}

int ChildProcess::press() {
  const auto now = std::chrono::steady_clock::now();
  const int ping = ping_when_due(now), press = signal_when_due(now);
  return ping < 0 ? press : press < 0 ? ping : std::min(ping, press);
}

int ChildProcess::ping_when_due(TimePoint now) {
  std::function<void()> ping;
  {
    const std::lock_guard lock(mutex_);
    if (!ping_ || lost()) return -1;
    if (now < ping_at_) return static_cast<int>(std::chrono::ceil<Millis>(ping_at_ - now).count());
    ping_at_ = now + options_.limits.ping;
    ping = ping_;
  }
  ping();
  return static_cast<int>(options_.limits.ping.count());
}

int ChildProcess::signal_when_due(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (ended_ || next_signal_ == 0) return -1;
  if (now < signal_at_)
    return static_cast<int>(std::chrono::ceil<Millis>(signal_at_ - now).count());
  send_signal(next_signal_);
  signalled_ = true;
  if (next_signal_ == SIGKILL) {
    next_signal_ = 0;
    return -1;
  }
  next_signal_ = SIGKILL;
  signal_at_ = now + options_.limits.terminate;
  return static_cast<int>(options_.limits.terminate.count());
}

std::string ChildProcess::ended_how(int code, int status) const {
  const bool lanes_closed = code == CLD_EXITED && status == loader::kLanesClosedExit;
  if ((signalled_ || lanes_closed) && !why_.empty()) return why_;
  if (code == CLD_EXITED) return "it ended by itself with exit code " + std::to_string(status);
  return std::string("signal ") + std::to_string(status) + " (" + ::strsignal(status) + ")";
}

bool ChildProcess::reap() {
  siginfo_t info{};
  // P_PIDFD is newer than some C libraries' headers.
  if (::waitid(static_cast<idtype_t>(3), static_cast<id_t>(handle_), &info, WEXITED | WNOHANG) !=
          0 ||
      info.si_pid == 0)
    return false;
  reaped_ = true;
  forward_output();
  Gone gone;
  {
    const std::lock_guard lock(mutex_);
    how_ = ended_how(info.si_code, info.si_status);
    ended_ = true;
    lost_->store(true, std::memory_order_release);
    if (!expected_) gone = std::move(gone_);
    gone_ = nullptr;
    serve_ = nullptr;
    ping_ = nullptr;
    changed_.notify_all();
  }
  shut_lanes();
  if (gone) gone(how());
  return true;
}

}  // namespace parley::plugin
