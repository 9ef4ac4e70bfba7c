// SPDX-License-Identifier: Apache-2.0
// The host's half of the extensions for a plugin in a child process: takes a frame, calls the same
// tables that a plugin in this process calls, writes the answer.
//
// A frame is served on the thread that waits for the child's call, inside that call's CallScope, so
// phases and rights are checked as ever; a frame from the plugin's own threads comes without a scope.
// Ownership: borrows the instance, weakly. Thread: any. Failure: serve() is false for what is no
// call of this protocol; the child is then ended.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include <parley/plugin_abi.h>

#include "loader/ipc_lane.h"
#include "loader/ipc_ops.h"

namespace parley::plugin {

class PluginInstance;

class RemoteHost {
 public:
  RemoteHost(const parley_host* host, std::weak_ptr<PluginInstance> plugin)
      : host_(host), plugin_(std::move(plugin)) {}

  // `answer`: what to send back, empty for a notice.
  bool serve(const loader::Frame& frame, std::string& answer);

 private:
  using Server = bool (RemoteHost::*)(loader::WireReader&, loader::WireWriter&);
  static constexpr std::size_t kExtensions = 16;
  static const std::array<Server, loader::kOps>& servers();
  template <typename Row>
  bool serve_row(loader::WireReader& reader, loader::WireWriter& writer);
  template <typename Table>
  const Table* table() const;
  void get_extension(loader::WireReader& reader, loader::WireWriter& writer);

  const parley_host* const host_;
  const std::weak_ptr<PluginInstance> plugin_;
  // What was granted, in the order of loader::Extensions: a child cannot call what it did not get.
  std::array<std::atomic<const void*>, kExtensions> granted_{};
};

}  // namespace parley::plugin
