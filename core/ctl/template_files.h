// SPDX-License-Identifier: Apache-2.0
// sdk/template, compiled in: the program needs no other file to write a plugin.
#pragma once

#include <string_view>
#include <vector>

namespace parley::ctl {

// `@id@`, `@Class@`, `@action@` and `@sdk_version@` in name and text stand for the plugin's.
struct TemplateFile {
  std::string_view name;
  std::string_view text;
};

extern const char* const kSdkVersion;
const std::vector<TemplateFile>& template_files();

}  // namespace parley::ctl
