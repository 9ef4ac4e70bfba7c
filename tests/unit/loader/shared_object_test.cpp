// SPDX-License-Identifier: Apache-2.0
#include "loader/shared_object.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/plugin_abi.h>

#include "loader_fixture.h"

namespace parley::loader {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string refusal(const fs::path& file) {
  const auto opened = SharedObject::open(file);
  return opened ? "" : opened.status().message();
}

TEST(SharedObjectTest, OpensAndGivesTheEntry) {
  const Folder folder;
  auto image = SharedObject::open(folder.place("throws-in-call"));
  ASSERT_TRUE(image) << image.status().message();
  const auto* entry =
      static_cast<const parley_plugin_entry*>((*image)->symbol(PARLEY_ENTRY_SYMBOL));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->abi_major, static_cast<std::uint32_t>(PARLEY_ABI_MAJOR));
  EXPECT_EQ((*image)->symbol("no_such_name"), nullptr);
}

TEST(SharedObjectTest, TheLinkersOwnSentenceSaysWhatIsWrong) {
  const Folder folder;
  EXPECT_THAT(refusal(folder.write("text.so", std::string(200, '?'))),
              HasSubstr("invalid ELF header"));
  EXPECT_THAT(refusal(folder.write("empty.so", "")), HasSubstr("file too short"));
  EXPECT_THAT(refusal(folder.path() / "absent.so"), HasSubstr("No such file or directory"));
#ifndef PARLEY_SANITIZED
  EXPECT_THAT(
      refusal(folder.place("missing-symbol")),
      AllOf(StartsWith("undefined symbol: nobody_defines_this"), HasSubstr("link the plugin"),
            Not(HasSubstr("boost")), Not(HasSubstr(folder.path().string()))));
#endif
}

TEST(SharedObjectTest, CloseGivesTheImageBack) {
  const Folder folder;
  auto image = SharedObject::open(folder.place("throws-in-call"));
  ASSERT_TRUE(image);
  EXPECT_TRUE(is_mapped(folder.path().string()));
  const auto closed = (*image)->close();
#ifndef PARLEY_SANITIZED
  EXPECT_TRUE(closed) << closed.message();
  EXPECT_FALSE(is_mapped(folder.path().string()));
#endif
  EXPECT_EQ((*image)->symbol(PARLEY_ENTRY_SYMBOL), nullptr);
  EXPECT_TRUE((*image)->close()) << "a second close has nothing to do";
}

TEST(SharedObjectTest, DestructionClosesToo) {
  const Folder folder;
  { ASSERT_TRUE(SharedObject::open(folder.place("throws-in-call"))); }
#ifndef PARLEY_SANITIZED
  EXPECT_FALSE(is_mapped(folder.path().string()));
#endif
}

TEST(SharedObjectTest, AnImageThatStaysIsReported) {
  const Folder folder;
  auto image = SharedObject::open(folder.place("pinned"));
  ASSERT_TRUE(image);
  const auto closed = (*image)->close();
  EXPECT_FALSE(closed);
  EXPECT_THAT(closed.message(), HasSubstr("stayed mapped"));
  EXPECT_TRUE(is_mapped(folder.path().string()));
}

TEST(SharedObjectTest, ALeakedImageStaysUsable) {
  const Folder folder;
  const auto file = folder.place("throws-in-call");
  const parley_plugin_entry* entry = nullptr;
  {
    auto image = SharedObject::open(file);
    ASSERT_TRUE(image);
    entry = static_cast<const parley_plugin_entry*>((*image)->symbol(PARLEY_ENTRY_SYMBOL));
    (*image)->leak();
  }
  EXPECT_TRUE(is_mapped(folder.path().string()));
  EXPECT_EQ(entry->size, sizeof(parley_plugin_entry));
  if (void* again = dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD);
      again != nullptr) {  // give it back: this reference and the leaked one
    dlclose(again);
    dlclose(again);
  }
}

}  // namespace
}  // namespace parley::loader
