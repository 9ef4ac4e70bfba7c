// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

namespace parley::net {
namespace {

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown reason";
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "unknown reason";
}

Status check_key_file(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) {
    return Status::not_found("The TLS key file " + path + " cannot be read: " +
                             std::strerror(errno) + ". Check listen.tls.key.");
  }
  if (info.st_mode & (S_IRWXG | S_IRWXO)) {
    return Status::forbidden("The TLS key file " + path +
                             " is open to its group or to everyone. Run: chmod 600 " + path);
  }
  return Status::ok();
}

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Result<SSL_CTX*> make_context(const config::Tls& files) {
  if (Status status = check_key_file(files.key); !status) return status;
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return Status::internal("OpenSSL could not start: " + openssl_reason() + ".");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return Status::invalid_args("The TLS certificate " + files.certificate + " cannot be used: " +
                                openssl_reason() + ". It must be a PEM file with the whole chain.");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return Status::invalid_args("The TLS key " + files.key + " cannot be used with " +
                                files.certificate + ": " + openssl_reason() +
                                ". It must be that certificate's own key, in PEM, without a "
                                "passphrase.");
  }
  return context.release();
}

}  // namespace

TlsSession::TlsSession(SSL_CTX* context) : ssl_(SSL_new(context)) {
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() {
  SSL_free(ssl_);
}

bool TlsSession::established() const {
  return SSL_is_init_finished(ssl_);
}

TlsSession::State TlsSession::feed(std::string_view encrypted) {
  const int size = static_cast<int>(encrypted.size());
  return BIO_write(SSL_get_rbio(ssl_), encrypted.data(), size) == size ? State::kOk
                                                                       : State::kFailed;
}

TlsSession::State TlsSession::decrypt(std::span<char> out, std::size_t& size) {
  ERR_clear_error();
  size = 0;
  const int got = SSL_read_ex(ssl_, out.data(), out.size(), &size);
  const int error = got == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_, got);
  collect();
  if (got == 1 || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return State::kOk;
  size = 0;
  return error == SSL_ERROR_ZERO_RETURN ? State::kClosed : State::kFailed;
}

bool TlsSession::encrypt(std::string_view plain) {
  if (!established()) return false;
  ERR_clear_error();
  // A memory BIO takes everything, but with partial writes one call gives one record.
  while (!plain.empty()) {
    std::size_t written = 0;
    if (SSL_write_ex(ssl_, plain.data(), plain.size(), &written) != 1) return false;
    plain.remove_prefix(written);
  }
  collect();
  return true;
}

void TlsSession::shutdown() {
  SSL_shutdown(ssl_);
  ERR_clear_error();
  collect();
}

void TlsSession::collect() {
  BIO* bio = SSL_get_wbio(ssl_);
  while (const std::size_t waiting = BIO_ctrl_pending(bio)) {
    const std::size_t before = out_.size();
    out_.resize(before + waiting);
    const int got = BIO_read(bio, out_.data() + before, static_cast<int>(waiting));
    out_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got <= 0) break;
  }
}

void TlsSession::consume(std::size_t size) {
  sent_ += size;
  if (sent_ < out_.size()) return;
  sent_ = 0;
  // An idle connection keeps no buffer.
  std::string().swap(out_);
}

Result<std::shared_ptr<TlsContext>> TlsContext::load(const config::Tls& files) {
  auto context = make_context(files);
  if (!context) return context.status();
  std::shared_ptr<TlsContext> loaded(new TlsContext);
  loaded->context_ = *context;
  return loaded;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

Status TlsContext::reload(const config::Tls& files) {
  auto context = make_context(files);
  if (!context) return context.status();
  const std::lock_guard lock(mutex_);
  SSL_CTX_free(std::exchange(context_, *context));
  return Status::ok();
}

std::unique_ptr<TlsSession> TlsContext::new_session() {
  const std::lock_guard lock(mutex_);
  return std::make_unique<TlsSession>(context_);
}

}  // namespace parley::net
