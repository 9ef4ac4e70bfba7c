// SPDX-License-Identifier: Apache-2.0
// What it costs that a command is a plugin's: the same command, benchEcho, from a frame's text to the
// answer's, once written into the server and three times by the same plugin file.
//
//   direct   a C++ handler in the server's own table
//   inline   the plugin in this process, on the thread that serves the connection
//   worker   the plugin in this process, on the worker pool
//   process  the plugin in a sandboxed process of its own
//
// One command at a time, so a figure is a round trip without the network: parse, look up, check the
// arguments, call, answer. What stands before and behind the handler is the same for all, so the
// difference to "direct" is the dispatch. usage: parley-bench-dispatch [COMMANDS [RUNS]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "command/command_target.h"
#include "command/replies.h"
#include "protocol/json_writer.h"
#include "unit/plugin/plugin_world.h"

namespace parley::plugin {
namespace {

constexpr const char* kCommand =
    R"({"action":"benchEcho","id":7,"value":42,"text":"the quick brown fox"})";

// Sends the next command as soon as the last one is answered: in a loop as long as answers come
// before on_text() has returned, else from the answer.
class Driver final : public session::Link {
 public:
  explicit Driver(World& world) : world_(world) {
    world_.on_shard([&] {
      peer_ = &world_.dispatcher().open(*this, "");
      world_.dispatcher().on_text(*peer_, R"({"action":"auth","id":1,"guest":"Neo"})");
    });
    welcomed_.get_future().get();
    (void)run(2'000);
  }
  ~Driver() override {
    world_.on_shard([&] { world_.dispatcher().closed(*peer_); });
  }
  // Nanoseconds for one.
  double run(int commands) {
    std::promise<void> done;
    done_ = &done;
    const auto began = std::chrono::steady_clock::now();
    world_.on_shard([&] {
      left_ = commands;
      go();
    });
    done.get_future().get();
    const auto took = std::chrono::steady_clock::now() - began;
    return static_cast<double>(took / std::chrono::nanoseconds(1)) / commands;
  }

  net::SendResult send(std::string_view json) override {
    if (json.find(R"("type":"benchEcho")") == json.npos) {
      if (json.find(R"("type":"welcome")") != json.npos) {
        welcomed_.set_value();
        return net::SendResult::kSent;
      }
      std::fprintf(stderr, "unexpected: %.*s\n", static_cast<int>(json.size()), json.data());
      std::exit(1);
    }
    answered_ = true;
    if (!in_loop_) net::Shard::current()->post([this] { go(); });
    return net::SendResult::kSent;
  }
  net::SendResult send(const net::SharedFrame&, bool) override { return net::SendResult::kSent; }
  void close(std::uint16_t, std::string_view) override {}
  std::size_t queued_bytes() const override { return 0; }
  std::string peer_address() const override { return "192.0.2.7"; }
  std::uint64_t connection_id() const override { return 1; }

 private:
  void go() {
    in_loop_ = true;
    for (answered_ = true; answered_ && left_ > 0; --left_) {
      answered_ = false;
      world_.dispatcher().on_text(*peer_, kCommand);
    }
    in_loop_ = false;
    if (answered_) done_->set_value();
  }

  World& world_;
  command::Peer* peer_ = nullptr;
  std::promise<void> welcomed_;
  std::promise<void>* done_ = nullptr;
  int left_ = 0;
  bool answered_ = false, in_loop_ = false;
};

class Direct final : public command::CommandTarget {
 public:
  explicit Direct(command::Dispatcher& dispatcher) : dispatcher_(dispatcher) {}
  void invoke(command::InvocationPtr invocation) override {
    const auto& arguments = invocation->args;
    std::string data;
    protocol::ObjectWriter(data)
        .field("value", arguments[0].integer)
        .field("text", arguments[1].text);
    const auto call = invocation->call;
    (void)dispatcher_.replies().reply(call, "benchEcho", data);
    invocation.reset();
    dispatcher_.returned(call);
  }

 private:
  command::Dispatcher& dispatcher_;
};

void load_plugin(World& world, const std::string& where) {
  world.grant("bench", "permissions: [commands, 'push:*']\n" + where);
  const auto refused = world.bring("bench");
  if (refused.empty()) return;
  std::fprintf(stderr, "%s\n", refused.c_str());
  std::exit(1);
}

// In place of the plugin that declared it.
void write_into_server(World& world) {
  load_plugin(world, "");
  const auto spec = (*world.commands().table()->find("benchEcho"))->spec;
  (void)world.unload("bench");
  const auto direct = std::make_shared<Direct>(world.dispatcher());
  if (!world.commands().publish("bench", {{spec, 0}}, direct)) std::exit(1);
}

struct Arrangement {
  const char* name;
  std::function<void(World&)> prepare;
  std::unique_ptr<World> world;
  std::unique_ptr<Driver> driver;
  std::vector<double> figures;
  double median() {
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 2];
  }
};

int measure(int commands, int runs) {
  Arrangement all[] = {
      {"direct", write_into_server, {}, {}, {}},
      {"inline", [](World& w) { load_plugin(w, "execution: inline\n"); }, {}, {}, {}},
      {"worker", [](World& w) { load_plugin(w, "execution: worker\n"); }, {}, {}, {}},
      {"process", [](World& w) { load_plugin(w, "isolation: process\n"); }, {}, {}, {}}};
  for (auto& one : all) {
    one.world = std::make_unique<World>();
    one.prepare(*one.world);
    one.driver = std::make_unique<Driver>(*one.world);
  }
  for (int run = 0; run < runs; ++run) {
    for (auto& one : all) one.figures.push_back(one.driver->run(commands));
  }
  std::printf("%-8s %14s %14s %8s\n", "", "ns/command", "over direct", "ratio");
  const double direct = all[0].median();
  for (auto& one : all) {
    std::printf("%-8s %14.0f %14.0f %8.2f\n", one.name, one.median(), one.median() - direct,
                one.median() / direct);
  }
  return 0;
}

}  // namespace
}  // namespace parley::plugin

int main(int argc, char** argv) {
  const int commands = argc > 1 ? std::atoi(argv[1]) : 20'000;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 7;
  if (commands < 1 || runs < 1) {
    std::fprintf(stderr, "usage: parley-bench-dispatch [COMMANDS [RUNS]]   (20000 and 7)\n");
    return 2;
  }
  return parley::plugin::measure(commands, runs);
}
