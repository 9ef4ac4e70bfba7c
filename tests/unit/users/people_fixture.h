// SPDX-License-Identifier: Apache-2.0
// Accounts over a real database, with answers that are waited for.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "unit/storage/temp_store.h"
#include "users/accounts.h"

namespace parley::users {

inline constexpr const char* kHome = "10.0.0.1";
inline constexpr const char* kPassword = "correct horse";

class PeopleTest : public storage::StoreTest {
 protected:
  void SetUp() override {
    open();
    start({});
  }
  void TearDown() override { accounts_.reset(); }

  void start(const config::Auth& auth) {
    accounts_.reset();
    AccountsOptions options;
    options.auth = auth;
    accounts_ = std::make_unique<Accounts>(*store_, hasher_, guard_, clock_, options);
    accounts_->on_changed(
        [this](const std::string& id, Change change) { changes_.emplace_back(id, change); });
  }

  template <typename T, typename Call>
  static T answer(Call&& call) {
    std::promise<T> promise;
    call([&](T value) { promise.set_value(std::move(value)); });
    return promise.get_future().get();
  }
  Result<User> register_as(Registration who) {
    std::promise<Result<User>> promise;
    accounts_->register_account(std::move(who), [&](Result<User> user, const std::string&) {
      promise.set_value(std::move(user));
    });
    return promise.get_future().get();
  }
  Result<User> guest(const std::string& name) {
    std::promise<Result<User>> promise;
    accounts_->make_guest(
        name, [&](Result<User> user, const std::string&) { promise.set_value(std::move(user)); });
    return promise.get_future().get();
  }
  Result<User> set_roles(const std::string& id, const std::vector<std::string>& roles) {
    return answer<Result<User>>(
        [&](auto done) { accounts_->set_roles("parleyctl", id, roles, std::move(done)); });
  }

  ManualClock clock_;
  PasswordHasher hasher_{{.memory = 8 * 1024 * 1024, .operations = 1}};
  LoginGuard guard_{{}, clock_};
  std::unique_ptr<Accounts> accounts_;
  std::vector<std::pair<std::string, Change>> changes_;
};

}  // namespace parley::users
