// SPDX-License-Identifier: Apache-2.0
// Who gets past the gate: by policy, by signature, and never what was revoked.
#include "plugin/signature_gate.h"

#include <filesystem>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "full_disk.h"
#include "support/temp_folder.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Gate : public ::testing::Test {
 protected:
  Gate() { config_->plugins.trusted_keys = {key_.public_key}; }
  void policy(const std::string& name) { config_->plugins.require_signature = name; }
  std::string refusal(const std::string& signature, bool enforce = false) const {
    const auto admitted = gate_.admit("dice.so", sha256_, signature, enforce);
    return admitted ? "" : admitted.status().message();
  }
  std::string signed_by(const loader::SigningKey& key, const std::string& sha256) const {
    return *loader::sign({"dice", "1.0.0", "1.0", sha256}, key);
  }
  static loader::Manifest manifest(const std::string& version) {
    loader::Manifest made;
    made.abi_major = 1;
    made.id = "dice";
    made.version = version;
    return made;
  }

  TempFolder folder_;
  const loader::SigningKey key_ = loader::make_signing_key();
  const std::string key_id_ = *loader::key_id(key_.public_key);
  const std::string sha256_ = std::string(64, 'a');
  const std::shared_ptr<config::Config> config_ = std::make_shared<config::Config>();
  const SignatureGate gate_{folder_.path(), [this] { return config_; }};
};

TEST_F(Gate, OffLetsUnsignedFilesThrough) {
  EXPECT_EQ(refusal(""), "");
  EXPECT_EQ(refusal("nonsense"), "");
}

TEST_F(Gate, WarnLetsThemThroughToo) {
  policy("warn");
  EXPECT_EQ(refusal(""), "");
  EXPECT_EQ(refusal(signed_by(key_, sha256_)), "");
}

TEST_F(Gate, EnforceWantsATrustedSignatureOfThisFile) {
  policy("enforce");
  EXPECT_THAT(refusal(""), HasSubstr("is not signed"));
  EXPECT_THAT(refusal("nonsense"), HasSubstr("not in the form"));
  EXPECT_THAT(refusal(signed_by(loader::make_signing_key(), sha256_)),
              HasSubstr("plugins.trusted_keys"));
  EXPECT_THAT(refusal(signed_by(key_, std::string(64, 'b'))), HasSubstr("of another file"));
  EXPECT_EQ(refusal(signed_by(key_, sha256_)), "");
}

TEST_F(Gate, AnUploadIsEnforcedWhateverThePolicy) {
  EXPECT_THAT(refusal("", true), HasSubstr("is not signed"));
  EXPECT_EQ(refusal(signed_by(key_, sha256_), true), "");
}

TEST_F(Gate, TheSignedIdVersionAndAbiMustBeTheFilesOwn) {
  const auto admitted = gate_.admit("dice.so", sha256_, signed_by(key_, sha256_), true);
  ASSERT_TRUE(admitted);
  EXPECT_TRUE(SignatureGate::check_claims(*admitted, manifest("1.0.0")));
  EXPECT_THAT(SignatureGate::check_claims(*admitted, manifest("2.0.0")).message(),
              HasSubstr("the signature is of plugin dice 1.0.0"));
}

TEST_F(Gate, ARevokedFileStaysOutWithAnyPolicy) {
  ASSERT_TRUE(gate_.revoke("sha256", sha256_, "crashes on Mondays", 1));
  EXPECT_EQ(refusal(""), "dice.so is revoked: crashes on Mondays");
  EXPECT_THAT(refusal(signed_by(key_, sha256_), true), HasSubstr("is revoked"));
  EXPECT_TRUE(gate_.admit("game.so", std::string(64, 'b'), "", false));
}

TEST_F(Gate, ARevokedKeyOpensNothingMore) {
  ASSERT_TRUE(gate_.revoke("key", key_id_, "", 1));
  EXPECT_THAT(refusal(signed_by(key_, sha256_)), HasSubstr("which is revoked"));
  policy("enforce");
  EXPECT_THAT(refusal(signed_by(key_, sha256_)), HasSubstr("which is revoked"));
}

TEST_F(Gate, RevocationsOutliveTheProcess) {
  ASSERT_TRUE(gate_.revoke("sha256", sha256_, "bad", 7));
  const SignatureGate again(folder_.path(), [this] { return config_; });
  EXPECT_FALSE(again.admit("dice.so", sha256_, "", false));
  const auto all = again.revocations();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().reason, "bad");
  EXPECT_EQ(all->front().at, 7);
  EXPECT_EQ(again.revoke("sha256", sha256_, "", 8).code(), ErrorCode::kConflict);
}

TEST_F(Gate, OnlyKeysAndHashesCanBeRevoked) {
  EXPECT_FALSE(gate_.revoke("sha256", "abc", "", 1));
  EXPECT_FALSE(gate_.revoke("key", sha256_, "", 1));
  EXPECT_FALSE(gate_.revoke("plugin", "dice", "", 1));
  EXPECT_FALSE(gate_.revoke("key", "../../../../..xx", "", 1));
}

TEST_F(Gate, AListThatCannotBeReadRefusesEverything) {
  std::ofstream(folder_.path("plugin-revocations.json")) << "{ broken";
  EXPECT_THAT(refusal(signed_by(key_, sha256_)), HasSubstr("cannot be read"));
}

TEST_F(Gate, ASlipInTheListRefusesEverything) {
  for (const char* entry :
       {R"({"kind":"sha256","value":"ABCD"})", R"({"kind":"keys","value":"0123456789abcdef"})",
        R"({"value":"0123456789abcdef"})", R"("0123456789abcdef")",
        R"({"kind":"key","value":7})"}) {
    folder_.write("plugin-revocations.json", std::string("[") + entry + "]");
    EXPECT_THAT(refusal(""), HasSubstr("revokes nothing")) << entry;
    EXPECT_FALSE(gate_.revoke("sha256", sha256_, "", 1)) << "it would be written over";
  }
}

TEST_F(Gate, AFullDiskLeavesTheListAsItWas) {
  ASSERT_TRUE(gate_.revoke("sha256", sha256_, "bad", 1));
  {
    const FullDisk full;
    EXPECT_THAT(gate_.revoke("key", key_id_, "", 2).message(), HasSubstr("cannot be written"));
  }
  const auto all = gate_.revocations();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 1u);
  EXPECT_FALSE(fs::exists(folder_.path("plugin-revocations.json.new")));
  EXPECT_TRUE(gate_.revoke("key", key_id_, "", 3));
}

TEST_F(Gate, TheSignatureLiesBesideTheFile) {
  folder_.write("dice.so", "code");
  EXPECT_EQ(signature_beside(folder_.path("dice.so")), "");
  folder_.write("dice.so.sig", "text");
  EXPECT_EQ(signature_beside(folder_.path("dice.so")), "text");
  folder_.write("dice.so.sig", std::string(5000, 'x'));
  EXPECT_EQ(signature_beside(folder_.path("dice.so")), "") << "too large to be one";
}

}  // namespace
}  // namespace parley::plugin
