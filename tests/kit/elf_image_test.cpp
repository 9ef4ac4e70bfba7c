// SPDX-License-Identifier: Apache-2.0
// Files that say they are shared objects, and lie.
#include "elf_image.h"

#include <cstring>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kit/ran.h"

namespace parley::kit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ElfImages : public ::testing::Test {
 protected:
  std::string refusal_of(const std::string& bytes) const {
    const auto file = folder_.path() / "file.so";
    std::ofstream(file, std::ios::binary) << bytes;
    const auto image = ElfImage::read(file);
    return image ? "taken" : image.status().message();
  }
  const std::string good_ = test::contents(test::built("dice"));

 private:
  TempFolder folder_;
};

TEST_F(ElfImages, ReadsWhatAPluginExports) {
  const auto image = ElfImage::read(test::built("dice"));
  ASSERT_TRUE(image) << image.status().message();
  EXPECT_THAT(image->exported, ElementsAre("parley_plugin_entry_v1"));
  EXPECT_THAT(image->unique, IsEmpty());
  EXPECT_FALSE(image->never_unloaded);
  EXPECT_FALSE(image->imported.empty());
}

TEST_F(ElfImages, SeesWhatPinsAFile) {
  const auto pinned = ElfImage::read(test::fixture("pinned"));
  ASSERT_TRUE(pinned);
  EXPECT_TRUE(pinned->never_unloaded);
}

TEST_F(ElfImages, RefusesATextFile) {
  EXPECT_THAT(refusal_of("hello"), HasSubstr("no shared object"));
  EXPECT_THAT(refusal_of(""), HasSubstr("no shared object"));
}

TEST_F(ElfImages, NamesTheOtherMachine) {
  std::string foreign = good_;
  const bool arm = reinterpret_cast<const Elf64_Ehdr*>(good_.data())->e_machine == EM_AARCH64;
  const Elf64_Half machine = arm ? EM_X86_64 : EM_AARCH64;
  std::memcpy(foreign.data() + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
  EXPECT_THAT(refusal_of(foreign), HasSubstr(arm ? "built for x86-64" : "built for ARM 64"));
}

TEST_F(ElfImages, RefusesAProgram) {
  std::string program = good_;
  const Elf64_Half type = ET_EXEC;
  std::memcpy(program.data() + offsetof(Elf64_Ehdr, e_type), &type, sizeof type);
  EXPECT_THAT(refusal_of(program), HasSubstr("link it with -shared"));
}

TEST_F(ElfImages, ACutFileIsRefusedWhereverItIsCut) {
  for (std::size_t size = 0; size + 1 < good_.size(); size += 1 + good_.size() / 29)
    EXPECT_NE(refusal_of(good_.substr(0, size)), "taken") << size;
}

TEST_F(ElfImages, OffsetsThatPointOutsideAreNoReads) {
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(good_.data());
  for (unsigned i = 0; i < header->e_shnum; ++i) {
    for (const std::size_t field :
         {offsetof(Elf64_Shdr, sh_offset), offsetof(Elf64_Shdr, sh_size)}) {
      std::string broken = good_;
      const Elf64_Off far = ~Elf64_Off{0} - 7;
      std::memcpy(broken.data() + header->e_shoff + i * sizeof(Elf64_Shdr) + field, &far,
                  sizeof far);
      refusal_of(broken);  // whatever it says, it reads nothing outside
    }
  }
}

}  // namespace
}  // namespace parley::kit
