// SPDX-License-Identifier: Apache-2.0
#include "plugin/message_pipeline.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "plugin/abi.h"
#include "plugin/call_scope.h"
#include "plugin/plugin_instance.h"
#include "plugin/request_view.h"

namespace parley::plugin {
namespace {

parley_id next_message_id() {
  static std::atomic<parley_id> last{0};
  return ++last;
}

// Calls the listener's handler; on its plugin's thread.
void show(PluginInstance& plugin, const MessageListener& listener, const ChatMessage& message,
          parley_id id, std::int64_t offset, std::int64_t ts, void* plugin_data) {
  const auto* half = plugin.halves().messages;
  if (half == nullptr || half->on_message == nullptr) return;
  const UserView user(message.user.get());
  parley_message shown{};
  shown.size = sizeof shown;
  shown.kind = message.direct ? PARLEY_MESSAGE_DIRECT : PARLEY_MESSAGE_CHANNEL;
  shown.id = id;
  shown.user = user.get();
  shown.session = borrow(message.session);
  shown.channel = borrow(message.channel);
  shown.text = borrow(message.text);
  shown.locale = borrow(message.locale);
  shown.origin = borrow(message.origin);
  shown.format = message.format;
  shown.stage = listener.stage;
  shown.offset = offset;
  shown.ts = ts;
  shown.reply_to = message.reply_to;
  if (half->on_message(plugin_data, listener.handler, &shown) != PARLEY_OK)
    plugin.misbehaved("a message handler failed; the message passed");
}

}  // namespace

bool MessageListener::matches(const ChatMessage& message) const {
  if (message.by_plugin == plugin_id) return false;
  if (!message.by_plugin.empty() && (kinds & PARLEY_MESSAGE_FROM_BOTS) == 0) return false;
  if ((kinds & (message.direct ? PARLEY_MESSAGE_DIRECT : PARLEY_MESSAGE_CHANNEL)) == 0)
    return false;
  if (!message.direct && !channel.empty() && channel != "*" && channel != message.channel)
    return false;
  return message.text.compare(0, prefix.size(), prefix) == 0;
}

void MessagePipeline::add(std::vector<MessageListener> listeners) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<Listeners>(*listeners_);
  std::move(listeners.begin(), listeners.end(), std::back_inserter(*next));
  std::stable_sort(next->begin(), next->end(),
                   [](const auto& a, const auto& b) { return a.priority > b.priority; });
  listeners_ = std::move(next);
}

void MessagePipeline::remove(const std::string& plugin_id) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<Listeners>(*listeners_);
  std::erase_if(*next, [&](const auto& listener) { return listener.plugin_id == plugin_id; });
  listeners_ = std::move(next);
}

std::shared_ptr<const MessagePipeline::Listeners> MessagePipeline::listeners() const {
  const std::lock_guard lock(mutex_);
  return listeners_;
}

void MessagePipeline::filter(std::shared_ptr<ChatMessage> message, Decided done) {
  next_filter(listeners(), 0, std::move(message), std::move(done));
}

namespace {

// Goes on with the next filter when the handler has returned, and also when it never ran because
// its plugin is gone.
struct Turn {
  absl::AnyInvocable<void(Verdict)> go_on;
  Verdict verdict;
  ~Turn() { std::move(go_on)(std::move(verdict)); }
};

}  // namespace

void MessagePipeline::next_filter(std::shared_ptr<const Listeners> listeners, std::size_t at,
                                  std::shared_ptr<ChatMessage> message, Decided done) {
  for (; at < listeners->size(); ++at) {
    const auto& listener = (*listeners)[at];
    if (listener.stage != PARLEY_STAGE_FILTER || !listener.matches(*message)) continue;
    const auto plugin = listener.plugin.lock();
    if (plugin == nullptr) continue;
    auto turn = std::make_shared<Turn>();
    turn->go_on = [listeners, at, message, done = std::move(done)](Verdict verdict) mutable {
      if (verdict.denied) return done(std::move(verdict));
      next_filter(std::move(listeners), at + 1, std::move(message), std::move(done));
    };
    plugin->complete([plugin, listeners, at, message, turn = std::move(turn)](void* plugin_data) {
      auto* scope = CallScope::of(*plugin);
      scope->verdict = &turn->verdict;
      scope->message = message.get();
      scope->message_id = next_message_id();
      show(*plugin, (*listeners)[at], *message, scope->message_id, 0,
           plugin->services().clock.wall_ms(), plugin_data);
      scope->verdict = nullptr;
    });
    return;
  }
  done({});
}

void MessagePipeline::published(std::shared_ptr<const ChatMessage> message, std::int64_t offset,
                                std::int64_t ts) {
  const auto all = listeners();
  for (std::size_t at = 0; at < all->size(); ++at) {
    const auto& listener = (*all)[at];
    if (listener.stage != PARLEY_STAGE_PUBLISHED || !listener.matches(*message)) continue;
    if (const auto plugin = listener.plugin.lock()) {
      plugin->complete([plugin, all, at, message, offset, ts](void* plugin_data) {
        show(*plugin, (*all)[at], *message, next_message_id(), offset, ts, plugin_data);
      });
    }
  }
}

}  // namespace parley::plugin
