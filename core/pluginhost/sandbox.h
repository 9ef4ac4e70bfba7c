// SPDX-License-Identifier: Apache-2.0
// What takes this process's rights away before a stranger's code runs in it.
//
// Landlock leaves it the plugin's file, the system's libraries and the granted paths to read, and
// nothing to write: the server's state folder is out of reach. seccomp takes sockets (so connect to
// a Unix socket, and the network), ptrace and its kin, new processes, io_uring, mounts and keys.
// Thread: before the process has a second one; threads made later inherit it. Lifetime: for good.
// Failure: `missing` says which half this kernel or container does not have; the other half holds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace parley::pluginhost {

struct Protection {
  std::string holds;    // "landlock 5, seccomp", "" for nothing
  std::string missing;  // "" when everything holds, else what and why
};

// `readable`: files and folders that may be read; those that do not exist are passed over.
Protection enter_sandbox(const std::vector<std::filesystem::path>& readable);

}  // namespace parley::pluginhost
