// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "ctl/words.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

struct Typed {
  std::string name, life, id;
  std::vector<std::string> scopes;
};

}  // namespace

// The key alone, which is shown this once.
int admin_key_make(Context& context, const std::string& name,
                   const std::vector<std::string>& scopes, const std::string& life) {
  Json body{{"name", name}, {"scopes", scopes}};
  if (!life.empty()) body["for"] = life;
  return answer(context, context.client().post("/admin/v1/admin-keys", body),
                [](Context& c, const Json& made) {
                  c.terminal.out << made.at("key").get<std::string>() << '\n';
                });
}

int admin_key_list(Context& context) {
  return answer(
      context, context.client().get("/admin/v1/admin-keys"), [](Context& c, const Json& body) {
        print_list(c, body, "keys", {"id", "name", "scopes", "madeBy", "expiresAt", "usedAt"});
      });
}

int admin_key_revoke(Context& context, const std::string& id) {
  return answer(
      context,
      context.client().post("/admin/v1/admin-keys/" + path_step(id) + "/revoke", Json::object()),
      print_done);
}

void add_admin_key_words(CLI::App& app, const AddVerb& verb) {
  const auto words = std::make_shared<Typed>();
  auto& key = add_group(app, "admin-key", "let programs administer over the operator port");
  auto* made = verb(
      key, "make", "a key with these scopes and no others; it is shown this once",
      [words](Context& c) { return admin_key_make(c, words->name, words->scopes, words->life); });
  made->add_option("NAME", words->name, "what uses it, shown in the list and the audit")
      ->required();
  made->add_option("--scope", words->scopes, "what it may do; several with commas")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember({"read", "plugins", "people", "server", "upload"}));
  made->add_option("--for", words->life, "how long: 12h, 30d; by default 90d");
  verb(key, "list", "those that open something now", [](Context& c) { return admin_key_list(c); });
  auto* revoked = verb(key, "revoke", "take one back, at once",
                       [words](Context& c) { return admin_key_revoke(c, words->id); });
  revoked->add_option("ID", words->id, "as `admin-key list` shows it")->required();
}

}  // namespace parley::ctl
