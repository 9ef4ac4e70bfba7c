// SPDX-License-Identifier: Apache-2.0
// The plugin that scripts/bench measures: what every peer's server does, written like any other plugin.
#include <parley/plugin.hpp>

class Bench : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "push:*"};

  explicit Bench(parley::Host host) : Plugin(host) {
    command("benchEcho", "Answers with its arguments", &Bench::echo)
        .argument<std::int64_t>("value", "any integer")
        .argument<std::string>("text", "any text")
        .maximum(kTextMost);
    command("benchFan", "Sends a text to every member of a channel", &Bench::fan)
        .argument<std::string>("channel", "whose members get it")
        .argument<std::string>("text", "what they get")
        .maximum(kTextMost);
  }

 private:
  static constexpr int kTextMost = 4000;

  void echo(parley::Request& request) {
    request.reply("benchEcho", {{"value", request.argument<std::int64_t>("value")},
                                {"text", request.argument<std::string_view>("text")}});
  }

  void fan(parley::Request& request) {
    const auto outcome =
        push().send({.to = parley::Target::channel(request.argument<std::string_view>("channel")),
                     .type = "benchFan",
                     .data = {{"text", request.argument<std::string_view>("text")}}});
    if (!is_ok(outcome)) return request.fail(outcome);
    request.ok();
  }
};

PARLEY_PLUGIN(Bench, "bench", "1.0.0", "The work of scripts/bench")
