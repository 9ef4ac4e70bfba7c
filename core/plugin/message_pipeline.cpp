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

using Listeners = std::vector<MessageListener>;

// Goes on with the next filter when the handler has returned, and also when it never ran because
// its plugin is gone.
struct Turn {
  absl::AnyInvocable<void(Verdict)> go_on;
  Verdict verdict;
  ~Turn() { std::move(go_on)(std::move(verdict)); }
};

class MessageVisit final : public Visit {
 public:
  MessageVisit(std::shared_ptr<const Listeners> listeners, std::size_t at,
               std::shared_ptr<const ChatMessage> message, std::int64_t offset, std::int64_t ts)
      : listeners_(std::move(listeners)),
        at_(at),
        message_(std::move(message)),
        offset_(offset),
        ts_(ts) {}

  // Before it is published: the plugin decides, and may replace the text.
  void ask(std::shared_ptr<ChatMessage> message, std::unique_ptr<Turn> turn) {
    undecided_ = std::move(message);
    turn_ = std::move(turn);
  }

  void call(PluginInstance& plugin, void* plugin_data) override {
    const auto* half = plugin.halves().messages;
    const auto* own = listener_of(plugin);
    if (own == nullptr || half == nullptr || half->on_message == nullptr) return;
    auto* scope = CallScope::of(plugin);
    scope->verdict = turn_ != nullptr ? &turn_->verdict : nullptr;
    scope->message = undecided_.get();
    scope->message_id = next_message_id();
    show(plugin, *half, *own, scope->message_id, plugin_data);
    scope->verdict = nullptr;
    turn_ = nullptr;
  }
  std::string_view session() const override { return message_->session; }
  const users::User* user() const override { return message_->user.get(); }
  std::string_view caused_by() const override { return message_->via; }

 private:
  // The listener of this version; a newer one may have dropped it, and its token is another.
  const MessageListener* listener_of(const PluginInstance& plugin) const {
    const auto& wanted = (*listeners_)[at_];
    for (const auto& own : plugin.registrations().listeners) {
      if (own.asks_for_the_same(wanted)) return &own;
    }
    return nullptr;
  }
  void show(PluginInstance& plugin, const parley_plugin_messages& half,
            const MessageListener& listener, parley_id id, void* plugin_data) const {
    const UserView user(message_->user.get());
    parley_message shown{};
    shown.size = sizeof shown;
    shown.kind = message_->direct ? PARLEY_MESSAGE_DIRECT : PARLEY_MESSAGE_CHANNEL;
    shown.id = id;
    shown.user = user.get();
    shown.session = borrow(message_->session);
    shown.channel = borrow(message_->channel);
    shown.text = borrow(message_->text);
    shown.locale = borrow(message_->locale);
    shown.origin = borrow(message_->origin);
    shown.format = message_->format;
    shown.stage = listener.stage;
    shown.offset = offset_;
    shown.ts = ts_;
    shown.reply_to = message_->reply_to;
    if (half.on_message(plugin_data, listener.handler, &shown) != PARLEY_OK)
      plugin.misbehaved("a message handler failed; the message passed");
  }

  const std::shared_ptr<const Listeners> listeners_;
  const std::size_t at_;
  const std::shared_ptr<const ChatMessage> message_;
  const std::int64_t offset_, ts_;
  std::shared_ptr<ChatMessage> undecided_;
  std::unique_ptr<Turn> turn_;
};

}  // namespace

bool MessageListener::asks_for_the_same(const MessageListener& other) const {
  return stage == other.stage && kinds == other.kinds && priority == other.priority &&
         channel == other.channel && prefix == other.prefix;
}

bool MessageListener::matches(const ChatMessage& message) const {
  if (message.by_plugin == plugin_id) return false;
  if (!message.by_plugin.empty() && (kinds & PARLEY_MESSAGE_FROM_BOTS) == 0) return false;
  if ((kinds & (message.direct ? PARLEY_MESSAGE_DIRECT : PARLEY_MESSAGE_CHANNEL)) == 0)
    return false;
  if (!message.direct && !channel.empty() && channel != "*" && channel != message.channel)
    return false;
  return message.text.compare(0, prefix.size(), prefix) == 0;
}

void MessagePipeline::replace(const std::string& plugin_id,
                              const std::vector<MessageListener>& listeners) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<Listeners>(*listeners_);
  std::erase_if(*next, [&](const auto& listener) { return listener.plugin_id == plugin_id; });
  next->insert(next->end(), listeners.begin(), listeners.end());
  std::stable_sort(next->begin(), next->end(),
                   [](const auto& a, const auto& b) { return a.priority > b.priority; });
  listeners_ = std::move(next);
}

std::shared_ptr<const MessagePipeline::Listeners> MessagePipeline::listeners() const {
  const std::lock_guard lock(mutex_);
  return listeners_;
}

void MessagePipeline::filter(std::shared_ptr<ChatMessage> message, Decided done) {
  next_filter(listeners(), 0, std::move(message), std::move(done));
}

void MessagePipeline::next_filter(std::shared_ptr<const Listeners> listeners, std::size_t at,
                                  std::shared_ptr<ChatMessage> message, Decided done) {
  for (; at < listeners->size(); ++at) {
    const auto& listener = (*listeners)[at];
    if (listener.stage != PARLEY_STAGE_FILTER || !listener.matches(*message)) continue;
    const auto plugin = listener.plugin.lock();
    if (plugin == nullptr) continue;
    auto turn = std::make_unique<Turn>();
    turn->go_on = [listeners, at, message, done = std::move(done)](Verdict verdict) mutable {
      if (verdict.denied) return done(std::move(verdict));
      next_filter(std::move(listeners), at + 1, std::move(message), std::move(done));
    };
    auto visit = std::make_unique<MessageVisit>(listeners, at, message, 0,
                                                plugin->services().clock.wall_ms());
    visit->ask(message, std::move(turn));
    plugin->visit(std::move(visit));
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
    if (const auto plugin = listener.plugin.lock())
      plugin->visit(std::make_unique<MessageVisit>(all, at, message, offset, ts));
  }
}

}  // namespace parley::plugin
