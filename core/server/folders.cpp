// SPDX-License-Identifier: Apache-2.0
#include "server/folders.h"

#include <fcntl.h>
#include <unistd.h>

namespace parley::server {

namespace fs = std::filesystem;

fs::path program_folder() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

std::string typed(const fs::path& folder, const std::string& name, const fs::path& here) {
  const auto path = folder.lexically_relative(here);
  // From the root everything is below.
  const bool below = !path.empty() && *path.begin() != ".." && here != here.root_path();
  return below ? (path == "." ? "./" + name : (path / name).string()) : name;
}

Status write_private(const fs::path& file, const std::string& text) {
  const auto temporary = fs::path(file).concat(".new");
  std::error_code error;
  fs::remove(temporary, error);
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (fd >= 0) ::close(fd);
  if (written) fs::rename(temporary, file, error);
  return written && !error
             ? Status::ok()
             : Status::internal(file.string() +
                                " cannot be written: check the disk and the folder's rights");
}

}  // namespace parley::server
