// SPDX-License-Identifier: Apache-2.0
// A plugin's code in a child process. As plugin_code.h.
//
// The parley_plugin that create() returns, and the halves it gives out, send each call to the child
// and wait for its end, serving meanwhile what the child asks for. A child that is lost answers
// every call at once with PARLEY_E_INTERNAL; one that does not answer in time is ended.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include <absl/functional/function_ref.h>

#include "config/config.h"
#include "plugin/child_supervisor.h"
#include "plugin/plugin_code.h"
#include "plugin/remote_host.h"

namespace parley::plugin {

template <typename Table>
struct RemoteHalf {
  Table table{};
  bool there = false;
};
template <>
struct RemoteHalf<void> {};
template <typename Rows>
struct HalvesOf;
template <typename... E>
struct HalvesOf<loader::Rows<E...>> {
  using Type = std::tuple<RemoteHalf<typename E::PluginTable>...>;
};

class RemoteCode final : public PluginCode {
 public:
  struct Place {
    ChildSupervisor& supervisor;
    std::filesystem::path host_program;
    config::PluginIsolation limits;
  };
  static Result<std::unique_ptr<PluginCode>> open(const CodeRequest& request, const Place& place);
  ~RemoteCode() override;

  Result<loader::Manifest> describe() override;
  const parley_plugin* create(const parley_host* host, const parley_sink* why) override;
  Status close() override;
  std::string abandon(const parley_plugin* plugin) override;
  void on_lost(Lost lost) override { child_->on_gone(std::move(lost)); }
  Whereabouts whereabouts() const override;
  void hung(const std::string& what) override;

 private:
  RemoteCode(std::shared_ptr<ChildProcess> child, std::string id)
      : child_(std::move(child)), id_(std::move(id)) {}
  Status greet();
  void watch(const parley_host* host);
  void ping();

  // remote_calls.cpp
  static loader::IpcLane::Deadline after(Millis time) {
    return std::chrono::steady_clock::now() + time;
  }
  // One call over a lane, its frame filled in by `put`. False: the child is lost.
  bool call(loader::IpcLane& lane, std::uint16_t op, loader::IpcLane::Deadline deadline,
            loader::Frame& answer, absl::FunctionRef<void(loader::WireWriter&)> put);
  bool exchange(loader::IpcLane& lane, const std::string& frame, std::uint16_t op, std::uint64_t id,
                loader::IpcLane::Deadline deadline, loader::Frame& answer);
  bool serve(loader::IpcLane& lane, const loader::Frame& frame);
  void give_up_on(loader::IpcLane& lane, loader::IpcLane::Got got, std::uint16_t op);
  void malformed(std::uint16_t op);
  Millis time_of(std::uint16_t op) const;
  loader::IpcLane::Deadline deadline_of(std::uint16_t op) const;
  void say_why(const parley_sink* sink);
  template <typename A>
  void say_why(const A&) {}

  // A function of the plugin's that sends the call to the child.
  template <typename Row, typename Wire>
  friend struct RemoteFunction;
  template <typename Row, typename... A>
  typename Row::Return call_row(A... arguments);
  template <typename Table>
  void fill(Table& table, const std::vector<std::uint16_t>& there, bool& any);
  void make_halves(const std::vector<std::uint16_t>& there, std::uint32_t schema);
  template <typename Table>
  Table& half();
  static const void* half_of(void* self, parley_string id);

  // Counts the threads inside, so that abandon() can wait for them to come out.
  class Inside;

  const std::shared_ptr<ChildProcess> child_;
  const std::string id_;  // the plugin's
  std::string protection_;
  std::shared_ptr<RemoteHost> host_;
  std::atomic<std::uint64_t> next_id_{1};
  parley_plugin plugin_{};
  HalvesOf<loader::Extensions>::Type halves_{};
  std::mutex mutex_;
  std::condition_variable came_out_;
  int inside_ = 0;
};

}  // namespace parley::plugin
