// SPDX-License-Identifier: Apache-2.0
#include "elf_image.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include <elf.h>

namespace parley::kit {
namespace {

#if __SIZEOF_POINTER__ == 8
using Header = Elf64_Ehdr;
using Section = Elf64_Shdr;
using Symbol = Elf64_Sym;
using Dynamic = Elf64_Dyn;
constexpr unsigned char kClass = ELFCLASS64;
#else
using Header = Elf32_Ehdr;
using Section = Elf32_Shdr;
using Symbol = Elf32_Sym;
using Dynamic = Elf32_Dyn;
constexpr unsigned char kClass = ELFCLASS32;
#endif

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A struct at an offset, copied out because nothing promises alignment.
template <typename Type>
std::optional<Type> at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(Type)) return std::nullopt;
  Type value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::string_view part(std::string_view bytes, const Section& section) {
  if (section.sh_offset > bytes.size()) return {};
  return bytes.substr(section.sh_offset, section.sh_size);
}

std::string name_at(std::string_view names, std::uint64_t offset) {
  if (offset >= names.size()) return {};
  const auto rest = names.substr(offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

std::optional<Header> own_header() {
  std::string start(sizeof(Header), '\0');
  std::ifstream("/proc/self/exe", std::ios::binary)
      .read(start.data(), static_cast<std::streamsize>(start.size()));
  return at<Header>(start, 0);
}

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "ARM 64";
    case EM_386:
      return "x86";
    case EM_ARM:
      return "ARM";
    case EM_RISCV:
      return "RISC-V";
    default:
      return "machine " + std::to_string(machine);
  }
}

Result<Header> header_of(std::string_view bytes) {
  const auto refuse = [](std::string why) { return Status::invalid_args(std::move(why)); };
  if (bytes.substr(0, SELFMAG) != ELFMAG)
    return refuse("it is no shared object (no ELF file); build it with parley_add_plugin");
  const auto header = at<Header>(bytes, 0);
  if (!header) return refuse("the file is cut off within its header");
  const auto own = own_header();
  const bool foreign = header->e_ident[EI_CLASS] != kClass ||
                       (own && (own->e_machine != header->e_machine ||
                                own->e_ident[EI_DATA] != header->e_ident[EI_DATA]));
  if (foreign)
    return refuse("it is built for " + machine_name(header->e_machine) + ", this machine is " +
                  machine_name(own ? own->e_machine : 0) + ": build it here, or check it there");
  if (header->e_type != ET_DYN)
    return refuse("it is an ELF file, but no shared object; link it with -shared");
  return *header;
}

void read_symbols(std::string_view bytes, const Section& table, std::string_view names,
                  ElfImage& image) {
  const auto symbols = part(bytes, table);
  for (std::uint64_t offset = sizeof(Symbol);; offset += sizeof(Symbol)) {
    const auto symbol = at<Symbol>(symbols, offset);
    if (!symbol) return;
    const unsigned binding = symbol->st_info >> 4;
    if (binding == STB_LOCAL) continue;
    const std::string name = name_at(names, symbol->st_name);
    if (symbol->st_shndx == SHN_UNDEF) {
      if (binding != STB_WEAK) image.imported.push_back(name);
      continue;
    }
    image.exported.push_back(name);
    if (binding == STB_GNU_UNIQUE) image.unique.push_back(name);
  }
}

bool says_nodelete(std::string_view entries) {
  for (std::uint64_t offset = 0;; offset += sizeof(Dynamic)) {
    const auto entry = at<Dynamic>(entries, offset);
    if (!entry || entry->d_tag == DT_NULL) return false;
    if (entry->d_tag == DT_FLAGS_1 && (entry->d_un.d_val & DF_1_NODELETE) != 0) return true;
  }
}

}  // namespace

Result<ElfImage> ElfImage::read(const std::filesystem::path& file) {
  const std::string bytes = bytes_of(file);
  const auto header = header_of(bytes);
  if (!header) return header.status();
  std::vector<Section> sections;
  for (unsigned i = 0; i < header->e_shnum; ++i) {
    const auto section = at<Section>(bytes, header->e_shoff + std::uint64_t{i} * sizeof(Section));
    if (!section) return Status::invalid_args("the file is cut off: its section table is missing");
    sections.push_back(*section);
  }
  ElfImage image;
  bool has_symbols = false;
  for (const Section& section : sections) {
    if (section.sh_type == SHT_DYNAMIC) image.never_unloaded = says_nodelete(part(bytes, section));
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections.size()) continue;
    has_symbols = true;
    read_symbols(bytes, section, part(bytes, sections[section.sh_link]), image);
  }
  if (!has_symbols)
    return Status::invalid_args("it has no table of symbols; do not strip section headers");
  return image;
}

}  // namespace parley::kit
