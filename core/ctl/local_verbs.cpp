// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <filesystem>
#include <thread>

#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/log_file.h"
#include "config/flags.h"
#include "config/keys.h"
#include "ctl/verbs.h"

extern char** environ;

namespace parley::ctl {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::chrono::milliseconds kFollowPause{200};

std::string line_for(const Context& context, const Json& line) {
  if (context.format == Format::kTable) return human_line(line);
  return line.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Json keys_json(const config::Loaded& loaded) {
  Json keys = Json::array();
  for (const auto& key : config::all_keys()) {
    keys.push_back({{"path", key.path},
                    {"value", config::show(key, loaded.config)},
                    {"origin", loaded.origin_of(std::string(key.path)).text()},
                    {"reload", key.live}});
  }
  return keys;
}

Json problems_json(const std::vector<config::Problem>& problems) {
  Json rows = Json::array();
  for (const auto& problem : problems) {
    rows.push_back({{"file", problem.file},
                    {"line", problem.line},
                    {"path", problem.path},
                    {"message", problem.message}});
  }
  return rows;
}

// In the shapes of the running server's answers.
void print_as_json(Context& context, const config::Start& start, bool with_keys) {
  Json body{{"ok", start.exit_code == 0}, {"problems", problems_json(start.loaded.problems)}};
  if (with_keys && start.exit_code == 0) body["keys"] = keys_json(start.loaded);
  print_json(context, body);
}

// The same code, sentences and exit codes as parleyd --check-config and --print-config.
int run_flags(Context& context, const char* mode, const std::string& file) {
  std::vector<const char*> words{"parleyd", mode};
  if (context.state_given) words.insert(words.end(), {"--state", context.state_dir.c_str()});
  if (!file.empty()) words.insert(words.end(), {"--config", file.c_str()});
  const auto start = config::parse_flags(static_cast<int>(words.size()), words.data(),
                                         config::environment_of(environ));
  if (context.format == Format::kJson)
    print_as_json(context, start, std::string_view(mode) == "--print-config");
  else
    context.terminal.out << start.output;
  context.terminal.err << start.complaint;
  return start.exit_code;
}

std::string program_beside() {
  std::error_code error;
  return (fs::read_symlink("/proc/self/exe", error).parent_path() / "parleyd").string();
}

}  // namespace

namespace {

// From the server itself, whose files are on another machine.
int show_remote_logs(Context& context, const LogFilter& filter, std::size_t last, bool follow) {
  if (follow)
    return refuse(context, Status::invalid_args("--follow reads the state folder's files, which "
                                                "--url does not reach: ask without it"));
  constexpr std::size_t kMostLines = 2000;
  auto path = fmt::format("/admin/v1/logs?lines={}&level={}", last > 0 ? last : kMostLines,
                          log::level_name(filter.level));
  const auto add = [&path](const char* name, const std::string& value) {
    if (!value.empty()) path += fmt::format("&{}={}", name, path_step(value));
  };
  add("since", filter.since);
  add("component", filter.component);
  add("plugin", filter.plugin);
  add("user", filter.user);
  add("session", filter.session);
  add("request", filter.request);
  const auto reply = context.client().get(path);
  if (!reply) return refuse(context, reply.status());
  if (!reply->ok()) return refuse(context, *reply);
  for (const auto& line : reply->body.at("lines"))
    context.terminal.out << line_for(context, line) << '\n';
  return kDone;
}

}  // namespace

int show_logs(Context& context, const std::string& file, const LogFilter& filter, std::size_t last,
              bool follow) {
  if (context.remote()) return show_remote_logs(context, filter, last, follow);
  if (!follow && log::existing_files(file).empty()) {
    return refuse(context, Status::not_found(
                               fmt::format("there is no log {}: give --state or --file", file)));
  }
  std::deque<std::string> held;  // with --lines, until it is known which are the last
  bool holding = last > 0;
  LogReader reader(file, filter, [&](const Json& line) {
    if (!holding) {
      context.terminal.out << line_for(context, line) << '\n';
      return;
    }
    held.push_back(line_for(context, line));
    if (held.size() > last) held.pop_front();
  });
  reader.read_all();
  for (const auto& line : held) context.terminal.out << line << '\n';
  holding = false;
  context.terminal.out.flush();
  while (follow && context.terminal.out.good()) {
    std::this_thread::sleep_for(kFollowPause);
    reader.read_more();
    context.terminal.out.flush();
  }
  if (reader.unreadable() > 0) {
    context.terminal.err << fmt::format("parleyctl: {} lines are no JSON and were passed over\n",
                                        reader.unreadable());
  }
  return kDone;
}

int check_config(Context& context, const std::string& file) {
  return run_flags(context, "--check-config", file);
}
int print_config(Context& context, const std::string& file) {
  return file.empty() ? live_config(context) : run_flags(context, "--print-config", file);
}

// parleyd does it: it knows the database, and holds the state folder's lock while it does.
int restore(Context& context, const std::string& file, const std::string& program) {
  if (context.remote())
    return refuse(
        context,
        Status::invalid_args("a database is restored on the server's own machine, without --url"));
  if (const auto ended = ask_first(
          context,
          fmt::format("Put {} in place of the database in {}? What is there is kept aside.", file,
                      context.state_dir)))
    return *ended;
  std::string path = program.empty() ? program_beside() : program;
  std::string backup = fs::absolute(file).string();
  char restore_flag[] = "--restore", state_flag[] = "--state";
  char* const words[] = {
      path.data(), restore_flag, backup.data(), state_flag, context.state_dir.data(), nullptr};
  pid_t child = 0;
  if (const int error = ::posix_spawn(&child, path.c_str(), nullptr, nullptr, words, environ);
      error != 0) {
    return refuse(context, Status::not_found(fmt::format(
                               "cannot run {}: {}; it lies beside parleyctl, or give --parleyd",
                               path, std::strerror(error))));
  }
  int how = 0;
  while (::waitpid(child, &how, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(how) ? WEXITSTATUS(how) : kRefused;
}

}  // namespace parley::ctl
