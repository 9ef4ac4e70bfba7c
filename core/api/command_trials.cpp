// SPDX-License-Identifier: Apache-2.0
#include "api/command_trials.h"

#include <atomic>
#include <string_view>
#include <utility>

#include "command/command_table.h"
#include "command/dispatcher.h"
#include "command/identity.h"
#include "command/peer.h"
#include "net/shard.h"
#include "session/link.h"
#include "users/accounts.h"

namespace parley::api {
namespace {

using Json = nlohmann::json;

constexpr const char* kId = "try";

// Apart from those of connections, which count from 1.
std::uint64_t next_connection() {
  static std::atomic<std::uint64_t> last{std::uint64_t{1} << 63};
  return ++last;
}

// What people type goes to the command that takes lines, as from the page: {action, argument}.
Result<std::pair<std::string, std::string>> reader_of_lines(const command::CommandTable& table) {
  for (const auto& entry : table.entries())
    for (const auto& argument : entry->spec.args)
      if (argument.command_line) return std::pair(entry->spec.name, argument.name);
  return Status::conflict("Nothing here reads command lines: load the plugin chat.");
}

}  // namespace

class CommandTrials::Running final : public session::Link {
 public:
  Running(CommandTrials& trials, net::Shard& shard, Trial trial, Done done)
      : trials_(trials), shard_(shard), trial_(std::move(trial)), done_(std::move(done)) {}

  void begin();

  net::SendResult send(std::string_view json) override {
    if (!over_) take(Json::parse(json, nullptr, false));
    return over_ ? net::SendResult::kClosed : net::SendResult::kSent;
  }
  // To whole channels: what others see too is not what came of this command.
  net::SendResult send(const net::SharedFrame&, bool) override {
    return over_ ? net::SendResult::kClosed : net::SendResult::kSent;
  }
  void close(std::uint16_t code, std::string_view reason) override {
    fail(Status::conflict("The session was closed before the answer: " + std::string(reason) +
                          " (" + std::to_string(code) + ")"));
  }
  std::size_t queued_bytes() const override { return 0; }
  std::string peer_address() const override { return trial_.address; }
  std::uint64_t connection_id() const override { return id_; }

  std::uint64_t id() const { return id_; }

 private:
  void take(Json frame);
  void send_command();
  void fail(Status why);
  void finish(Result<TrialOutcome> outcome);
  void end();

  CommandTrials& trials_;
  net::Shard& shard_;
  const Trial trial_;
  Done done_;
  const std::uint64_t id_ = next_connection();
  command::Peer* peer_ = nullptr;
  net::TimerId deadline_;
  TrialOutcome outcome_;
  Clock::TimePoint sent_at_{};
  bool sent_ = false;
  bool over_ = false;  // what is left to do was posted
};

void CommandTrials::Running::begin() {
  auto& dispatcher = trials_.context_.dispatcher;
  deadline_ = shard_.call_after(kLongest, [this] {
    outcome_.took_us = -1;
    finish(std::move(outcome_));
  });
  peer_ = &dispatcher.open(*this, trial_.locale);
  if (over_) return;
  dispatcher.set_meta(id_, true);
  command::SignIn who;
  who.user = trial_.user;
  who.client_name = "admin-try";
  dispatcher.identity().sign_in(*peer_, std::move(who));
}

void CommandTrials::Running::take(Json frame) {
  if (!frame.is_object()) return;
  const auto type = frame.value("type", std::string());
  if (!sent_) {
    // Nothing is done inside send(): the session is not told of its own welcome yet.
    if (type == "welcome")
      shard_.post([&trials = trials_, &shard = shard_, id = id_] {
        auto& here = trials.running_[static_cast<std::size_t>(shard.index())];
        if (const auto found = here.find(id); found != here.end()) found->second->send_command();
      });
    return;
  }
  if (frame.contains("id") && frame["id"] == kId) {
    outcome_.answer = std::move(frame);
    outcome_.took_us = std::chrono::duration_cast<std::chrono::microseconds>(
                           trials_.context_.clock.now() - sent_at_)
                           .count();
    return finish(std::move(outcome_));
  }
  if (outcome_.frames.size() < kMostFrames)
    outcome_.frames.push_back(std::move(frame));
  else
    ++outcome_.left_out;
}

void CommandTrials::Running::send_command() {
  if (over_) return;
  const auto reader = reader_of_lines(*trials_.context_.commands.table());
  if (!reader) return fail(reader.status());
  Json message{{"action", reader->first}, {"id", kId}, {reader->second, trial_.line}};
  if (!trial_.channel.empty()) message["channel"] = trial_.channel;
  sent_ = true;
  sent_at_ = trials_.context_.clock.now();
  trials_.context_.dispatcher.on_text(*peer_,
                                      message.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void CommandTrials::Running::fail(Status why) {
  finish(std::move(why));
}

// The link may not go while it is spoken to.
void CommandTrials::Running::finish(Result<TrialOutcome> outcome) {
  if (std::exchange(over_, true)) return;
  shard_.post([this, outcome = std::move(outcome)]() mutable {
    auto done = std::move(done_);
    end();  // the last of `this`
    done(std::move(outcome));
  });
}

void CommandTrials::Running::end() {
  shard_.cancel(deadline_);
  trials_.context_.dispatcher.identity().end(*peer_);
  trials_.context_.dispatcher.closed(*peer_);
  const auto id = id_;
  trials_.running_[static_cast<std::size_t>(shard_.index())].erase(id);
}

CommandTrials::CommandTrials(const Context& context)
    : context_(context), running_(static_cast<std::size_t>(context.shards.size())) {}
CommandTrials::~CommandTrials() = default;

void CommandTrials::run(net::Shard& shard, Trial trial, Done done) {
  shard.post([this, &shard, trial = std::move(trial), done = std::move(done)]() mutable {
    start(shard, std::move(trial), std::move(done));
  });
}

void CommandTrials::start(net::Shard& shard, Trial trial, Done done) {
  auto& here = running_[static_cast<std::size_t>(shard.index())];
  if (here.size() >= kMostAtOnce)
    return done(Status::overloaded("Other commands are being tried: wait for their answers."));
  auto made = std::make_unique<Running>(*this, shard, std::move(trial), std::move(done));
  auto& running = *made;
  here.emplace(running.id(), std::move(made));
  running.begin();
}

}  // namespace parley::api
