// SPDX-License-Identifier: Apache-2.0
// A plugin's image in this process. The only file of the project that sees Boost.DLL.
//
// Ownership: the object owns the mapping; close() or the destructor gives it back. Whoever holds a
// pointer into the image (an entry, a vtable, a string literal) has to drop it before. Thread: open
// and close where foreign code may take its time (a plugin's lane), because dlopen runs static
// constructors and dlclose static destructors. Failure: open() returns the dynamic linker's own sentence; close()
// says when the image stayed mapped.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/status.h"
#include "loader/image_threads.h"

namespace parley::loader {

class SharedObject {
 public:
  // Maps `file` with RTLD_NOW | RTLD_LOCAL. The file must be a private copy (see staging.h):
  // overwriting a mapped file kills the process, and the same inode mapped twice gives back the
  // first image.
  static Result<std::unique_ptr<SharedObject>> open(const std::filesystem::path& file);

  ~SharedObject();
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;

  // The address of an exported data symbol, or null.
  const void* symbol(const char* name) const;

  // Where it lies; nothing once it was given back or given up.
  ImageSpan span() const;

  // dlclose, then asks the linker (RTLD_NOLOAD) whether the image is really gone. Not ok: the image
  // stayed mapped (a unique symbol, a thread-local destructor, a sanitizer build); it is harmless,
  // but memory and static state remain.
  Status close();

  // Gives the mapping up for good without unmapping it: code of the image may still run somewhere.
  // `instance` is what the image made and nobody may free any more.
  void leak(const void* instance = nullptr);

  // How many images of this process were given up, or stayed mapped. Their destructors run at exit().
  static int left_mapped();

 private:
  struct Library;
  explicit SharedObject(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

}  // namespace parley::loader
