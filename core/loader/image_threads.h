// SPDX-License-Identifier: Apache-2.0
// Threads of this process that were started to run code of one image.
//
// A plugin that leaves a thread behind would crash the server as soon as its image is unmapped, and
// nothing tells who started a thread: names are inherited only by luck, and a thread that waits
// shows only where in the C library it does. But what a thread was started with, its routine and the
// routine's argument, lies in its descriptor for as long as it lives, beside the robust list whose
// place the kernel tells. A routine of the image itself (pthread_create, libc++, Rust), or an
// argument that begins with a pointer into it (libstdc++: the virtual table of what std::thread
// runs), is what is looked for. Nothing is stopped or signalled.
//
// Thread: any. Failure: a thread that ends meanwhile is passed over. Not seen: one whose routine
// belongs to another library that the plugin brought along.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace parley::loader {

// The addresses of an image, from the first byte to behind the last.
struct ImageSpan {
  std::uintptr_t begin = 0, end = 0;
  bool holds(std::uintptr_t address) const { return address >= begin && address < end; }
};

struct RunningThread {
  pid_t id = 0;
  std::string name;
};

std::vector<RunningThread> threads_of(const ImageSpan& image);

}  // namespace parley::loader
