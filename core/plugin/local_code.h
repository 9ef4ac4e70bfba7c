// SPDX-License-Identifier: Apache-2.0
// A plugin's code mapped into this process. As plugin_code.h.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loader/shared_object.h"
#include "plugin/plugin_code.h"

namespace parley::plugin {

class LocalCode final : public PluginCode {
 public:
  static Result<std::unique_ptr<PluginCode>> open(const CodeRequest& request);
  ~LocalCode() override;

  Result<loader::Manifest> describe() override;
  const parley_plugin* create(const parley_host* host, const parley_sink* why) override;
  std::vector<loader::RunningThread> left_running() override;
  Status close() override;
  std::string abandon(const parley_plugin* plugin) override;

 private:
  LocalCode(std::unique_ptr<loader::SharedObject> image, std::string source)
      : image_(std::move(image)),
        entry_(static_cast<const parley_plugin_entry*>(image_->symbol(PARLEY_ENTRY_SYMBOL))),
        source_(std::move(source)) {}

  std::unique_ptr<loader::SharedObject> image_;  // null once given back or given up
  const parley_plugin_entry* const entry_;       // null: it exports none
  const std::string source_;
};

}  // namespace parley::plugin
