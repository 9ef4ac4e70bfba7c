// SPDX-License-Identifier: Apache-2.0
// parley-plugin-host: the process that touches a plugin file instead of the server.
//
//   parley-plugin-host --describe FILE      writes the manifest as JSON to descriptor 3
//   parley-plugin-host --serve FILE ...     runs the plugin for the server, over lanes that begin
//                                           at descriptor 3 (isolation: process)
//
// Opening a file runs its static constructors, so limits and the sandbox come first; whatever they
// do ends with this process.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <unistd.h>

#include "loader/manifest.h"
#include "loader/shared_object.h"
#include "pluginhost/process_limits.h"
#include "pluginhost/serve.h"

namespace {

constexpr int kAnswerDescriptor = 3;

parley::Result<parley::loader::Manifest> describe(const std::string& file) {
  auto image = parley::loader::SharedObject::open(file);
  if (!image) return image.status();
  const auto* entry =
      static_cast<const parley_plugin_entry*>((*image)->symbol(PARLEY_ENTRY_SYMBOL));
  return parley::loader::read_manifest(entry, file);
}

bool write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const auto count = ::write(fd, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

[[noreturn]] void describe_and_exit(const std::string& file) {
  parley::pluginhost::end_with_parent(::getppid());
  parley::pluginhost::limit_this_process(
      {.memory = std::size_t{1} << 30, .descriptors = 64, .cpu_seconds = 3});
  const bool written =
      write_all(kAnswerDescriptor, parley::loader::manifest_to_json(describe(file)));
  _exit(written ? 0 : 1);  // no static destructors of a stranger's file
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--describe") == 0) describe_and_exit(argv[2]);
  if (argc > 2 && std::strcmp(argv[1], "--serve") == 0)
    return parley::pluginhost::serve({argv + 2, argv + argc});
  std::fprintf(stderr,
               "usage: parley-plugin-host --describe FILE | --serve FILE ...\nThe server starts "
               "this program; the answer goes to descriptor 3.\n");
  return 2;
}
