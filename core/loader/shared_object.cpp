// SPDX-License-Identifier: Apache-2.0
#include "loader/shared_object.h"

#define BOOST_DLL_USE_STD_FS
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/dll/shared_library.hpp>
#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>

namespace parley::loader {

namespace {

std::atomic<int> left{0};

struct Search {
  ElfW(Addr) base;
  ImageSpan found;
};

int add_segments(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  if (info->dlpi_addr != search.base) return 0;
  auto& span = search.found;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    const auto begin = info->dlpi_addr + segment.p_vaddr, end = begin + segment.p_memsz;
    span.begin = span.end == 0 ? begin : std::min<std::uintptr_t>(span.begin, begin);
    span.end = std::max<std::uintptr_t>(span.end, end);
  }
  return 1;
}

// "report(int) (_Z6reporti)", or the name as it is when C++ has no other for it.
std::string readable(const std::string& symbol) {
  int failed = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &failed), &std::free);
  return failed == 0 ? std::string(name.get()) + " (" + symbol + ")" : symbol;
}

// The linker's own words, out of "... (dlerror system message: FILE: WORDS): ...": our library and our
// private copy say nothing to who gave the file.
std::string reason_of(const std::string& what, const std::string& file) {
  constexpr std::string_view kBefore = "dlerror system message: ", kAfter = "): ";
  constexpr std::string_view kMissing = "undefined symbol: ";
  const auto found = what.find(kBefore);
  if (found == what.npos) return what;
  auto words = what.substr(found + kBefore.size());
  words.erase(std::min(words.rfind(kAfter), words.size()));
  if (words.starts_with(file + ": ")) words.erase(0, file.size() + 2);
  if (!words.starts_with(kMissing)) return words;
  return std::string(kMissing) + readable(words.substr(kMissing.size())) +
         ": neither the plugin nor the server has it. Define it, or link the plugin with the "
         "library "
         "that does, and build it again";
}

}  // namespace

struct SharedObject::Library {
  boost::dll::shared_library handle;
  std::filesystem::path file;
};

SharedObject::SharedObject(std::unique_ptr<Library> library) : library_(std::move(library)) {}

SharedObject::~SharedObject() {
  if (library_) (void)close();
}

Result<std::unique_ptr<SharedObject>> SharedObject::open(const std::filesystem::path& file) {
  auto library = std::make_unique<Library>();
  library->file = file;
  try {
    // The throwing overload carries dlerror's text; the error_code one says only "Bad file
    // descriptor".
    library->handle.load(file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    return Status(ErrorCode::kPluginError, reason_of(error.what(), file.string()));
  }
  return std::unique_ptr<SharedObject>(new SharedObject(std::move(library)));
}

const void* SharedObject::symbol(const char* name) const {
  // dlsym rather than shared_library::get, which is typed and throws: an absent entry is an
  // ordinary answer here.
  return library_ ? dlsym(library_->handle.native(), name) : nullptr;
}

ImageSpan SharedObject::span() const {
  link_map* map = nullptr;
  if (!library_ || ::dlinfo(library_->handle.native(), RTLD_DI_LINKMAP, &map) != 0) return {};
  Search search{map->l_addr, {}};
  ::dl_iterate_phdr(add_segments, &search);
  return search.found;
}

Status SharedObject::close() {
  if (!library_) return Status::ok();
  const auto file = library_->file;
  library_->handle.unload();  // ignores dlclose's result, hence the question below
  library_.reset();
  void* still_there = dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (still_there == nullptr) return Status::ok();
  dlclose(still_there);
  ++left;
  return Status(ErrorCode::kPluginError,
                "the image stayed mapped after dlclose (a unique symbol, a thread-local destructor "
                "or a sanitizer keeps it); "
                "a new version loads beside it");
}

int SharedObject::left_mapped() {
  return left;
}

void SharedObject::leak(const void* instance) {
  // Both stay reachable, so that a leak checker does not report what is meant.
  struct Kept {
    std::unique_ptr<Library> library;
    const void* instance;
  };
  static std::mutex mutex;
  static auto& kept = *new std::vector<Kept>;
  const std::lock_guard lock(mutex);
  if (!library_) return;
  kept.push_back({std::move(library_), instance});
  ++left;
}

}  // namespace parley::loader
