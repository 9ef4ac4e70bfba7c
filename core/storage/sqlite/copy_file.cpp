// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/copy_file.h"

#include <cerrno>
#include <cstdint>
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
  std::error_code ignored;
  if (fs::is_directory(target, ignored))
    return Status::conflict(target.string() + " is a folder. Name a file in it.");
  return Status::conflict("The file " + target.string() +
                          " is there already. Name one that is not.");
}

// Who asked for the copy named the folder: what is wrong with it is told before anything is made.
Status check_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Status::not_found("There is no folder " + folder.string() +
                             " on the server's machine. Make it, or name another place.");
  }
  if (access(folder.c_str(), W_OK | X_OK) == 0) return Status::ok();
  return Status::forbidden("The server may not write in the folder " + folder.string() + " (" +
                           reason() + "). Give its user the right, or name another place.");
}

Status no_space(const fs::path& target, std::int64_t bytes) {
  constexpr std::int64_t kMiB = 1024 * 1024;
  return Status::overloaded("There is no space for the copy in " + folder_of(target).string() +
                            ": it takes about " + std::to_string((bytes + kMiB - 1) / kMiB) +
                            " MiB. Free some, or name another place. No file was left behind.");
}

Status copy_into(Connection& connection, const fs::path& file) {
  std::int64_t bytes = 0;
  try {
    bytes = connection.pragma("page_count") * connection.pragma("page_size");
    connection.query("VACUUM INTO ?").text(file.string()).run();
    return sync_path(file);
  } catch (const SQLite::Exception& error) {
    // The target is the one that is written: what fails in that way fails there.
    return is_lack_of_space(error) ? no_space(file, bytes) : describe(error, connection.label());
  }
}

Status fill(Connection& connection, const fs::path& file) {
  if (Status status = make_private_file(file); !status) return status;
  return copy_into(connection, file);
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
  if (Status status = check_folder(folder_of(target)); !status) return status;
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
