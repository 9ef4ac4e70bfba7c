// SPDX-License-Identifier: Apache-2.0
#include "plugin/hang_marks.h"

#include <fstream>
#include <system_error>

namespace parley::plugin {

void HangMarks::put(const std::string& id, const std::string& sha256) const {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  std::ofstream(folder_ / id) << sha256 << '\n';
}

bool HangMarks::has(const std::string& id, const std::string& sha256) const {
  std::ifstream file(folder_ / id);
  std::string hung;
  return file >> hung && hung == sha256;
}

}  // namespace parley::plugin
