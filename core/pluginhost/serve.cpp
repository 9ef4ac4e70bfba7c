// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/serve.h"

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <signal.h>

#include "pluginhost/process_limits.h"
#include "pluginhost/sandbox.h"
#include "pluginhost/served_plugin.h"
#include "pluginhost/server_link.h"

namespace parley::pluginhost {
namespace {

using loader::FrameKind;
using loader::IpcLane;
using loader::Op;
using loader::WireWriter;

struct Words {
  std::string file, sandbox = "require";
  std::uint64_t lanes = 2, parent = 0, memory = 0, descriptors = 64, frame_max = 0,
                answer_timeout = 0;
  std::vector<std::filesystem::path> readable;
};

bool read_number(const std::string& text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_words(const std::vector<std::string>& words, Words& read) {
  read.file = words[0];
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    const auto &name = words[i], &value = words[i + 1];
    bool ok = true;
    if (name == "--sandbox") {
      read.sandbox = value;
    } else if (name == "--read") {
      read.readable.emplace_back(value);
    } else if (name == "--lanes") {
      ok = read_number(value, read.lanes);
    } else if (name == "--parent") {
      ok = read_number(value, read.parent);
    } else if (name == "--memory") {
      ok = read_number(value, read.memory);
    } else if (name == "--descriptors") {
      ok = read_number(value, read.descriptors);
    } else if (name == "--frame-max") {
      ok = read_number(value, read.frame_max);
    } else if (name == "--answer-timeout") {
      ok = read_number(value, read.answer_timeout);
    } else {
      ok = false;
    }
    if (!ok) return false;
  }
  return words.size() % 2 == 1 && read.lanes >= 2 && read.lanes <= 256;
}

void tell(IpcLane& lane, Op op, std::string_view text, bool with_version) {
  std::string frame;
  loader::begin_frame(frame, FrameKind::kNotice, static_cast<std::uint16_t>(op), 0);
  WireWriter writer(frame);
  if (with_version) writer.number(loader::kIpcVersion);
  writer.text(text);
  loader::finish_frame(frame);
  if (lane.send(frame, IpcLane::kForever) != IpcLane::Got::kFrame) leave(4);
}

// The server sets the signals it handles; nothing of that is for here.
void default_signals() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD}) ::signal(number, SIG_DFL);
}

Protection protect(const Words& words) {
  if (words.sandbox == "off") return {.holds = "", .missing = ""};
  auto readable = words.readable;
  readable.emplace_back(words.file);
  return enter_sandbox(readable);
}

}  // namespace

int serve(const std::vector<std::string>& given) {
  Words words;
  if (!read_words(given, words)) {
    std::fprintf(stderr, "parley-plugin-host --serve is started by the server only\n");
    return 2;
  }
  if (!end_with_parent(static_cast<pid_t>(words.parent))) leave(0);
  default_signals();
  close_descriptors(static_cast<unsigned>(3 + words.lanes));
  limit_this_process({.memory = words.memory,
                      .descriptors = static_cast<unsigned>(words.descriptors + words.lanes + 3),
                      .writes_files = words.sandbox == "off"});
  ServerLink link({.lanes = static_cast<int>(words.lanes),
                   .frame_max = words.frame_max,
                   .answer_timeout = Millis(words.answer_timeout)});
  const auto protection = protect(words);
  if (words.sandbox == "require" && !protection.missing.empty()) {
    tell(link.lane(0), Op::kRefused, protection.missing, false);
    leave(0);
  }
  tell(link.lane(0), Op::kHello,
       protection.missing.empty() ? protection.holds
                                  : protection.holds + "; without " + protection.missing,
       true);
  ServedPlugin plugin(link, words.file);
  for (int lane = 2; lane < link.lanes(); ++lane)
    std::thread([&plugin, lane] { plugin.serve(lane); }).detach();
  plugin.serve(0);
}

}  // namespace parley::pluginhost
