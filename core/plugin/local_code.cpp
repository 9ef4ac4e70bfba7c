// SPDX-License-Identifier: Apache-2.0
#include "plugin/local_code.h"

#include <utility>

namespace parley::plugin {

Result<std::unique_ptr<PluginCode>> LocalCode::open(const CodeRequest& request) {
  auto image = loader::SharedObject::open(request.staged.path());
  if (!image) return image.status();
  return std::unique_ptr<PluginCode>(new LocalCode(std::move(image).value(), request.source));
}

LocalCode::~LocalCode() {
  // Neither closed nor abandoned: its code may still be on a stack.
  if (image_) image_->leak();
}

Result<loader::Manifest> LocalCode::describe() {
  return loader::read_manifest(entry_, source_);
}

const parley_plugin* LocalCode::create(const parley_host* host, const parley_sink* why) {
  return entry_->create(host, why);
}

std::vector<loader::RunningThread> LocalCode::left_running() {
  return loader::threads_of(image_->span());
}

Status LocalCode::close() {
  const auto image = std::move(image_);
  return image->close();
}

std::string LocalCode::abandon(const parley_plugin* plugin) {
  image_->leak(plugin);
  image_.reset();
  return "but its image stays mapped";
}

}  // namespace parley::plugin
