// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/copy_file.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "storage/sqlite/connection.h"

namespace parley::storage {
namespace {

namespace fs = std::filesystem;

std::string reason() {
  return std::generic_category().message(errno);
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

Status already_there(const fs::path& target) {
  return Status::conflict("The file " + target.string() +
                          " is there already. Name one that is not.");
}

Status fill(Connection& connection, const fs::path& file) {
  if (Status status = make_private_file(file); !status) return status;
  const Status copied = connection.attempt([&] {
    connection.query("VACUUM INTO ?").text(file.string()).run();
    return Status::ok();
  });
  return copied.is_ok() ? sync_path(file) : copied;
}

// link() and not rename(): it refuses to replace a file that appeared in between.
Status publish(const fs::path& partial, const fs::path& target, Overwrite overwrite) {
  const bool done = overwrite == Overwrite::kYes ? rename(partial.c_str(), target.c_str()) == 0
                                                 : link(partial.c_str(), target.c_str()) == 0;
  if (done) return sync_path(folder_of(target));
  if (errno == EEXIST) return already_there(target);
  return Status::internal("The file " + target.string() + " could not be made: " + reason() + ".");
}

}  // namespace

Status copy_database(Connection& connection, const fs::path& target, Overwrite overwrite) {
  std::error_code ignored;
  if (overwrite == Overwrite::kNo && fs::exists(fs::symlink_status(target, ignored))) {
    return already_there(target);
  }
  fs::path partial = target;
  partial += ".partial";
  fs::remove(partial, ignored);  // left by an interrupted copy
  Status status = fill(connection, partial);
  if (status.is_ok()) status = publish(partial, target, overwrite);
  fs::remove(partial, ignored);
  return status;
}

Status make_private_file(const fs::path& file) {
  const int descriptor = open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Status::internal("The file " + file.string() + " cannot be written: " + reason() + ".");
  }
  close(descriptor);
  return Status::ok();
}

Status sync_path(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  const Status status =
      synced ? Status::ok()
             : Status::internal(path.string() + " could not be brought to disk: " + reason() + ".");
  if (descriptor >= 0) close(descriptor);
  return status;
}

}  // namespace parley::storage
