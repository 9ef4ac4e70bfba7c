// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/core.h>

#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostRead = 64 * 1024;

Result<std::string> read_token(const std::string& file) {
  std::ifstream opened;
  const bool from_stdin = file.empty() || file == "-";
  if (!from_stdin) opened.open(file);
  std::istream& source = from_stdin ? std::cin : opened;
  std::string text(kMostRead, '\0');
  source.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(source.gcount()));
  if (!from_stdin && !opened.is_open())
    return Status::not_found(fmt::format("{} cannot be read", file));
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return Status::invalid_args("there is no token in it");
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string shown(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void show_check(Context& context, const Json& body) {
  Json rows{{"accepted", body.at("accepted")},
            {"why", body.at("why")},
            {"header", shown(body.at("header"))},
            {"claims", shown(body.at("claims"))},
            {"user", shown(body.value("user", Json("")))}};
  std::string problems;
  for (const auto& one : body.value("problems", Json::array()))
    problems += (problems.empty() ? "" : " ") + one.get<std::string>();
  if (!problems.empty()) rows["problems"] = problems;
  print_object(context, rows);
}

}  // namespace

// The token alone, so that a script can take it.
int token_make(Context& context, const std::string& name, const std::string& life) {
  Json body{{"name", name}};
  if (!life.empty()) body["for"] = life;
  return answer(context, context.client().post("/admin/v1/tokens", body),
                [](Context& c, const Json& made) {
                  c.terminal.out << made.at("token").get<std::string>() << '\n';
                });
}

int token_check(Context& context, const std::string& file) {
  const auto token = read_token(file);
  if (!token) return refuse(context, token.status());
  const auto reply = context.client().post("/admin/v1/tokens/check", {{"token", *token}});
  const int code = answer(context, reply, show_check);
  if (code != kDone) return code;
  return reply->body.value("accepted", false) ? kDone : kRefused;
}

int token_revoke(Context& context, const std::string& id, const std::string& issuer,
                 const std::string& name) {
  const Json body{{"id", id}, {"issuer", issuer}, {"name", name}};
  return answer(context, context.client().post("/admin/v1/tokens/revoke", body), print_done);
}

int token_rotate(Context& context) {
  return answer(context, context.client().post("/admin/v1/tokens/rotate", Json::object()),
                print_done);
}

}  // namespace parley::ctl
