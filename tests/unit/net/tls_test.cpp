// SPDX-License-Identifier: Apache-2.0
// TLS over real sockets: HTTP and wss, large messages, a certificate exchanged while serving, keys left open.
#include "net/tls.h"

#include <cstdio>
#include <filesystem>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "net_fixture.h"

namespace parley::net {
namespace {

namespace fs = std::filesystem;

class TlsTest : public NetTest {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("parley-tls-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    files_ = {.certificate = folder_ / "cert.pem", .key = folder_ / "key.pem"};
    write_certificate("first");
  }
  void TearDown() override {
    stop();
    fs::remove_all(folder_);
  }
  void start_tls() {
    auto context = TlsContext::load(files_);
    ASSERT_TRUE(context) << context.status().message();
    service_->tls = *context;
    start();
  }
  void write_certificate(const char* name) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_sign(certificate, key, EVP_sha256());
    FILE* out = std::fopen(files_.certificate.c_str(), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
    out = std::fopen(files_.key.c_str(), "w");
    ::fchmod(::fileno(out), 0600);
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  fs::path folder_;
  config::Tls files_;
};

// A blocking TLS client over a RawSocket.
class TlsClient {
 public:
  explicit TlsClient(RawSocket socket, int max_version = 0) : socket_(std::move(socket)) {
    context_ = SSL_CTX_new(TLS_client_method());
    if (max_version) SSL_CTX_set_max_proto_version(context_, max_version);
    if (max_version) SSL_CTX_set_security_level(context_, 0);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_.fd());
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  bool connected() const { return connected_; }
  void send(std::string_view bytes) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string read_exactly(std::size_t size) {
    while (held_.size() < size && fill()) {
    }
    std::string out = held_.substr(0, size);
    held_.erase(0, out.size());
    return out;
  }
  std::string read_until(std::string_view mark) {
    while (held_.find(mark) == std::string::npos && fill()) {
    }
    return read_exactly(std::min(held_.size(), held_.find(mark) + mark.size()));
  }
  bool reaches_clean_end() {
    while (fill()) {
    }
    return SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN;
  }
  std::string name() const {
    X509* certificate = SSL_get1_peer_certificate(ssl_);
    char out[64] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, out, sizeof out);
    X509_free(certificate);
    return out;
  }

 private:
  bool fill() {
    char buffer[16384];
    const int got = SSL_read(ssl_, buffer, sizeof buffer);
    if (got > 0) held_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }
  RawSocket socket_;
  SSL_CTX* context_;
  SSL* ssl_;
  bool connected_ = false;
  std::string held_;
};

TEST_F(TlsTest, ServesHttpAndEndsCleanly) {
  start_tls();
  TlsClient client(connect());
  ASSERT_TRUE(client.connected());
  client.send("GET /secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(client.read_exactly(12), "GET /secret ");
  EXPECT_TRUE(client.reaches_clean_end());
}

TEST_F(TlsTest, EchoesOverWss) {
  start_tls();
  TlsClient client(connect());
  client.send(RawSocket::upgrade_request("/ws") + raw_frame("behind the header"));
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
  EXPECT_EQ(client.read_exactly(19), std::string("\x81\x11") + "behind the header");
  const std::string large(60000, 'L');
  for (int i = 0; i < 20; ++i) client.send(raw_frame(large));
  const std::string expected = std::string("\x81\x7e") + static_cast<char>(60000 >> 8) +
                               static_cast<char>(60000 & 0xff) + large;
  for (int i = 0; i < 20; ++i) ASSERT_EQ(client.read_exactly(expected.size()), expected);
  client.send(raw_frame("", {.opcode = 8}));
  EXPECT_EQ(client.read_exactly(2), std::string("\x88\x00", 2));
  EXPECT_TRUE(client.reaches_clean_end());
  EXPECT_EQ(recorder_.wait_closed(), 1005);
}

TEST_F(TlsTest, ExchangesTheCertificateWhileServing) {
  start_tls();
  TlsClient before(connect());
  EXPECT_EQ(before.name(), "first");
  write_certificate("second");
  ASSERT_TRUE(service_->tls->reload(files_));
  EXPECT_EQ(TlsClient(connect()).name(), "second");
  before.send("GET /old HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(before.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "))
      << "open connections go on";
  fs::remove(files_.certificate);
  EXPECT_FALSE(service_->tls->reload(files_));
  EXPECT_EQ(TlsClient(connect()).name(), "second") << "a failed reload keeps what was";
}

TEST_F(TlsTest, RefusesOldVersionsAndPlainText) {
  start_tls();
  EXPECT_FALSE(TlsClient(connect(), TLS1_1_VERSION).connected());
  RawSocket plain = connect();
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(plain.read_all().find("HTTP/1.1"), std::string::npos);
  EXPECT_TRUE(plain.reaches_end());
  EXPECT_EQ(pool_->at(0).stats().tls_failures.get(), 2U);
}

TEST_F(TlsTest, RefusesAKeyThatOthersCanRead) {
  ::chmod(files_.key.c_str(), 0640);
  const auto loaded = TlsContext::load(files_);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.status().code(), ErrorCode::kForbidden);
  EXPECT_NE(loaded.status().message().find("chmod 600"), std::string::npos);
}

TEST_F(TlsTest, RefusesAKeyOfAnotherCertificate) {
  const std::string certificate = files_.certificate;
  files_.certificate = folder_ / "other.pem";
  write_certificate("other");
  files_.certificate = certificate;
  const auto loaded = TlsContext::load(files_);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.status().message().find("own key"), std::string::npos)
      << loaded.status().message();
}

}  // namespace
}  // namespace parley::net
