// SPDX-License-Identifier: Apache-2.0
// For those who write plugins: begin one, try it, see every change in the running server.
#include <chrono>
#include <filesystem>

#include <fmt/core.h>

#include "ctl/new_plugin.h"
#include "ctl/plugin_build.h"
#include "ctl/program.h"
#include "ctl/source_watcher.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr Millis kQuiet{60};  // between the last write of a save and the build

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// The SDK's place as CMake wants it; empty when it lies where CMake looks by itself.
std::string prefix_flag() {
  const fs::path prefix = program_folder().parent_path();
  return prefix == "/usr" || prefix == "/usr/local" ? std::string()
                                                    : " -DCMAKE_PREFIX_PATH=" + prefix.string();
}

void show_next_steps(Context& context, const NewPlugin& plugin, const std::string& folder) {
  context.terminal.out << fmt::format(
      "{0}: a plugin with the command /{2}\n"
      "  build and test   cmake -S {0} -B {0}/build{3} && cmake --build {0}/build && ctest "
      "--test-dir {0}/build\n"
      "  grant            copy {0}/{1}.yaml into the server's plugins.d folder\n"
      "  load             parleyctl plugin load {1} --from {0}/build/plugins/{1}.so\n"
      "  while you write  parleyctl dev {0}\n",
      folder, plugin.id, plugin.action, prefix_flag());
}

// What the server made of one file, in one line.
bool reload(Context& context, const std::string& id, const fs::path& file, double built_ms) {
  const auto begin = Clock::now();
  const auto reply = context.client().post("/admin/v1/plugins/" + path_step(id) + "/reload",
                                           {{"from", file.string()}});
  if (!reply) {
    refuse(context, reply.status());
    return false;
  }
  if (!reply->ok() || !reply->body.value("ok", true)) {
    refuse(context, *reply);
    context.terminal.err << fmt::format("{}: built, not loaded; what served before still does\n",
                                        id);
    return false;
  }
  context.terminal.out << fmt::format("{}: built in {:.1f} s, serving after {:.0f} ms\n", id,
                                      built_ms / 1000, ms_since(begin));
  return true;
}

bool build_and_reload(Context& context, const PluginBuild& build) {
  const auto begin = Clock::now();
  if (auto status = build_plugin(build, program_folder()); !status) {
    context.terminal.err << status.message() << '\n';  // from the author's own compiler
    return false;
  }
  const double built_ms = ms_since(begin);
  bool all = true;
  for (const auto& id : build.ids) all = reload(context, id, build.file(id), built_ms) && all;
  return all;
}

}  // namespace

int plugin_new(Context& context, const std::string& id, const std::string& folder) {
  const auto plugin = names_of(id);
  if (!plugin) return refuse(context, plugin.status());
  const std::string target = folder.empty() ? id : folder;
  if (auto status = write_plugin(*plugin, target); !status) return refuse(context, status);
  if (context.format == Format::kJson) {
    print_json(context, Json{{"id", id}, {"folder", fs::absolute(target).string()}});
  } else {
    show_next_steps(context, *plugin, target);
  }
  return kDone;
}

int kit_program(Context& context, const std::string& name, std::vector<std::string> words) {
  const fs::path program = program_folder() / ("parley-plugin-" + name);
  words.insert(words.begin(), program.string());
  if (context.format == Format::kJson) words.insert(words.end(), {"-o", "json"});
  context.terminal.out.flush();
  const auto ran = run_program(words);
  if (ran) return ran->exit_code;
  context.terminal.err << ran.status().message()
                       << "; it is installed with the SDK, beside parleyctl\n";
  return kUsage;
}

int dev(Context& context, const std::string& folder, bool once) {
  const auto build = find_plugin_build(folder, program_folder());
  if (!build) return refuse(context, build.status());
  // Watched before the first build: a save during it is not lost.
  auto watcher = SourceWatcher::open(build->source);
  if (!watcher) return refuse(context, watcher.status());
  bool good = build_and_reload(context, *build);
  while (!once) {
    context.terminal.out << "watching " << build->source.string() << " (stop with Ctrl+C)"
                         << std::endl;
    const auto changed = (*watcher)->wait(kQuiet);
    if (!changed) return refuse(context, changed.status());
    context.terminal.out << changed->filename().string() << " saved" << std::endl;
    good = build_and_reload(context, *build);
  }
  return good ? kDone : kRefused;
}

}  // namespace parley::ctl
