// SPDX-License-Identifier: Apache-2.0
// A folder with plugin files in it, and what is mapped of them.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <stdlib.h>

namespace parley::loader {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "parley-loader-XXXXXX").string();
    path_ = mkdtemp(name.data());
    fs::permissions(path_, fs::perms::owner_all);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

  // A copy of the built fixture, writable by its owner alone.
  fs::path place(const std::string& fixture) const { return place(fixture, fixture + ".so"); }
  fs::path place(const std::string& fixture, const std::string& name) const {
    const auto target = path_ / name;
    fs::copy_file(fs::path(PARLEY_FIXTURES) / (fixture + ".so"), target,
                  fs::copy_options::overwrite_existing);
    fs::permissions(target, fs::perms::owner_all);
    return target;
  }
  fs::path write(const std::string& name, const std::string& text) const {
    const auto target = path_ / name;
    std::ofstream(target) << text;
    fs::permissions(target, fs::perms::owner_all);
    return target;
  }

 private:
  fs::path path_;
};

inline bool is_mapped(const std::string& name) {
  std::stringstream maps;
  maps << std::ifstream("/proc/self/maps").rdbuf();
  return maps.str().find(name) != std::string::npos;
}

}  // namespace parley::loader
