// SPDX-License-Identifier: Apache-2.0
// Where plugins see chat: filters before a message is stored, listeners after everybody has it.
//
// Ownership: a message is shared and immutable except for its text, which only the filter whose
// turn it is may replace. Thread: any; verdicts and `done` arrive on whatever thread the last
// filter ran on. Lifetime: a listener's plugin is held weakly: unloading one while a message is on
// its way lets the message pass. Failure: a filter that fails is logged and the message passes.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <absl/functional/any_invocable.h>

#include <parley/ext/messages.h>

#include "users/accounts.h"

namespace parley::plugin {

class PluginInstance;

struct ChatMessage {
  std::shared_ptr<const users::User> user;  // who says it
  std::string by_plugin;  // id of the plugin that published it as itself; it is not shown its own
  std::string via;        // id of the plugin that publishes it, for itself or for its speaker
  std::string session, channel, text, locale, origin;
  std::uint32_t format = PARLEY_FORMAT_PLAIN;
  std::int64_t reply_to = -1;
  std::string about;  // id of whom a plugin's own message speaks of
  bool direct = false;
  bool edited = false;  // a filter replaced the text
};

struct MessageListener {
  std::weak_ptr<PluginInstance> plugin;
  std::string plugin_id;
  parley_token handler = 0;
  std::uint32_t stage = PARLEY_STAGE_FILTER;
  std::uint32_t kinds = 0;
  std::int32_t priority = 0;
  std::string channel, prefix;

  bool matches(const ChatMessage& message) const;
  bool asks_for_the_same(const MessageListener& other) const;
};

struct Verdict {
  bool denied = false;
  std::string code;    // "<plugin>.<code>"
  std::string reason;  // for the author
};

class MessagePipeline {
 public:
  using Decided = absl::AnyInvocable<void(Verdict)>;

  // Everything the plugin listens to, in place of what it listened to before, in one swap.
  void replace(const std::string& plugin_id, const std::vector<MessageListener>& listeners);
  void remove(const std::string& plugin_id) { replace(plugin_id, {}); }

  // Asks the filters in order of priority; without any, `done` runs at once on this thread.
  void filter(std::shared_ptr<ChatMessage> message, Decided done);
  void published(std::shared_ptr<const ChatMessage> message, std::int64_t offset, std::int64_t ts);

 private:
  using Listeners = std::vector<MessageListener>;
  std::shared_ptr<const Listeners> listeners() const;
  static void next_filter(std::shared_ptr<const Listeners> listeners, std::size_t at,
                          std::shared_ptr<ChatMessage> message, Decided done);

  mutable std::mutex mutex_;
  std::shared_ptr<const Listeners> listeners_ = std::make_shared<Listeners>();
};

}  // namespace parley::plugin
