// SPDX-License-Identifier: Apache-2.0
// Which files of plugins once hung an I/O thread: <state>/hung/<id> holds the hash. Read at the next
// load.
//
// Thread: any. Failure: a mark that cannot be written is lost; the watchdog has worse to report.
#pragma once

#include <filesystem>
#include <string>

namespace parley::plugin {

class HangMarks {
 public:
  explicit HangMarks(const std::filesystem::path& state) : folder_(state / "hung") {}
  void put(const std::string& id, const std::string& sha256) const;
  bool has(const std::string& id, const std::string& sha256) const;

 private:
  const std::filesystem::path folder_;
};

}  // namespace parley::plugin
