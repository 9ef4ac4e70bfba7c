// SPDX-License-Identifier: Apache-2.0
#include <ostream>
#include <string>

#include <fmt/core.h>

#include "base/escape.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

// Those that people are offered; -o json has the rest of the protocol too.
void show_commands(Context& context, const Json& body) {
  Json rows = Json::array();
  for (const auto& row : body.at("commands"))
    if (!row.value("hidden", false)) rows.push_back(row);
  print_list(context, {{"commands", rows}}, "commands",
             {"usage", "roles", "plugin", "version", "help"});
}

std::string served_by(const Json& body) {
  const Json by = body.value("servedBy", Json());
  if (!by.is_object()) return "";
  auto text = fmt::format(" by {} {}", by.value("plugin", ""), by.value("version", ""));
  if (by.contains("generation"))
    text += fmt::format(" (generation {})", by.at("generation").get<int>());
  return text;
}

// ASCII alone: nothing in it steers a terminal.
void print_frame(std::ostream& out, const Json& frame) {
  out << frame.dump(-1, ' ', true, Json::error_handler_t::replace) << '\n';
}

void show_trial(Context& context, const Json& body) {
  auto& out = context.terminal.out;
  for (const auto& frame : body.at("frames")) print_frame(out, frame);
  if (const auto more = body.value("framesLeftOut", 0); more > 0)
    out << "… and " << more << " more frames\n";
  const auto& answer = body.at("answer");
  if (answer.is_object()) print_frame(out, answer);
  const auto& user = body.at("user");
  auto line = fmt::format("{} as {} ({})", body.value("line", ""), user.value("name", ""),
                          user.value("kind", ""));
  if (answer.is_object())
    line += fmt::format(": {} in {:.1f} ms{}", answer.value("type", ""),
                        static_cast<double>(body.value("tookUs", 0)) / 1000, served_by(body));
  else
    line += ": no answer came; the command may still be running";
  out << terminal_escaped(line) << '\n';
}

}  // namespace

int commands(Context& context) {
  return answer(context, context.client().get("/admin/v1/commands"), show_commands);
}

// What the command itself refused is a refusal too.
int try_command(Context& context, const TryCommand& wanted) {
  const auto line = wanted.line.starts_with('/') ? wanted.line : "/" + wanted.line;
  Json body{{"line", line}};
  if (!wanted.user.empty()) body["user"] = wanted.user;
  if (!wanted.channel.empty()) body["channel"] = wanted.channel;
  const auto reply = context.client().post("/admin/v1/try", body);
  const int code = answer(context, reply, show_trial);
  if (code != kDone) return code;
  return reply->body.value("result", std::string()) == "ok" ? kDone : kRefused;
}

}  // namespace parley::ctl
