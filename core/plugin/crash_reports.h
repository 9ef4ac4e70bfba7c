// SPDX-License-Identifier: Apache-2.0
// Which plugin the server was in when a signal ended it: <state>/crashes/*.report, written by the
// handler, read at the next start; <state>/crashes/<id> keeps the hashes of the files that did it.
//
// The handler only opens, writes and closes a file whose name was made before, from the call scope
// of its own thread; then the signal takes its course. Thread: any; watch() once, before plugins.
// Failure: a report that cannot be written is lost; the crash is worse.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace parley::plugin {

struct CrashReport {
  int signal = 0;
  std::string plugin, version, sha256, what;  // empty: no plugin was running on that thread
  std::string sentence() const;
};

class CrashReports {
 public:
  explicit CrashReports(const std::filesystem::path& state) : folder_(state / "crashes") {}

  // SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT of this process, from now on.
  void watch() const;
  // Lets this thread's stack overflow be reported too; once per thread, then it costs nothing.
  static void prepare_this_thread();
  // What earlier runs left; each is told once, and counted against its file.
  std::vector<CrashReport> take_new() const;
  int crashes_of(const std::string& id, const std::string& sha256) const;
  // False: nothing was held against it.
  bool forgive(const std::string& id) const;

 private:
  const std::filesystem::path folder_;
};

}  // namespace parley::plugin
