// SPDX-License-Identifier: Apache-2.0
// parley-plugin-host: the process that touches a plugin file before the server does.
//
//   parley-plugin-host --describe FILE      writes the manifest as JSON to descriptor 3
//
// Opening a file runs its static constructors, so limits are set first; whatever they do ends with
// this process.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "loader/manifest.h"
#include "loader/shared_object.h"

namespace {

constexpr int kAnswerDescriptor = 3;

void limit(decltype(RLIMIT_CPU) resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(resource, &both);
}

void restrict_this_process() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, 3);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 64);
#ifndef PARLEY_SANITIZED  // sanitizers map terabytes of shadow memory
  limit(RLIMIT_AS, rlim_t{1} << 30);
#endif
}

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

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "--describe") != 0) {
    std::fprintf(stderr,
                 "usage: parley-plugin-host --describe FILE\nThe server starts this program; the "
                 "answer goes to descriptor 3.\n");
    return 2;
  }
  restrict_this_process();
  const bool written =
      write_all(kAnswerDescriptor, parley::loader::manifest_to_json(describe(argv[2])));
  _exit(written ? 0 : 1);  // no static destructors of a stranger's file
}
