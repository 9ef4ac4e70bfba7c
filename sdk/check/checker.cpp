// SPDX-License-Identifier: Apache-2.0
#include "checker.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parley::kit {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

// What the child is about to do: still readable when it is dead.
class Note {
 public:
  Note()
      : text_(static_cast<char*>(
            ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;
  ~Note() {
    if (text_ != MAP_FAILED) ::munmap(text_, kSize);
  }
  void write(const std::string& text) const {
    if (text_ == MAP_FAILED) return;
    const std::size_t size = std::min(text.size(), kSize - 1);
    std::memcpy(text_, text.data(), size);
    text_[size] = '\0';
  }
  std::string read() const { return text_ == MAP_FAILED ? std::string() : std::string(text_); }

 private:
  static constexpr std::size_t kSize = 4096;
  char* text_;
};

Json run_in_child(const Check& check, const Bench& bench) {
  const auto result = [](Verdict verdict, const std::string& text) {
    return Json{{"verdict", static_cast<int>(verdict)}, {"text", text}};
  };
  try {
    const Seen seen = check.run(bench);
    return result(seen.warning ? Verdict::kWarning : Verdict::kHeld, seen.text);
  } catch (const Broken& broken) {
    return result(Verdict::kBroken, broken.what());
  } catch (const NotApplicable& reason) {
    return result(Verdict::kNotApplicable, reason.what());
  } catch (const std::exception& error) {
    return result(Verdict::kBroken, std::string("lets an exception out, which may not cross the "
                                                "ABI: ") +
                                        error.what());
  } catch (...) {
    return result(Verdict::kBroken, "lets something out that is thrown: nothing may cross the ABI");
  }
}

[[noreturn]] void be_the_child(const Check& check, const Bench& bench, int answer,
                               bool show_output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  if (!show_output) {
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, fd);
  }
  const std::string text =
      run_in_child(check, bench).dump(-1, ' ', false, Json::error_handler_t::replace);
  for (std::size_t done = 0; done < text.size();) {
    const auto count = ::write(answer, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    done += static_cast<std::size_t>(count);
  }
  ::_exit(0);  // no static destructors of a stranger's file
}

// What came until the pipe was closed; empty `open` afterwards: in time.
std::string read_until(int fd, Clock::time_point deadline, bool& in_time) {
  std::string answer;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{fd, POLLIN, 0};
    const int count = left > 0 ? ::poll(&ready, 1, static_cast<int>(left)) : 0;
    if (count < 0 && errno == EINTR) continue;
    in_time = count > 0;
    if (!in_time) return answer;
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string death_of(int code, const std::string& doing) {
  const std::string place = doing.empty() ? "" : " while " + doing;
  if (WIFSIGNALED(code)) {
    const int signal = WTERMSIG(code);
    return std::string("crashed") + place + " (" + ::strsignal(signal) + ")";
  }
  return "ended the process" + place + " (exit code " + std::to_string(WEXITSTATUS(code)) +
         "): a plugin may not call exit";
}

void judge(Finding& finding, const std::string& answer, int code, const std::string& doing) {
  const Json said = Json::parse(answer, nullptr, false);
  const bool whole = said.is_object() && said.contains("verdict") && said.contains("text");
  finding.verdict = whole ? static_cast<Verdict>(said["verdict"].get<int>()) : Verdict::kBroken;
  finding.text = whole ? said["text"].get<std::string>() : death_of(code, doing);
}

void run_check(const Check& check, const Subject& subject, const CheckerOptions& options,
               Finding& finding) {
  const Note note;
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    finding.text = std::string("no pipe: ") + std::strerror(errno);
    return;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const Bench bench{subject, options.reloads, [&](const std::string& text) { note.write(text); }};
    be_the_child(check, bench, pipe[1], options.show_output);
  }
  ::close(pipe[1]);
  bool in_time = false;
  const std::string answer = read_until(pipe[0], Clock::now() + options.timeout, in_time);
  ::close(pipe[0]);
  if (!in_time) ::kill(child, SIGKILL);
  int code = 0;
  while (::waitpid(child, &code, 0) < 0 && errno == EINTR) {
  }
  if (in_time) return judge(finding, answer, code, note.read());
  finding.verdict = Verdict::kBroken;
  finding.text = "hangs while " + note.read() + " (given up after " +
                 std::to_string(options.timeout.count() / 1000) + " s)";
}

bool wanted(const Check& check, const CheckerOptions& options) {
  return options.only.empty() || check.decides ||
         std::ranges::count(options.only, std::string(check.name)) > 0;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHeld:
      return "held";
    case Verdict::kWarning:
      return "warning";
    case Verdict::kNotApplicable:
      return "not applicable";
    case Verdict::kBroken:
      return "broken";
    case Verdict::kNotMade:
      return "not made";
  }
  return "";
}

std::vector<Finding> check_plugin(const Subject& subject, const CheckerOptions& options) {
  std::vector<Finding> findings;
  std::string_view decided;  // the check without which the rest makes no sense
  for (const Check& check : all_checks()) {
    if (!wanted(check, options)) continue;
    Finding& finding = findings.emplace_back(Finding{check.name, check.promise});
    if (!decided.empty()) {
      finding.text = "mend `" + std::string(decided) + "` first";
      continue;
    }
    const auto begin = Clock::now();
    run_check(check, subject, options, finding);
    finding.ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    if (check.decides && finding.verdict == Verdict::kBroken) decided = check.name;
  }
  return findings;
}

bool all_held(const std::vector<Finding>& findings) {
  return std::ranges::none_of(findings, [](const Finding& finding) {
    return finding.verdict == Verdict::kBroken || finding.verdict == Verdict::kNotMade;
  });
}

}  // namespace parley::kit
