// SPDX-License-Identifier: Apache-2.0
#include "users/first_admin.h"

#include <sstream>
#include <utility>

#include "base/ids.h"
#include "users/accounts_impl.h"
#include "users/operations.h"

namespace parley::users {
namespace {

using storage::Reader;
using storage::Writer;

constexpr const char* kSetting = "first_admin_code";
constexpr std::size_t kCodeLength = 22;  // 131 bits

// "<hash> <expires at> <tries left>"
struct StoredCode {
  std::string hash;
  std::int64_t expires_at = 0;
  int tries = 0;

  std::string text() const {
    return hash + ' ' + std::to_string(expires_at) + ' ' + std::to_string(tries);
  }
  static StoredCode parse(const std::string& text) {
    StoredCode code;
    std::istringstream words(text);
    words >> code.hash >> code.expires_at >> code.tries;
    return code;
  }
};

std::string hash_of(const std::string& code) {
  return to_hex(sha256(code));
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Result<bool> admin_existed(Reader& reader) {
  const Result<std::string> mark = reader.setting(kAdminExisted);
  if (mark) return true;
  if (mark.status().code() != ErrorCode::kNotFound) return mark.status();
  return false;
}

Status closed() {
  return Status::forbidden(
      "There has been an administrator already. Use parleyctl on the server's machine.");
}

Status wrong_code() {
  return Status::unauthorized("This code is wrong, used or too old.");
}

Status used_up() {
  return Status::forbidden(
      "The code was tried too often. Start the server again to get a new one.");
}

// Without the count: whether this hash opens the door at this moment.
Status matches(Reader& reader, const std::string& hash, std::int64_t now) {
  const Result<bool> existed = admin_existed(reader);
  if (!existed) return existed.status();
  if (*existed) return closed();
  const Result<std::string> stored = reader.setting(kSetting);
  if (!stored) return wrong_code();
  const StoredCode code = StoredCode::parse(*stored);
  if (code.tries <= 0) return used_up();
  if (code.expires_at <= now) return wrong_code();
  return constant_time_equal(code.hash, hash) ? Status::ok() : wrong_code();
}

struct Outcome {
  Status status;
};

// Counts a wrong try. What came of it is the value and no error, so that the count is committed.
Result<Outcome> try_code(Writer& writer, const std::string& hash, std::int64_t now) {
  Outcome outcome{matches(writer, hash, now)};
  const Result<std::string> stored = writer.setting(kSetting);
  if (outcome.status.code() != ErrorCode::kUnauthorized || !stored) return outcome;
  StoredCode code = StoredCode::parse(*stored);
  --code.tries;
  if (Status status = writer.put_setting(kSetting, code.text()); !status) return status;
  return outcome;
}

}  // namespace

struct FirstAdmin::Impl {
  Impl(storage::Store& store_in, Accounts& accounts_in, const Clock& clock_in,
       FirstAdminOptions options_in)
      : store(store_in), accounts(accounts_in), clock(clock_in), options(options_in) {}
  ~Impl() { operations.wait(); }

  storage::Store& store;
  Accounts& accounts;
  const Clock& clock;
  const FirstAdminOptions options;
  Operations operations;
};

FirstAdmin::FirstAdmin(storage::Store& store, Accounts& accounts, const Clock& clock,
                       FirstAdminOptions options)
    : impl_(std::make_unique<Impl>(store, accounts, clock, options)) {}
FirstAdmin::~FirstAdmin() = default;

Result<std::string> FirstAdmin::create_code() {
  const std::string code = random_base62(kCodeLength);
  const StoredCode stored{hash_of(code), impl_->clock.wall_ms() + impl_->options.lifetime.count(),
                          impl_->options.tries};
  return impl_->store.transact_blocking<std::string>([&](Writer& writer) -> Result<std::string> {
    const Result<bool> existed = admin_existed(writer);
    if (!existed) return existed.status();
    if (*existed) return std::string();
    const Status status = writer.put_setting(kSetting, stored.text());
    return status.is_ok() ? Result<std::string>(code) : status;
  });
}

void FirstAdmin::redeem(std::string code, std::string name, std::string password,
                        std::string address, Accounts::UserDone done) {
  std::string hash = hash_of(trimmed(code));
  wipe(code);
  auto self = impl_->operations.enter(impl_.get());
  auto enroll = [self, hash, name = std::move(name), password = std::move(password),
                 address = std::move(address),
                 done = std::move(done)](Result<Outcome> tried) mutable {
    if (!tried) return done(tried.status());
    if (!tried->status) return done(tried->status);
    // Asked again where the account is made: of two who redeem at once, one comes too late.
    auto check = [hash, now = self->clock.wall_ms()](Writer& writer) {
      if (Status status = matches(writer, hash, now); !status) return status;
      return writer.delete_setting(kSetting);
    };
    self->accounts.enroll(
        std::move(name), std::move(password), std::move(address), {"user", "moderator", "admin"},
        std::move(check),
        [self, done = std::move(done)](Result<User> user) mutable { done(std::move(user)); });
  };
  impl_->store.transact<Outcome>(
      [hash, now = impl_->clock.wall_ms()](Writer& writer) { return try_code(writer, hash, now); },
      std::move(enroll));
}

}  // namespace parley::users
