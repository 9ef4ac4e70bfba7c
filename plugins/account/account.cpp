// SPDX-License-Identifier: Apache-2.0
// account: register, login, logout, whoami, changePassword.
//
// The server does the work and answers: a welcome with data.token for register and login, `ok` for
// the others (with a new data.token after a change of password), or an error. A password passes through here once and is kept nowhere.
#include <parley/plugin.hpp>

#include "catalogue.h"

namespace account {

// How much the server reads of a name or password at all. What it accepts are its own rules
// (`auth.password_min`, the form of names), which count after normalising: so these are wider.
constexpr int kNameMin = 2;
constexpr int kNameMax = 64;
constexpr int kPasswordMax = 1024;
constexpr int kInvitationMax = 64;

class Account : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "anonymous", "accounts.write"};

  explicit Account(parley::Host host) : Plugin(host) {
    declare_entrances();
    command("logout", say::kLogout, &Account::logout)
        .argument<std::string>("where", say::kWhere)
        .fallback("here")
        .choices({"here", "all"});
    command("whoami", say::kWhoami, &Account::whoami).concurrent().read_only();
    command("changePassword", say::kChangePassword, &Account::change_password)
        .secret_reply()
        .argument<std::string>("oldPassword", say::kOldPassword)
        .secret()
        .range(1, kPasswordMax)
        .argument<std::string>("newPassword", say::kNewPassword)
        .secret()
        .range(1, kPasswordMax);
  }

 private:
  // Open to those who are nobody yet; what they answer holds a token.
  void declare_entrances() {
    command("register", say::kRegister, &Account::enrol)
        .anonymous()
        .secret_reply()
        .argument<std::string>("name", say::kName)
        .range(kNameMin, kNameMax)
        .argument<std::string>("password", say::kFreshPassword)
        .secret()
        .range(1, kPasswordMax)
        .argument<std::string>("invitation", say::kInvitation)
        .fallback("")
        .secret()
        .range(0, kInvitationMax);
    command("login", say::kLogin, &Account::login)
        .anonymous()
        .secret_reply()
        .argument<std::string>("name", say::kName)
        .range(kNameMin, kNameMax)
        .argument<std::string>("password", say::kPassword)
        .secret()
        .range(1, kPasswordMax);
  }

  void enrol(parley::Request& request) {
    const auto user = request.user();
    if (user.exists() && !user.is_guest()) {
      return request.fail("conflict", request.tr(say::kRegisteredAlready, user.name()));
    }
    accounts().register_user(request, request.argument<std::string_view>("name"),
                             request.argument<std::string_view>("password"),
                             request.argument<std::string_view>("invitation"));
  }

  void login(parley::Request& request) {
    accounts().login(request, request.argument<std::string_view>("name"),
                     request.argument<std::string_view>("password"));
  }

  void logout(parley::Request& request) {
    if (request.argument<std::string_view>("where") == "all")
      return accounts().logout_everywhere(request);
    accounts().logout(request);
  }

  void whoami(parley::Request& request) {
    const auto user = request.user();
    request.reply("whoami", {{"id", user.id()},
                             {"name", user.name()},
                             {"kind", kind_name(user.kind())},
                             {"roles", parley::Json::array_of(user.roles())},
                             {"session", request.session()}});
  }

  void change_password(parley::Request& request) {
    const auto user = request.user();
    if (user.is_guest()) return request.fail("forbidden", request.tr(say::kGuestsHaveNoPassword));
    if (user.kind() != parley::UserKind::kPerson) {
      return request.fail("forbidden", request.tr(say::kNoAccount));
    }
    accounts().change_password(request, request.argument<std::string_view>("oldPassword"),
                               request.argument<std::string_view>("newPassword"));
  }

  // As the protocol's `user.kind` says it.
  static std::string_view kind_name(parley::UserKind kind) {
    switch (kind) {
      case parley::UserKind::kGuest:
        return "guest";
      case parley::UserKind::kBot:
        return "bot";
      case parley::UserKind::kBackend:
        return "service";
      case parley::UserKind::kBridge:
        return "bridge";
      default:
        return "user";
    }
  }
};

}  // namespace account

PARLEY_PLUGIN(account::Account, "account", "1.0.0", "Registration, login and passwords")
