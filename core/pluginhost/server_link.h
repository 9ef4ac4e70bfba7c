// SPDX-License-Identifier: Apache-2.0
// The way from this process to the server: lanes, and the host table whose functions write frames.
//
// Lane 0 is the plugin's symbolic thread, lane 1 serves the plugin's own threads one at a time, the
// others run background jobs. A host function called on a thread that serves a lane goes over that
// lane, inside the call that the server waits for; from anywhere else over lane 1. The server checks
// rights and phases, here nothing is decided. Ownership: owns the lanes. Thread: any. Lifetime: as
// long as the process. Failure: when the server is gone the process ends; a request over the limit
// is PARLEY_E_LIMIT, one without an answer in time PARLEY_E_INTERNAL.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <parley/plugin_abi.h>

#include "base/clock.h"
#include "loader/ipc_lane.h"
#include "loader/ipc_ops.h"

namespace parley::pluginhost {

class ServerLink {
 public:
  struct Options {
    int first_descriptor = 3;
    int lanes = 2;
    std::size_t frame_max = 0;  // bytes of what is sent
    Millis answer_timeout{0};   // for one host call
  };
  explicit ServerLink(const Options& options);

  int lanes() const { return static_cast<int>(lanes_.size()); }
  loader::IpcLane& lane(int number) { return *lanes_[static_cast<std::size_t>(number)]; }
  // The calling thread serves that lane from now on.
  void serve_here(int number) { mine_ = &lane(number); }

  // What the plugin gets. Valid once the server's version is known.
  const parley_host* host(std::string_view server_version);
  static ServerLink& of(const parley_host* host) {
    return *static_cast<ServerLink*>(host->host_data);
  }

  std::uint64_t next_id() { return next_id_.fetch_add(1, std::memory_order_relaxed); }
  // Sends a call and waits for its return; nothing, or the status the plugin gets instead.
  std::optional<parley_status> ask(std::string& frame, std::uint64_t id, loader::Frame& answer);
  void notify(std::string& frame);

 private:
  std::optional<parley_status> exchange(loader::IpcLane& lane, const std::string& frame,
                                        std::uint64_t id, loader::Frame& answer);

  static inline thread_local loader::IpcLane* mine_ = nullptr;
  const Options options_;
  std::vector<std::unique_ptr<loader::IpcLane>> lanes_;
  std::mutex shared_;  // held for a whole exchange on lane 1
  std::atomic<std::uint64_t> next_id_{1};
  std::string server_version_;
  parley_host host_{};
};

// The server is gone, or speaks something else: there is nothing left to do here.
[[noreturn]] void leave(int code);

}  // namespace parley::pluginhost
