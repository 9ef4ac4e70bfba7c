// SPDX-License-Identifier: Apache-2.0
// Where the current thread stands relative to a plugin: rule 6 of plugin_abi.h is checked against
// this.
#pragma once

#include <string_view>

#include "command/call_id.h"
#include "plugin/message_pipeline.h"

namespace parley::plugin {

class PluginInstance;

enum class Phase { kStart, kPlugin, kBackground };

// One per call into a plugin, on the stack of the calling thread; nests when one plugin's call
// leads into another's.
class CallScope {
 public:
  CallScope(const PluginInstance& plugin, Phase phase)
      : plugin_(plugin), phase_(phase), outer_(current_) {
    current_ = this;
  }
  ~CallScope() { current_ = outer_; }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // The innermost scope of that plugin on this thread, or null.
  static CallScope* of(const PluginInstance& plugin) {
    return current_ != nullptr && &current_->plugin_ == &plugin ? current_ : nullptr;
  }
  // Whatever runs on this thread, or null.
  static const CallScope* innermost() { return current_; }
  Phase phase() const { return phase_; }
  const PluginInstance& plugin() const { return plugin_; }

  command::CallId
      call;  // the command that runs, if one does; session, locale and peer are its caller's
  std::string_view session, locale, peer;
  bool from_rule = false;  // a rule's command, which must not run another
  bool settled = false;    // it was answered or deferred inside this call: nothing more to check
  std::string_view what = {};  // command, life call; a string that outlives the call
  Verdict* verdict = nullptr;  // inside a FILTER handler: where decide() writes
  ChatMessage* message = nullptr;
  parley_id message_id = 0;

 private:
  const PluginInstance& plugin_;
  const Phase phase_;
  CallScope* const outer_;
  static inline thread_local CallScope* current_ = nullptr;
};

}  // namespace parley::plugin
