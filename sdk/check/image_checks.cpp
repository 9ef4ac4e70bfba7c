// SPDX-License-Identifier: Apache-2.0
// The file, its entry, and whether memory is given back.
#include <algorithm>
#include <fstream>
#include <set>

#include <malloc.h>
#include <unistd.h>

#include "check_list.h"
#include "elf_image.h"

namespace parley::kit {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.size() > 300 ? text.substr(0, 300) + " ..." : text;
}

ElfImage read_elf(const Bench& bench) {
  auto elf = ElfImage::read(bench.subject.copy());
  if (!elf) throw Broken(elf.status().message());
  return std::move(*elf);
}

// Bytes of this process that are not files: what a leak would make grow.
std::size_t resident() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident_pages = 0, shared_pages = 0;
  statm >> total >> resident_pages >> shared_pages;
  return (resident_pages - shared_pages) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// One life of the plugin as a server leads it: mapped, started, used, stopped, unmapped.
Status live_once(const Bench& bench) {
  const auto image = open_image(bench);
  {
    const auto host = start_plugin(bench, options_for(bench, *image));
    call_all(bench, *host, SampleKind::kUsual);
    bench.doing("stopping");
  }
  bench.doing("unmapping");
  return image->close();
}

}  // namespace

Seen check_file(const Bench& bench) {
  const auto elf = read_elf(bench);
  return {counted(elf.imported.size(), "imported symbol")};
}

Seen check_symbols(const Bench& bench) {
  const auto elf = read_elf(bench);
  if (elf.exported.empty() || !std::ranges::count(elf.exported, PARLEY_ENTRY_SYMBOL))
    throw Broken("exports no " PARLEY_ENTRY_SYMBOL
                 ": end one source file with PARLEY_PLUGIN(...) and link with plugin.map");
  if (!elf.unique.empty())
    throw Broken("unique symbols pin it in memory for ever: " + joined(elf.unique) +
                 "; compile with -fno-gnu-unique, and link no archive compiled without it");
  if (elf.exported.size() > 1)
    throw Broken("exports more than its entry: " + joined(elf.exported) +
                 "; build it with parley_add_plugin, or link with plugin.map");
  if (elf.never_unloaded)
    throw Broken("is linked with -z nodelete, so that it can never be unloaded");
  if (std::ranges::any_of(elf.imported, [](const std::string& name) {
        return name.starts_with("__cxa_thread_atexit");
      }))
    throw Broken(
        "has thread_local objects with destructors (it imports __cxa_thread_atexit), which keep "
        "it mapped for as long as a thread lives that touched them; make them members");
  return {"nothing but its entry"};
}

Seen check_entry(const Bench& bench) {
  const auto image = open_image(bench);
  const auto& manifest = image->manifest();
  const std::set<std::string> distinct(manifest.permissions.begin(), manifest.permissions.end());
  if (distinct.size() < manifest.permissions.size())
    throw Broken("asks for a permission twice: " + joined(manifest.permissions));
  if (manifest.description.empty() || manifest.description.find('\n') != std::string::npos)
    throw Broken("its description must be one line: `parleyctl plugin list` shows it");
  const std::string text =
      manifest.id + " " + manifest.version + ", ABI " + std::to_string(manifest.abi_major) + "." +
      std::to_string(manifest.abi_minor) +
      (manifest.permissions.empty() ? std::string() : ", asks for " + joined(manifest.permissions));
  if (bench.subject.file().stem() != manifest.id)
    return {"the file is called " + bench.subject.file().filename().string() +
                " and a server looks for " + manifest.id + ".so (or --from FILE)",
            true};
  return {text};
}

Seen check_settings(const Bench& bench) {
  const auto image = open_image(bench);
  if (image->manifest().config_schema.empty()) throw NotApplicable("it has none");
  const auto options = options_for(bench, *image);
  const auto host = start_plugin(bench, options);
  bench.doing("offering the settings it runs with once more");
  if (const auto refusal = host->change_config(options.config);
      refusal && refusal->find("no new settings") == std::string::npos)
    throw Broken("refuses the very settings it runs with: " + *refusal);
  expect_behaved(*host);
  bench.doing("stopping");
  return {"with the defaults: " + options.config.substr(0, 200)};
}

Seen check_unmapped(const Bench& bench) {
  const Status closed = live_once(bench);
#ifdef PARLEY_SANITIZED
  throw NotApplicable("this program is built with a sanitizer, which keeps files mapped");
#endif
  if (!closed) throw Broken(closed.message());
  return {"dlclose gave it back"};
}

Seen check_memory(const Bench& bench) {
#ifdef PARLEY_SANITIZED
  throw NotApplicable("this program is built with a sanitizer, which has a memory of its own");
#endif
  constexpr std::size_t kHeapSlack = 64 << 10, kResidentSlack = 8 << 20;
  const int warm_up = std::max(10, bench.reloads / 10);  // until the allocator has what it keeps
  for (int i = 0; i < warm_up; ++i) (void)live_once(bench);
  const std::size_t heap = ::mallinfo2().uordblks, memory = resident();
  for (int i = 0; i < bench.reloads; ++i) (void)live_once(bench);
  const std::size_t heap_after = ::mallinfo2().uordblks, memory_after = resident();
  const auto grown = [&](std::size_t before, std::size_t after, const char* what) {
    return std::string(what) + " grew from " + std::to_string(before >> 10) + " to " +
           std::to_string(after >> 10) + " KiB in " + std::to_string(bench.reloads) + " reloads";
  };
  if (heap_after > heap + kHeapSlack)
    throw Broken(grown(heap, heap_after, "its heap") + ": free everything in destroy");
  if (memory_after > memory + kResidentSlack)
    throw Broken(grown(memory, memory_after, "the process"));
  return {"flat over " + std::to_string(bench.reloads) + " reloads"};
}

}  // namespace parley::kit
