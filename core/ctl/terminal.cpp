// SPDX-License-Identifier: Apache-2.0
#include "ctl/terminal.h"

#include <iostream>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace parley::ctl {
namespace {

constexpr std::size_t kMaxSecret = 1024;

std::size_t window_width() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

// Echo off for a scope.
class Silence {
 public:
  explicit Silence(int descriptor) : descriptor_(descriptor) {
    if (::tcgetattr(descriptor_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    works_ = ::tcsetattr(descriptor_, TCSAFLUSH, &quiet) == 0;
  }
  ~Silence() {
    if (works_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
  }
  bool works() const { return works_; }

 private:
  const int descriptor_;
  termios before_{};
  bool works_ = false;
};

std::string read_line(int descriptor) {
  std::string line;
  for (char c = 0; line.size() < kMaxSecret && ::read(descriptor, &c, 1) == 1 && c != '\n';)
    line += c;
  return line;
}

Result<std::string> ask_on_tty(const std::string& question) {
  const auto nobody = Status::invalid_args("there is no terminal to ask on: give --password-file");
  const int tty = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (tty < 0) return nobody;
  std::string line;
  bool asked = false;
  if (const Silence silence(tty); silence.works()) {
    asked = ::write(tty, question.data(), question.size()) == static_cast<ssize_t>(question.size());
    if (asked) line = read_line(tty);
  }
  ::close(tty);
  if (!asked) return nobody;
  return line;
}

std::string ask_on_standard_input(const std::string& question) {
  std::cerr << question << std::flush;
  return read_line(STDIN_FILENO);
}

}  // namespace

Terminal process_terminal() {
  Terminal terminal{std::cout, std::cerr, window_width(), ask_on_tty, {}};
  if (::isatty(STDIN_FILENO) != 0) terminal.ask = ask_on_standard_input;
  return terminal;
}

}  // namespace parley::ctl
