// SPDX-License-Identifier: Apache-2.0
#include "integration/support/ctl.h"

namespace parley::test {

std::string CtlResult::text() const {
  return "parleyctl ended with " + std::to_string(exit_code) + "\n" + out + err;
}

nlohmann::json CtlResult::json() const {
  auto value = nlohmann::json::parse(out, nullptr, false);
  if (value.is_discarded()) throw TestFailure("no JSON: " + text());
  return value;
}

CtlResult Ctl::run(const std::vector<std::string>& arguments) const {
  TempFolder folder;
  std::vector<std::string> command{PARLEY_BINARY_DIR "/bin/parleyctl", "--state", state_};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Child child(command, folder.path() / "out", folder.path() / "err");
  const auto code = child.wait(kPatience * 3);
  CtlResult result{code.value_or(-1), contents(folder.path() / "out"),
                   contents(folder.path() / "err")};
  if (!code) throw TestFailure("parleyctl hangs: " + result.text());
  return result;
}

CtlResult Ctl::must(const std::vector<std::string>& arguments) const {
  auto result = run(arguments);
  if (result.exit_code != 0) throw TestFailure(result.text());
  return result;
}

}  // namespace parley::test
