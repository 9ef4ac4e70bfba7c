// SPDX-License-Identifier: Apache-2.0
#include "loader/image_check.h"

#include <cstring>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loader_fixture.h"

namespace parley::loader {
namespace {

using ::testing::HasSubstr;

Elf64_Ehdr good_header() {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_machine = EM_X86_64;
  header.e_phoff = sizeof header;
  header.e_phentsize = 56;
  header.e_phnum = 4;
  return header;
}

std::string refusal(const Elf64_Ehdr& header, std::uint64_t size = 4096) {
  return check_image({reinterpret_cast<const char*>(&header), sizeof header}, size, EM_X86_64)
      .message();
}

TEST(ImageCheckTest, APluginOfThisMachinePasses) {
  EXPECT_EQ(refusal(good_header()), "");
  const Folder folder;
  EXPECT_TRUE(check_image(folder.place("steady")));
}

TEST(ImageCheckTest, SaysWhatTheFileIsInstead) {
  const auto says = [](std::string_view bytes) {
    return check_image(bytes, bytes.size(), EM_X86_64).message();
  };
  EXPECT_THAT(says(""), HasSubstr("is empty"));
  EXPECT_THAT(says("#include <parley/plugin.hpp>\n"), HasSubstr("is a text file"));
  EXPECT_THAT(says(std::string("PK\x03\x04\0\0", 6)), HasSubstr("is no shared object"));
  EXPECT_THAT(says("\x7f"
                   "ELF"),
              HasSubstr("is cut short"));
}

TEST(ImageCheckTest, AnotherMachineIsNamedInEitherByteOrder) {
  auto header = good_header();
  header.e_machine = EM_AARCH64;
  EXPECT_EQ(refusal(header),
            "is built for 64-bit ARM, this server runs on x86-64: build the plugin for this "
            "machine");
  header.e_ident[EI_DATA] = ELFDATA2MSB;
  header.e_machine = EM_S390 << 8;
  EXPECT_THAT(refusal(header), HasSubstr("is built for IBM Z"));
}

TEST(ImageCheckTest, OnlyWholeSharedObjectsPass) {
  auto header = good_header();
  header.e_type = ET_REL;
  EXPECT_THAT(refusal(header), HasSubstr("no shared object"));
  header = good_header();
  header.e_ident[EI_CLASS] = ELFCLASS32;
  EXPECT_THAT(refusal(header), HasSubstr("word size"));
  header = good_header();
  header.e_shoff = 100'000;
  EXPECT_THAT(refusal(header), HasSubstr("cut short (4096 of at least 100000 bytes)"));
}

TEST(ImageCheckTest, AFileThatIsNotThereIsSaidSo) {
  EXPECT_THAT(check_image("/nonexistent/plugin.so").message(), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace parley::loader
