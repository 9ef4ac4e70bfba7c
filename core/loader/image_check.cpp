// SPDX-License-Identifier: Apache-2.0
#include "loader/image_check.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <elf.h>

namespace parley::loader {
namespace {

namespace fs = std::filesystem;

using Header = Elf64_Ehdr;

Status refused(std::string why) {
  return Status(ErrorCode::kPluginError, std::move(why));
}

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "32-bit x86";
    case EM_AARCH64:
      return "64-bit ARM";
    case EM_ARM:
      return "32-bit ARM";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC";
    case EM_S390:
      return "IBM Z";
    default:
      return "machine " + std::to_string(machine);
  }
}

bool looks_like_text(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || c == '\n' || c == '\r' || c == '\t';
  });
}

// Of another byte order the numbers are turned round; only e_machine is read from such a file.
unsigned machine_of(const Header& header) {
  const bool own_order =
      (header.e_ident[EI_DATA] == ELFDATA2LSB) == (std::endian::native == std::endian::little);
  const unsigned machine = header.e_machine;
  return own_order ? machine : ((machine & 0xffu) << 8) | (machine >> 8);
}

Header header_of(std::string_view head) {
  Header header{};
  std::memcpy(&header, head.data(), std::min(head.size(), sizeof header));
  return header;
}

unsigned own_machine() {
  static const unsigned machine = [] {
    std::string head(sizeof(Header), '\0');
    std::ifstream("/proc/self/exe", std::ios::binary)
        .read(head.data(), static_cast<std::streamsize>(head.size()));
    return machine_of(header_of(head));
  }();
  return machine;
}

}  // namespace

Status check_image(std::string_view head, std::uint64_t size, unsigned own) {
  if (size == 0) return refused("is empty: copy the built plugin again");
  if (head.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG)) {
    return refused(std::string(looks_like_text(head) ? "is a text file" : "is no shared object") +
                   ": a plugin is what parley_add_plugin builds, an ELF file ending in .so");
  }
  if (head.size() < sizeof(Header)) return refused("is cut short: copy the built plugin again");
  const auto header = header_of(head);
  if (const auto machine = machine_of(header); machine != own) {
    return refused("is built for " + machine_name(machine) + ", this server runs on " +
                   machine_name(own) + ": build the plugin for this machine");
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64)
    return refused("is built for another word size than this server: build it for this machine");
  if (header.e_type != ET_DYN) {
    return refused(
        "is an executable or an object file, no shared object: build it with parley_add_plugin, or "
        "link it with -shared");
  }
  const std::uint64_t end = std::max(
      {header.e_shoff, header.e_shoff + std::uint64_t{header.e_shentsize} * header.e_shnum,
       header.e_phoff, header.e_phoff + std::uint64_t{header.e_phentsize} * header.e_phnum});
  if (end > size) {
    return refused("is cut short (" + std::to_string(size) + " of at least " + std::to_string(end) +
                   " bytes): copy the built plugin again");
  }
  return Status::ok();
}

Status check_image(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return refused("cannot be read: " + error.message());
  std::string head(std::min<std::uint64_t>(size, 256), '\0');
  std::ifstream in(file, std::ios::binary);
  if (!in.read(head.data(), static_cast<std::streamsize>(head.size())))
    return refused(std::string("cannot be read: ") + std::strerror(errno));
  return check_image(head, size, own_machine());
}

}  // namespace parley::loader
