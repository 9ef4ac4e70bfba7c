// SPDX-License-Identifier: Apache-2.0
// What a test says who somebody is, and what FakeHost caught: replies, pushes, publications, log
// lines. Everything here owns its text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../host.hpp"
#include "../json.hpp"
#include "../json_view.hpp"
#include "../outcome.hpp"
#include "../plugin_abi.h"

namespace parley::testing {

// Somebody who speaks.
struct Caller {
  std::string id = "u_neo";
  std::string name = "Neo";
  UserKind kind = UserKind::kPerson;
  std::vector<std::string> roles = {"user"};
  std::string session = "s_neo";
  std::string locale = "en";
  std::string channel = {};  // where a slash line was typed
  std::string peer = "127.0.0.1";
  std::string origin = {};  // JSON {ns, id}
};

// A Caller as the ABI's struct; refers to the Caller.
class AbiUser {
 public:
  explicit AbiUser(const Caller& caller) {
    for (const std::string& role : caller.roles) roles_.push_back(detail::to_abi(role));
    abi_.kind = static_cast<std::uint32_t>(caller.kind);
    abi_.id = detail::to_abi(caller.id);
    abi_.name = detail::to_abi(caller.name);
    abi_.roles = roles_.data();
    abi_.role_count = roles_.size();
  }
  AbiUser(const AbiUser&) = delete;
  const parley_user* get() const { return &abi_; }

 private:
  std::vector<parley_string> roles_;
  parley_user abi_ = detail::sized<parley_user>();
};

// One frame to a client.
struct Sent {
  std::string type = {};
  std::string data_text = {};    // JSON or empty
  std::string fields_text = {};  // JSON object or empty

  JsonView data() const { return JsonView(data_text); }
  JsonView fields() const { return JsonView(fields_text); }
  // The frame as a client sees it, without id and seq.
  std::string text() const {
    Json frame = Json::object();
    frame.set("type", type);
    if (!data_text.empty()) frame.set("data", Json::raw(data_text));
    for (const auto& [name, value] : fields().members()) frame.set(name, Json::raw(value.text()));
    return frame.text();
  }
};

// One command on its way through the plugin.
struct Exchange {
  parley_id id = 0;
  std::string action = {};
  Caller caller = {};
  std::int64_t deadline = 0;
  bool deferred = false;
  std::optional<Sent> terminal = {};
  std::vector<Sent> progress = {};
};

// The answer to a call; a deferred one fills in later.
class Reply {
 public:
  explicit Reply(std::shared_ptr<const Exchange> exchange) : exchange_(std::move(exchange)) {}

  bool answered() const { return exchange_->terminal.has_value(); }
  bool failed() const { return type() == "error"; }
  std::string type() const { return answered() ? exchange_->terminal->type : std::string(); }
  JsonView data() const { return answered() ? exchange_->terminal->data() : JsonView(); }
  JsonView fields() const { return answered() ? exchange_->terminal->fields() : JsonView(); }
  // Of an error: its code and sentence.
  std::string code() const { return failed() ? data()["code"].or_else("") : ""; }
  std::string message() const { return failed() ? data()["message"].or_else("") : ""; }
  const std::vector<Sent>& progress() const { return exchange_->progress; }
  std::string text() const { return answered() ? exchange_->terminal->text() : "(not answered)"; }
  parley_id id() const { return exchange_->id; }

 private:
  std::shared_ptr<const Exchange> exchange_;
};

struct Pushed {
  std::uint32_t scope = 0;  // PARLEY_PUSH_*
  std::vector<std::string> targets = {};
  std::vector<std::string> except = {};
  bool may_drop = false;
  bool store = false;
  std::string conflate = {};
  std::int64_t ttl = 0;
  Sent frame = {};
};

struct Published {
  std::string channel = {};
  std::string user = {};  // empty: the plugin as a bot
  std::string from = {};
  std::string text = {};
  std::uint32_t format = 0;
  std::string buttons = {};
  std::string card = {};
  std::int64_t reply_to = -1;
  std::int64_t offset = 0;
  std::string about = {};
};

// What became of a message that somebody said.
struct Said {
  bool denied = false;
  std::string code = {};
  std::string reason = {};
  std::string text = {};    // as published, after every REPLACE
  std::int64_t offset = 0;  // 0: not published
  std::int64_t reply_to = -1;
};

struct Logged {
  parley_log_level level = PARLEY_LOG_INFO;
  std::string text = {};
};

// A command that the plugin ran as the speaker.
struct Ran {
  std::string session = {};
  std::string action = {};
  std::string arguments = {};
};

struct FakeChannel {
  std::string topic = {};
  std::vector<std::string> members = {};  // user ids
  std::int64_t last_offset = 0;
};

struct FakeAccount {
  Caller user = {};
  std::string password = {};
  bool online = true;
  std::int64_t created = 0;
  std::int64_t last_seen = 0;
};

}  // namespace parley::testing
