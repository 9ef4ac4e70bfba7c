// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "ctl/words.h"

namespace parley::ctl {
namespace {

struct Typed {
  bool password_stdin = false;
  std::string name, password_file, code, life, file, id, issuer, text;
  std::vector<std::string> roles;
};
using Words = std::shared_ptr<Typed>;

CLI::App* add_user_verb(CLI::App& parent, const AddVerb& verb, const Words& words, const char* name,
                        const char* help, Action action) {
  auto* added = verb(parent, name, help, std::move(action));
  added->add_option("NAME", words->name, "its name or id")->required()->type_name("USER");
  return added;
}

const CLI::IsMember& roles() {
  static const CLI::IsMember kRoles({"user", "moderator", "admin", "service"});
  return kRoles;
}

void add_create_verb(CLI::App& user, const AddVerb& verb, const Words& words) {
  auto* created =
      verb(user, "create", "make an account, whatever auth.registration says", [words](Context& c) {
        return user_create(c, words->name, words->roles, words->password_stdin);
      });
  created->add_option("NAME", words->name, "what it is called")->required();
  created->add_option("--role", words->roles, "besides user; may stand several times")
      ->check(roles());
  created->add_flag("--password-stdin", words->password_stdin,
                    "its password comes on standard input; by default one is made and shown");
}

void add_role_verb(CLI::App& parent, const AddVerb& verb, const Words& words, const char* name,
                   const char* how, const char* help) {
  auto* added = add_user_verb(parent, verb, words, name, help, [words, how](Context& c) {
    return user_roles(c, words->name, how, words->roles);
  });
  added->add_option("ROLE", words->roles)->required()->check(roles());
}

void add_password_file(CLI::App* added, const Words& words) {
  added
      ->add_option("--password-file", words->password_file,
                   "instead of asking; readable by you alone")
      ->type_name("FILE");
}

void add_accounts(CLI::App& app, const AddVerb& verb, const Words& words) {
  verb(app, "users", "the same as user list", [](Context& c) { return user_list(c); });
  auto& user = add_group(app, "user", "look at accounts and change them");
  verb(user, "list", "accounts and guests, with their roles",
       [](Context& c) { return user_list(c); });
  add_user_verb(user, verb, words, "info", "one account",
                [words](Context& c) { return user_info(c, words->name); });
  add_create_verb(user, verb, words);
  add_user_verb(user, verb, words, "disable", "log it out and let it in no more",
                [words](Context& c) { return user_disabled(c, words->name, true); });
  add_user_verb(user, verb, words, "enable", "let it in again",
                [words](Context& c) { return user_disabled(c, words->name, false); });
  add_password_file(
      add_user_verb(
          user, verb, words, "reset-password", "give it a new one, and end what the old one opened",
          [words](Context& c) { return user_password(c, words->name, words->password_file); }),
      words);
  auto& role = add_group(user, "role", "what an account may do");
  add_role_verb(role, verb, words, "add", "add",
                "these roles too: user, moderator, admin, service");
  add_role_verb(role, verb, words, "remove", "remove", "these roles no more");
  add_role_verb(role, verb, words, "set", "roles", "exactly these roles");
  auto& admin = add_group(app, "admin", "the first admin");
  auto* redeemed = verb(
      admin, "redeem", "make the first admin with the one-time code",
      [words](Context& c) { return redeem(c, words->code, words->name, words->password_file); });
  redeemed->add_option("CODE", words->code)->required();
  redeemed->add_option("NAME", words->name)->required();
  add_password_file(redeemed, words);
}

void add_tokens(CLI::App& app, const AddVerb& verb, const Words& words) {
  auto& token = add_group(app, "token", "make access tokens, ask why one is refused, revoke them");
  auto* made = verb(token, "make", "for a program that acts as this user",
                    [words](Context& c) { return token_make(c, words->name, words->life); });
  made->add_option("NAME", words->name, "the user it speaks for")->required();
  made->add_option("--for", words->life, "how long: 30m, 12h, 7d; by default an hour");
  auto* checked = verb(token, "check", "what it says, and why it is refused",
                       [words](Context& c) { return token_check(c, words->file); });
  checked->add_option("FILE", words->file, "the file that holds it, or - to type or pipe it in")
      ->default_str("-");
  auto* revoked =
      verb(token, "revoke", "refuse one from now on, or all that a user was given",
           [words](Context& c) { return token_revoke(c, words->id, words->issuer, words->name); });
  auto* one = revoked->add_option("--id", words->id, "its jti, as `token check` shows it");
  revoked->add_option("--issuer", words->issuer, "whose it is, when it is not the server's own")
      ->needs(one);
  revoked->add_option("--user", words->name, "everything this user was given until now")
      ->excludes(one);
  verb(token, "rotate", "sign with a new key; the old one still verifies",
       [](Context& c) { return token_rotate(c); });
}

void add_invitations(CLI::App& app, const AddVerb& verb, const Words& words) {
  auto& invitation = add_group(app, "invitation", "let people register where it is by invitation");
  auto* made =
      verb(invitation, "make", "a code that lets one person register; it is shown this once",
           [words](Context& c) { return invitation_make(c, words->text, words->life); });
  made->add_option("--note", words->text, "for whom it is, shown in the list");
  made->add_option("--for", words->life, "how long: 12h, 7d; by default auth.invitation");
  verb(invitation, "list", "those that nobody has used yet",
       [](Context& c) { return invitation_list(c); });
  auto* revoked = verb(invitation, "revoke", "take one back",
                       [words](Context& c) { return invitation_revoke(c, words->id); });
  revoked->add_option("ID", words->id, "as `invitation list` shows it")->required();
}

}  // namespace

void add_people_words(CLI::App& app, const AddVerb& verb) {
  const auto words = std::make_shared<Typed>();
  add_accounts(app, verb, words);
  add_tokens(app, verb, words);
  add_invitations(app, verb, words);
}

}  // namespace parley::ctl
