// SPDX-License-Identifier: Apache-2.0
// The plugin in this process, called by frames.
//
// Ownership: owns the image; borrows the link. Thread: serve(0) on the main thread, which is the
// plugin's symbolic thread; serve() of a background lane on a thread of its own. Lifetime: until the
// server says end, or is gone. Failure: what the plugin throws goes back as such; a frame that
// cannot be of this protocol ends the process, because the server is of another build then.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include <parley/plugin_abi.h>

#include "loader/shared_object.h"
#include "pluginhost/server_link.h"

namespace parley::pluginhost {

class ServedPlugin {
 public:
  ServedPlugin(ServerLink& link, std::filesystem::path file)
      : link_(link), file_(std::move(file)) {}

  // Answers calls on that lane for good.
  [[noreturn]] void serve(int lane);

 private:
  static constexpr std::size_t kHalves = 16;
  template <typename Table>
  const Table* table() const;
  template <typename Row>
  bool has() const;
  template <typename Row>
  void call(loader::WireReader& reader, loader::WireWriter& writer);

  void answer(const loader::Frame& frame, std::string& out);
  void open(loader::WireWriter& writer);
  void create(loader::WireReader& reader, loader::WireWriter& writer);
  void ask_halves();
  void write_functions(loader::WireWriter& writer) const;
  [[noreturn]] void end();

  ServerLink& link_;
  const std::filesystem::path file_;
  std::unique_ptr<loader::SharedObject> image_;
  const parley_plugin_entry* entry_ = nullptr;
  const parley_plugin* plugin_ = nullptr;
  std::array<const void*, kHalves> halves_{};  // in the order of loader::Extensions
};

}  // namespace parley::pluginhost
