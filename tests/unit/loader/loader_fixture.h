// SPDX-License-Identifier: Apache-2.0
// A folder with plugin files in it, and what is mapped of them.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "support/temp_folder.h"

namespace parley::loader {

namespace fs = std::filesystem;

class Folder {
 public:
  const fs::path& path() const { return folder_.path(); }

  // A copy of the built fixture, writable by its owner alone.
  fs::path place(const std::string& fixture) const { return place(fixture, fixture + ".so"); }
  fs::path place(const std::string& fixture, const std::string& name) const {
    const auto target = path() / name;
    fs::copy_file(fs::path(PARLEY_FIXTURES) / (fixture + ".so"), target,
                  fs::copy_options::overwrite_existing);
    fs::permissions(target, fs::perms::owner_all);
    return target;
  }
  fs::path write(const std::string& name, const std::string& text) const {
    const auto target = path() / name;
    std::ofstream(target) << text;
    fs::permissions(target, fs::perms::owner_all);
    return target;
  }

 private:
  TempFolder folder_;
};

inline bool is_mapped(const std::string& name) {
  std::stringstream maps;
  maps << std::ifstream("/proc/self/maps").rdbuf();
  return maps.str().find(name) != std::string::npos;
}

}  // namespace parley::loader
