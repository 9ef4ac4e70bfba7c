// SPDX-License-Identifier: Apache-2.0
#include "ctl/verbs.h"

namespace parley::ctl {

using Json = nlohmann::json;

// The code alone, which is shown this once.
int invitation_make(Context& context, const std::string& note, const std::string& life) {
  Json body{{"note", note}};
  if (!life.empty()) body["for"] = life;
  return answer(context, context.client().post("/admin/v1/invitations", body),
                [](Context& c, const Json& made) {
                  c.terminal.out << made.at("code").get<std::string>() << '\n';
                });
}

int invitation_list(Context& context) {
  return answer(
      context, context.client().get("/admin/v1/invitations"), [](Context& c, const Json& body) {
        print_list(c, body, "invitations", {"id", "note", "madeBy", "createdAt", "expiresAt"});
      });
}

int invitation_revoke(Context& context, const std::string& id) {
  const auto path = "/admin/v1/invitations/" + path_step(id) + "/revoke";
  return answer(context, context.client().post(path, Json::object()), print_done);
}

}  // namespace parley::ctl
