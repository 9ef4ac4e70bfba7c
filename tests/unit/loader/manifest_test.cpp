// SPDX-License-Identifier: Apache-2.0
#include "loader/manifest.h"

#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::loader {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const parley_plugin* create(const parley_host*, const parley_sink*) {
  return nullptr;
}
parley_string text(std::string_view view) {
  return {view.data(), view.size()};
}

struct Entry : parley_plugin_entry {
  Entry() : parley_plugin_entry{} {
    size = sizeof(parley_plugin_entry);
    abi_major = PARLEY_ABI_MAJOR;
    abi_minor = PARLEY_ABI_MINOR;
    id = text("dice");
    version = text("1.2.0");
    description = text("Rolls dice");
    parley_plugin_entry::create = loader::create;
  }
  Entry& asking(std::vector<std::string_view> all) {
    for (const auto& one : all) asked.push_back(text(one));
    permissions = asked.data();
    permission_count = asked.size();
    return *this;
  }
  Entry& needing(std::vector<std::string_view> all) {
    for (const auto& one : all) needed.push_back(text(one));
    requirements = needed.data();
    requirement_count = needed.size();
    return *this;
  }
  std::vector<parley_string> asked, needed;
};

std::string refusal(const parley_plugin_entry& entry) {
  const auto manifest = read_manifest(&entry, "dice.so");
  return manifest ? "" : manifest.status().message();
}

TEST(ManifestTest, IsCopiedOutOfTheImage) {
  Entry entry;
  entry.config_schema = text(R"({"type":"object"})");
  entry.flags = PARLEY_PLUGIN_STATEFUL;
  const auto manifest =
      read_manifest(&entry.asking({"commands", "filter:*", "http:example.org:443"}), "dice.so");
  ASSERT_TRUE(manifest) << manifest.status().message();
  EXPECT_EQ(manifest->id, "dice");
  EXPECT_EQ(manifest->version, "1.2.0");
  EXPECT_EQ(manifest->description, "Rolls dice");
  EXPECT_EQ(manifest->config_schema, R"({"type":"object"})");
  EXPECT_TRUE(manifest->stateful);
  EXPECT_THAT(manifest->permissions, ElementsAre("commands", "filter:*", "http:example.org:443"));
}

TEST(ManifestTest, TheVersionRuleNamesBothSidesAndTheWayOut) {
  Entry entry;
  entry.abi_minor = 4;
  EXPECT_EQ(refusal(entry),
            "plugin dice 1.2.0 needs plugin ABI 1.4, this server speaks 1.0: upgrade the server or "
            "build dice with SDK 1.0");
  entry.abi_major = 2;
  entry.abi_minor = 0;
  EXPECT_THAT(refusal(entry), HasSubstr("needs plugin ABI 2.0, this server speaks 1.0"));
  entry.abi_major = 0;
  EXPECT_THAT(refusal(entry), HasSubstr("needs plugin ABI 0.0"));
}

TEST(ManifestTest, AFileWithoutEntryIsNoPlugin) {
  const auto manifest = read_manifest(nullptr, "libm.so");
  EXPECT_EQ(manifest.status().message(),
            "libm.so exports no parley_plugin_entry_v1: it is no Parley plugin, or "
            "PARLEY_PLUGIN(...) is missing at the end of its source");
}

TEST(ManifestTest, AnEntryTooSmallForItsFieldsIsNotRead) {
  Entry entry;
  entry.size = 8;
  EXPECT_THAT(refusal(entry), HasSubstr("too small (8 bytes)"));
  entry.size = sizeof(parley_plugin_entry) + 64;
  EXPECT_EQ(refusal(entry), "") << "a later header's larger entry is fine";
}

TEST(ManifestTest, BadIdsAndVersionsAreRefused) {
  const std::string longest(32, 'a'), too_long(33, 'a');
  for (const auto& bad : {std::string(), std::string("Dice"), std::string("1dice"),
                          std::string("di/ce"), std::string("../dice"), std::string("di ce"),
                          std::string("di_ce"), std::string("d\0ce", 4), too_long}) {
    Entry entry;
    entry.id = text(bad);
    EXPECT_THAT(refusal(entry), HasSubstr("must match [a-z][a-z0-9-]{0,31}")) << bad;
    EXPECT_FALSE(is_plugin_id(bad)) << bad;
  }
  EXPECT_TRUE(is_plugin_id(longest));
  for (const std::string_view bad : {"", "latest", "1.0\n", "1/0"}) {
    Entry entry;
    entry.version = text(bad);
    EXPECT_THAT(refusal(entry), HasSubstr("has no version of the form 1.2.3")) << bad;
  }
}

TEST(ManifestTest, OnlyKnownPermissionsCanBeAskedFor) {
  for (const std::string_view bad : {"root", "filter", "filter:", "push", "commands:x", ""}) {
    Entry entry;
    EXPECT_THAT(refusal(entry.asking({"commands", bad})),
                HasSubstr("unknown permission '" + std::string(bad) + "'"))
        << bad;
  }
}

TEST(ManifestTest, AnEntryWithoutCreateIsRefused) {
  Entry entry;
  entry.create = nullptr;
  EXPECT_EQ(refusal(entry), "plugin dice has no create function");
}

TEST(ManifestTest, WhatIsMissingIsListed) {
  Manifest manifest;
  manifest.id = "dice";
  manifest.permissions = {"commands", "dm", "push:user"};
  EXPECT_TRUE(check_permissions(manifest, {"commands", "dm", "push:*"}));
  const auto refused = check_permissions(manifest, {"commands"});
  EXPECT_EQ(refused.message(),
            "plugin dice asks for permissions that are not granted: dm, push:user");
}

TEST(ManifestTest, AGrantCoversItselfItsStarAndFilesBelow) {
  EXPECT_TRUE(permission_covers("commands", "commands"));
  EXPECT_TRUE(permission_covers("push:*", "push:role"));
  EXPECT_TRUE(permission_covers("files:/srv/books", "files:/srv/books/en.yaml"));
  EXPECT_FALSE(permission_covers("push:role", "push:all"));
  EXPECT_FALSE(permission_covers("push:*", "filter:global"));
  EXPECT_FALSE(permission_covers("filter:glob", "filter:global"));
  EXPECT_FALSE(permission_covers("files:/srv/books", "files:/srv/books-secret/en.yaml"));
  EXPECT_FALSE(permission_covers("files:/srv/books", "files:/srv/books/../passwords"));
  EXPECT_FALSE(permission_covers("*", "commands"));
}

TEST(ManifestTest, WhatItRequiresMustBeReadable) {
  Entry entry, wrong;
  const auto manifest = read_manifest(&entry.needing({"game >=1.2 <2", "account"}), "dice.so");
  ASSERT_TRUE(manifest) << manifest.status().message();
  ASSERT_EQ(manifest->requirements.size(), 2u);
  EXPECT_EQ(manifest->requirements[0].text(), "game >=1.2 <2");
  EXPECT_EQ(manifest->requirements[1].id(), "account");
  EXPECT_THAT(refusal(wrong.needing({"game 1.2"})),
              AllOf(HasSubstr("plugin dice says wrongly what it requires"),
                    HasSubstr("'1.2' is no comparison")));
}

TEST(ManifestTest, AnEntryFromBeforeRequirementsHasNone) {
  Entry entry;
  entry.needing({"game"}).size = offsetof(parley_plugin_entry, requirements);
  EXPECT_TRUE(read_manifest(&entry, "dice.so")->requirements.empty());
}

TEST(ManifestTest, TravelsAsJson) {
  Entry entry;
  const auto there = manifest_from_json(manifest_to_json(
      read_manifest(&entry.asking({"commands"}).needing({"game >=1.2"}), "dice.so")));
  ASSERT_TRUE(there) << there.status().message();
  EXPECT_EQ(there->id, "dice");
  EXPECT_THAT(there->permissions, ElementsAre("commands"));
  ASSERT_EQ(there->requirements.size(), 1u);
  EXPECT_EQ(there->requirements[0].text(), "game >=1.2");
  const auto error = manifest_from_json(manifest_to_json(Status::not_found("a \"sentence\"")));
  EXPECT_EQ(error.status().message(), "a \"sentence\"");
}

TEST(ManifestTest, ForgedJsonIsRefused) {
  for (
      const std::string& bad : std::initializer_list<std::string>{
          "", "[]", "{", "null", "{}", R"({"id":1})",
          R"({"abi_major":"x","abi_minor":0,"id":"a","version":"1","description":"","config_schema":"","permissions":[],"stateful":false})",
          R"({"abi_major":1,"abi_minor":0,"id":"a","version":"1","description":"","config_schema":"","permissions":[1],"stateful":false})"}) {
    EXPECT_FALSE(manifest_from_json(bad)) << bad;
  }
}

// Files are named after both.
TEST(ManifestTest, ForgedIdsAndVersionsAreRefused) {
  const auto forged = [](const std::string& id, const std::string& version) {
    return manifest_from_json(
        R"({"abi_major":1,"abi_minor":0,"id":")" + id + R"(","version":")" + version +
        R"(","description":"","config_schema":"","permissions":[],"stateful":false,"requires":[]})");
  };
  EXPECT_TRUE(forged("dice", "1.0.0"));
  for (const char* id :
       {"", "../dice", "Dice", "dice/..", "dice.so", "abcdefghijklmnopqrstuvwxyz0123456"})
    EXPECT_FALSE(forged(id, "1.0.0")) << id;
  for (const char* version : {"", "../../1.0", "1.0/../..", "v1", "1.0 ", "1\\n"})
    EXPECT_FALSE(forged("dice", version)) << version;
}

}  // namespace
}  // namespace parley::loader
