// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "base/escape.h"
#include "config/problem.h"
#include "ctl/table.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

std::string text_at(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void print_details(Context& context, const Json& details) {
  if (!details.is_array()) return;
  for (const auto& detail : details) {
    config::Problem problem;
    problem.file = text_at(detail, "file");
    problem.path = text_at(detail, "path");
    problem.message = text_at(detail, "message");
    if (detail.is_object() && detail.contains("line") && detail["line"].is_number_integer()) {
      problem.line = detail["line"].get<int>();
    }
    context.terminal.err << "  " << terminal_escaped(problem.sentence()) << '\n';
  }
}

}  // namespace

int refuse(Context& context, const Status& status) {
  context.terminal.err << "parleyctl: " << terminal_escaped(status.message()) << '\n';
  return kRefused;
}

int refuse(Context& context, const Reply& reply) {
  const Json error =
      reply.body.is_object() ? reply.body.value("error", Json::object()) : Json::object();
  auto message = text_at(error, "message");
  if (message.empty()) message = fmt::format("the server answered {}", reply.http_status);
  const auto code = text_at(error, "code");
  context.terminal.err << "refused: " << terminal_escaped(message)
                       << (code.empty() ? "" : " (" + terminal_escaped(code) + ")") << '\n';
  // Beside the error or inside it.
  if (reply.body.is_object() && reply.body.contains("details"))
    print_details(context, reply.body["details"]);
  if (error.is_object() && error.contains("details")) print_details(context, error["details"]);
  if (context.format == Format::kJson) print_json(context, reply.body);
  return kRefused;
}

int answer(Context& context, const Result<Reply>& reply, Show show) {
  if (!reply) return refuse(context, reply.status());
  if (!reply->ok()) return refuse(context, *reply);
  if (context.format == Format::kJson) {
    print_json(context, reply->body);
  } else {
    show(context, reply->body);
  }
  return kDone;
}

// ASCII only: what is printed cannot steer a terminal, and scripts read it back the same.
void print_json(Context& context, const Json& value) {
  context.terminal.out << value.dump(2, ' ', true, Json::error_handler_t::replace) << '\n';
}

void print_list(Context& context, const Json& body, const char* list,
                const std::vector<std::string>& columns) {
  const Json rows = body.is_object() && body.contains(list) ? body[list] : body;
  if (!rows.is_array() || rows.empty()) {
    context.terminal.out << "no " << list << '\n';
    return;
  }
  const auto width = context.terminal.width;
  table_of(rows, columns, width > 0).print(context.terminal.out, width);
}

void print_object(Context& context, const Json& body) {
  table_of(body).print(context.terminal.out, context.terminal.width);
}

void print_done(Context& context, const Json& body) {
  const auto message = text_at(body, "message");
  context.terminal.out << (message.empty() ? "done" : terminal_escaped(message)) << '\n';
}

}  // namespace parley::ctl
