// SPDX-License-Identifier: Apache-2.0
#include "plugin/crash_reports.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "plugin/call_scope.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr std::string_view kSuffix = ".report";

// What the handler uses is made before: nothing may be allocated in it.
std::array<char, 1024> report_file{};
std::array<struct sigaction, kSignals.size()> before{};

// Async-signal-safe, like everything the handler calls.
void put(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void put_line(int fd, std::string_view name, std::string_view value) {
  put(fd, name);
  put(fd, " ");
  put(fd, value);
  put(fd, "\n");
}

void report(int signal) {
  const int fd = ::open(report_file.data(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  const std::array<char, 3> number = {static_cast<char>('0' + signal / 10),
                                      static_cast<char>('0' + signal % 10), '\0'};
  put_line(fd, "signal", number.data());
  if (const auto* scope = CallScope::innermost(); scope != nullptr) {
    put_line(fd, "plugin", scope->plugin().id());
    put_line(fd, "version", scope->plugin().manifest().version);
    put_line(fd, "sha256", scope->plugin().sha256());
    put_line(fd, "what", scope->what);
  }
  ::fsync(fd);
  ::close(fd);
}

void on_crash(int signal) {
  const int error = errno;
  report(signal);
  // Whoever handled it before does so now; by default the process ends.
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal) ::sigaction(signal, &before[i], nullptr);
  }
  errno = error;
  ::raise(signal);
}

// A stack that has overflowed cannot carry the handler. One that is there already (a sanitizer's)
// stays.
class HandlerStack {
 public:
  HandlerStack() {
    stack_t now{};
    if (::sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
    memory_ = std::make_unique<char[]>(kSize);
    stack_t own{};
    own.ss_sp = memory_.get();
    own.ss_size = kSize;
    ::sigaltstack(&own, nullptr);
  }
  ~HandlerStack() {
    if (memory_ == nullptr) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  HandlerStack(const HandlerStack&) = delete;
  HandlerStack& operator=(const HandlerStack&) = delete;

 private:
  static constexpr std::size_t kSize = 64 << 10;
  std::unique_ptr<char[]> memory_;
};

CrashReport read_report(const fs::path& path) {
  CrashReport report;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto space = line.find(' ');
    if (space == std::string::npos) continue;
    const auto name = line.substr(0, space);
    auto value = line.substr(space + 1);
    if (name == "signal") report.signal = std::atoi(value.c_str());
    if (name == "plugin")
      report.plugin = std::move(value);
    else if (name == "version")
      report.version = std::move(value);
    else if (name == "sha256")
      report.sha256 = std::move(value);
    else if (name == "what")
      report.what = std::move(value);
  }
  return report;
}

}  // namespace

std::string CrashReport::sentence() const {
  const std::string name = ::sigabbrev_np(signal) != nullptr ? ::sigabbrev_np(signal) : "?";
  if (plugin.empty()) return "the server was ended by SIG" + name + ", not inside a plugin";
  return "the server was ended by SIG" + name + " in " + what + " of plugin " + plugin + " " +
         version;
}

void CrashReports::watch() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  const auto file = (folder_ / (std::to_string(::getpid()) + std::string(kSuffix))).string();
  if (file.size() >= report_file.size()) return;
  std::memcpy(report_file.data(), file.c_str(), file.size() + 1);
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before[i]);
}

void CrashReports::prepare_this_thread() {
  static const thread_local HandlerStack stack;
  (void)stack;
}

std::vector<CrashReport> CrashReports::take_new() const {
  std::vector<CrashReport> all;
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() == kSuffix) files.push_back(entry.path());
  }
  for (const auto& file : files) {
    auto report = read_report(file);
    if (loader::is_plugin_id(report.plugin))
      std::ofstream(folder_ / report.plugin, std::ios::app) << report.sha256 << '\n';
    fs::remove(file, error);
    all.push_back(std::move(report));
  }
  return all;
}

int CrashReports::crashes_of(const std::string& id, const std::string& sha256) const {
  std::ifstream file(folder_ / id);
  int count = 0;
  for (std::string line; std::getline(file, line);) count += line == sha256;
  return count;
}

bool CrashReports::forgive(const std::string& id) const {
  std::error_code error;
  return loader::is_plugin_id(id) && fs::remove(folder_ / id, error);
}

}  // namespace parley::plugin
