// SPDX-License-Identifier: Apache-2.0
// The configuration read again: what changed, what waits, what was refused.
#include <filesystem>
#include <fstream>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class ConfigReload : public ::testing::Test {
 protected:
  void write(const std::string& yaml) { std::ofstream(file()) << yaml; }
  std::string file() const { return (folder_.path() / "parley.yaml").string(); }
  TempFolder folder_;
};

TEST_F(ConfigReload, PrintShowsTheNewOriginsAndWhatWaits) {
  write("limits:\n  inflight: 7\n");
  ServerProcess server({.config = file()});
  const Ctl ctl(server);
  EXPECT_NE(ctl.must({"config", "print"}).out.find("inflight: 7  # " + file() + ":2\n"),
            std::string::npos);
  write("# moved down\nlimits:\n  inflight: 9\nstorage:\n  readers: 5\n");
  ctl.must({"config", "reload"});
  const auto text = ctl.must({"config", "print"}).out;
  EXPECT_NE(text.find("inflight: 9  # " + file() + ":3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("readers: 2  # default; 5 at the next start\n"), std::string::npos) << text;
}

TEST_F(ConfigReload, AMistakeChangesNothingAndIsNamed) {
  write("limits: {inflight: 7}\n");
  ServerProcess server({.config = file()});
  write("limits:\n  inflight: many\n");
  const auto refused = Ctl(server).run({"config", "reload"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find(file() + ":2: limits.inflight"), std::string::npos) << refused.text();
  EXPECT_NE(Ctl(server).must({"config", "print"}).out.find("inflight: 7"), std::string::npos);
  expect_goes_on(server);
}

// Keys and certificates with OpenSSL's own tool, as an operator makes them.
class CertificateReload : public ConfigReload {
 protected:
  void make_certificate(const std::string& name) {
    Child openssl(
        {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=" + name, "-keyout", key(), "-out", certificate()},
        folder_.path() / "openssl.out", folder_.path() / "openssl.err");
    ASSERT_EQ(openssl.wait(kPatience), 0) << contents(folder_.path() / "openssl.err");
    std::filesystem::permissions(
        key(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  std::string key() const { return (folder_.path() / "key.pem").string(); }
  std::string certificate() const { return (folder_.path() / "cert.pem").string(); }
};

TEST_F(CertificateReload, ABadFileIsNamedAndTheOldCertificateStays) {
  make_certificate("first");
  write("listen:\n  tls: {certificate: " + certificate() + ", key: " + key() + "}\n");
  ServerProcess server({.config = file()});
  std::ofstream(certificate()) << "no certificate at all\n";
  const auto refused = Ctl(server).run({"config", "reload"});
  EXPECT_EQ(refused.exit_code, 1) << refused.text();
  EXPECT_NE(refused.err.find(certificate()), std::string::npos) << refused.text();
  const auto logged = Ctl(server).must({"logs", "--component", "net", "--level", "error"}).out;
  EXPECT_NE(logged.find("the old one stays in use: The TLS certificate " + certificate() +
                        " cannot be used"),
            std::string::npos)
      << logged;
  make_certificate("second");
  Ctl(server).must({"config", "reload"});
}

}  // namespace
}  // namespace parley::test
