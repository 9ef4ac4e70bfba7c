// SPDX-License-Identifier: Apache-2.0
#include "ctl/plugin_build.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include <fmt/core.h>

#include "ctl/program.h"

namespace parley::ctl {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> plugins_of(const std::string& cmake_lists) {
  static const std::regex kLine(
      R"((^|\n)[ \t]*parley_add_plugin[ \t]*\([ \t\n]*([a-z][a-z0-9-]*))");
  std::vector<std::string> ids;
  for (std::sregex_iterator at(cmake_lists.begin(), cmake_lists.end(), kLine), end; at != end; ++at)
    ids.push_back((*at)[2]);
  return ids;
}

// Where the sources of a build tree lie; empty when it is none.
fs::path home_of(const fs::path& tree) {
  static const std::regex kHome("(^|\n)CMAKE_HOME_DIRECTORY:INTERNAL=([^\n]*)");
  const std::string cache = contents(tree / "CMakeCache.txt");
  std::smatch found;
  return std::regex_search(cache, found, kHome) ? fs::path(found[2].str()) : fs::path();
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return !folder.empty() && end == folder.end();
}

bool has_program(const char* name) {
  const auto ran = take_output({name, "--version"});
  return ran && ran->exit_code == 0;
}

// Ninja's and make's progress, which is noise beside an error.
std::string without_progress(const std::string& output) {
  std::istringstream in(output);
  std::string kept;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with('[') && !line.starts_with("ninja: ")) kept += line + '\n';
  }
  return kept.empty() ? output : kept;
}

Status run_step(const std::vector<std::string>& words, const std::string& what) {
  const auto ran = take_output(words);
  if (!ran) return ran.status();
  if (ran->exit_code == 0) return Status::ok();
  return Status::invalid_args(fmt::format("{}{}", without_progress(ran->output), what));
}

Status configure(const PluginBuild& build, const fs::path& programs) {
  std::vector<std::string> words{"cmake",
                                 "-S",
                                 build.source,
                                 "-B",
                                 build.tree,
                                 "-DCMAKE_BUILD_TYPE=Debug",
                                 "-DPARLEY_PLUGIN_PCH=ON",
                                 "-DPARLEY_PLUGIN_DIR=" + (build.tree / "plugins").string()};
  const fs::path prefix = programs.parent_path();
  if (!prefix.empty()) words.push_back("-DCMAKE_PREFIX_PATH=" + prefix.string());
  if (has_program("ninja")) words.insert(words.end(), {"-G", "Ninja"});
  return run_step(words, "configuring failed; CMake's words stand above");
}

}  // namespace

Result<PluginBuild> find_plugin_build(const fs::path& folder, const fs::path& programs) {
  std::error_code error;
  PluginBuild build;
  build.source = fs::canonical(folder, error);
  if (error) return Status::not_found(fmt::format("there is no folder {}", folder.string()));
  const fs::path lists = build.source / "CMakeLists.txt";
  build.ids = plugins_of(contents(lists));
  if (build.ids.empty()) {
    return Status::invalid_args(fmt::format(
        "{} has no line parley_add_plugin(...): `parleyctl plugin new NAME` writes a plugin to "
        "begin with",
        lists.string()));
  }
  const fs::path own_tree = programs.parent_path();
  if (is_below(build.source, home_of(own_tree))) {
    build.tree = own_tree;
  } else {
    build.tree = build.source / "build" / "dev";
    build.own_project = true;
  }
  return build;
}

Status build_plugin(const PluginBuild& build, const fs::path& programs) {
  if (build.own_project && !fs::exists(build.tree / "CMakeCache.txt")) {
    if (auto status = configure(build, programs); !status) return status;
  }
  std::vector<std::string> words{"cmake", "--build", build.tree, "--target"};
  for (const auto& id : build.ids) words.push_back("plugin_" + id);
  return run_step(words, "building failed; the compiler's words stand above");
}

}  // namespace parley::ctl
