// SPDX-License-Identifier: Apache-2.0
// Channels and accounts over a FakeServer. Rights are simple here: a channel must exist, a direct
// one belongs to the two users in its name. Topics and membership are whatever the test and the
// plugin made them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "fake_server.hpp"

namespace parley::testing {

struct ChannelTable {
  static FakeServer& of(const parley_host* host) {
    return *static_cast<FakeServer*>(host->host_data);
  }
  static std::string text(parley_string string) { return std::string(detail::to_view(string)); }
  static bool direct(const std::string& channel) { return channel.rfind("dm:", 0) == 0; }

  // "dm:<id>:<id>"
  static bool is_one_of(std::string_view channel, std::string_view user) {
    const auto ids = channel.substr(3);
    const auto colon = ids.find(':');
    return colon != ids.npos && (ids.substr(0, colon) == user || ids.substr(colon + 1) == user);
  }

  // ---- channels

  static parley_status publish(const parley_host* host, parley_token token,
                               const parley_publication* abi) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin | kInBackground)) return status;
    Published message{text(abi->channel), text(abi->user), text(abi->from),
                      text(abi->text),    abi->format,     text(abi->buttons),
                      text(abi->card),    abi->reply_to,   0,
                      text(abi->about)};
    if ((!message.buttons.empty() && !JsonCheck::valid(message.buttons)) ||
        (!message.card.empty() && !JsonCheck::object(message.card))) {
      return server.invalid("publish: buttons or card are no valid JSON");
    }
    if (const auto status = may_publish(server, message)) return status;
    const auto exchange = abi->request == 0 ? nullptr : server.open(abi->request);
    if (abi->request != 0 && !exchange) return PARLEY_E_STALE;
    if (exchange) exchange->deferred = true;
    server.later([&server, token, request = abi->request, message]() mutable {
      const Outcome outcome = store(server, message);
      if (request != 0 && is_ok(outcome))
        server.answer(request, {"ok", Json{{"offset", message.offset}}.text(), ""});
      if (request != 0 && !is_ok(outcome)) server.answer_outcome(request, outcome);
      if (token == 0) return;
      server.in(kOnPlugin, [&] {
        half(server)->on_offset(server.data(), token, static_cast<parley_status>(outcome),
                                message.offset);
      });
    });
    return PARLEY_OK;
  }

  static parley_status ensure(const parley_host* host, parley_token token, parley_string channel,
                              parley_string topic) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin)) return status;
    if (!server.allowed("push:channel")) return PARLEY_E_DENIED;
    done(server, token, [&server, name = text(channel), wanted = text(topic)] {
      const bool made = server.channels.count(name) == 0;
      if (made) server.channels[name].topic = wanted;
      return Outcome::kOk;
    });
    return PARLEY_OK;
  }
  static parley_status set_topic(const parley_host* host, parley_token token, parley_string channel,
                                 parley_string topic, parley_string user) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (user.size == 0 && !server.allowed("push:channel")) return PARLEY_E_DENIED;
    done(server, token, [&server, name = text(channel), wanted = text(topic)] {
      const auto found = server.channels.find(name);
      if (found == server.channels.end()) return Outcome::kNotFound;
      found->second.topic = wanted;
      return Outcome::kOk;
    });
    return PARLEY_OK;
  }
  static parley_status may_write(const parley_host* host, parley_token token, parley_string channel,
                                 parley_string user) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    done(server, token, [&server, name = text(channel), id = text(user)] {
      if (server.closed_to_writers.count(name) > 0) return Outcome::kDenied;
      return direct(name) && !is_one_of(name, id) ? Outcome::kNotFound : Outcome::kOk;
    });
    return PARLEY_OK;
  }
  static parley_status change_topic(const parley_host* host, parley_token token,
                                    parley_string channel, parley_string topic, parley_id request) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    const auto exchange = server.open(request);
    if (!exchange) return PARLEY_E_STALE;
    exchange->deferred = true;
    server.later([&server, token, request, name = text(channel), wanted = text(topic)] {
      const auto found = server.channels.find(name);
      const Outcome outcome = server.closed_to_writers.count(name) > 0 ? Outcome::kDenied
                              : found == server.channels.end()         ? Outcome::kNotFound
                                                                       : Outcome::kOk;
      if (is_ok(outcome)) {
        found->second.topic = wanted;
        server.answer(request, {"topic", Json{{"channel", name}, {"topic", wanted}}.text(), ""});
      } else {
        server.answer_outcome(request, outcome);
      }
      if (token == 0) return;
      server.in(kOnPlugin, [&] {
        half(server)->on_done(server.data(), token, static_cast<parley_status>(outcome));
      });
    });
    return PARLEY_OK;
  }
  static parley_status info(const parley_host* host, parley_token token, parley_string channel) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    server.complete(token, [&server, token, name = text(channel)] {
      const auto found = server.channels.find(name);
      if (found == server.channels.end()) {
        half(server)->on_channel(server.data(), token, PARLEY_E_NOT_FOUND, nullptr);
        return;
      }
      auto abi = detail::sized<parley_channel>();
      abi.direct = direct(name) ? 1 : 0;
      abi.name = detail::to_abi(name);
      abi.topic = detail::to_abi(found->second.topic);
      abi.last_offset = found->second.last_offset;
      abi.members = found->second.members.size();
      half(server)->on_channel(server.data(), token, PARLEY_OK, &abi);
    });
    return PARLEY_OK;
  }
  static parley_status members(const parley_host* host, parley_token token, parley_string channel,
                               parley_string after, std::uint64_t limit) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (!server.allowed("accounts.read")) return PARLEY_E_DENIED;
    server.complete(token, [&server, token, limit, name = text(channel), above = text(after)] {
      std::deque<Caller> callers;
      bool more = false;
      for (const std::string& id : sorted(server.channels[name].members)) {
        if (id <= above) continue;
        more = limit != 0 && callers.size() == limit;
        if (more) break;
        const auto known = server.accounts.find(id);
        callers.push_back(known == server.accounts.end() ? Caller{.id = id, .name = id}
                                                         : known->second.user);
      }
      std::deque<AbiUser> users;
      std::vector<const parley_user*> pointers;
      for (const Caller& caller : callers) pointers.push_back(users.emplace_back(caller).get());
      half(server)->on_members(server.data(), token, PARLEY_OK, pointers.data(), pointers.size(),
                               more ? 1 : 0);
    });
    return PARLEY_OK;
  }
  static parley_status is_member(const parley_host* host, parley_token token, parley_string channel,
                                 parley_string user) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    done(server, token, [&server, name = text(channel), id = text(user)] {
      const auto& list = server.channels[name].members;
      return std::find(list.begin(), list.end(), id) == list.end() ? Outcome::kNotFound
                                                                   : Outcome::kOk;
    });
    return PARLEY_OK;
  }
  static parley_status subscribe(const parley_host* host, parley_token token, parley_string channel,
                                 parley_string user) {
    return change_members(host, token, channel, [id = text(user)](std::vector<std::string>& list) {
      if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
    });
  }
  static parley_status unsubscribe(const parley_host* host, parley_token token,
                                   parley_string channel, parley_string user) {
    return change_members(host, token, channel, [id = text(user)](std::vector<std::string>& list) {
      std::erase(list, id);
    });
  }
  static parley_status dm_name(const parley_host*, parley_string user_a, parley_string user_b,
                               const parley_sink* name) {
    if (user_a.size == 0 || user_b.size == 0) return PARLEY_E_INVALID;
    const auto ids = std::minmax({text(user_a), text(user_b)});
    detail::write_to(name, "dm:" + ids.first + ":" + ids.second);
    return PARLEY_OK;
  }

  // ---- accounts

  static parley_status register_user(const parley_host* host, parley_id request, parley_string name,
                                     parley_string password) {
    return register_invited(host, request, name, password, {});
  }
  static parley_status register_invited(const parley_host* host, parley_id request,
                                        parley_string name, parley_string password,
                                        parley_string invitation) {
    return identity(host, request,
                    [name = text(name), password = text(password), code = text(invitation)](
                        FakeServer& server, parley_id id) {
                      if (!server.invitation.empty() && code != server.invitation) {
                        server.answer_error(id, code.empty() ? "forbidden" : "unauthorized",
                                            "registration is by invitation");
                        return;
                      }
                      if (find_by_name(server, name) != nullptr) {
                        server.answer_error(id, "conflict", "that name is taken");
                        return;
                      }
                      FakeAccount account{.user = {.id = "u_" + name, .name = name},
                                          .password = password};
                      account.created = server.now;
                      server.accounts[account.user.id] = account;
                      welcome(server, id, account);
                    });
  }
  static parley_status login(const parley_host* host, parley_id request, parley_string name,
                             parley_string password) {
    return identity(
        host, request,
        [name = text(name), password = text(password)](FakeServer& server, parley_id id) {
          const FakeAccount* account = find_by_name(server, name);
          if (account == nullptr || account->password != password) {
            server.answer_error(id, "unauthorized", "wrong name or password");
            return;
          }
          welcome(server, id, *account);
        });
  }
  static parley_status logout(const parley_host* host, parley_id request) {
    return identity(host, request, [](FakeServer& server, parley_id id) {
      server.answer(id, {"ok", "", ""});
    });
  }
  static parley_status logout_everywhere(const parley_host* host, parley_id request) {
    return identity(host, request, [](FakeServer& server, parley_id id) {
      server.ended_everywhere.push_back(server.open(id)->caller.id);
      server.answer(id, {"ok", "", ""});
    });
  }
  static parley_status change_password(const parley_host* host, parley_id request,
                                       parley_string old_password, parley_string new_password) {
    return identity(
        host, request,
        [from = text(old_password), to = text(new_password)](FakeServer& server, parley_id id) {
          const auto found = server.accounts.find(server.open(id)->caller.id);
          if (found == server.accounts.end() || found->second.password != from) {
            server.answer_error(id, "unauthorized", "wrong password");
            return;
          }
          found->second.password = to;
          server.answer(id, {"ok", "", ""});
        });
  }
  static parley_status lookup(const parley_host* host, parley_token token, std::uint32_t by,
                              parley_string value) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (!server.allowed("accounts.read")) return PARLEY_E_DENIED;
    server.complete(token, [&server, token, by, wanted = text(value)] {
      const auto* half = server.half<parley_plugin_accounts>(PARLEY_EXT_ACCOUNTS);
      const auto found = server.accounts.find(wanted);
      const bool by_id = by != PARLEY_LOOKUP_NAME && found != server.accounts.end();
      const FakeAccount* account = by_id                    ? &found->second
                                   : by == PARLEY_LOOKUP_ID ? nullptr
                                                            : find_by_name(server, wanted);
      if (account == nullptr) {
        half->on_account(server.data(), token, PARLEY_E_NOT_FOUND, nullptr);
        return;
      }
      const AbiUser user(account->user);
      auto abi = detail::sized<parley_account>();
      abi.online = account->online ? 1 : 0;
      abi.user = user.get();
      abi.created = account->created;
      abi.last_seen = account->last_seen;
      half->on_account(server.data(), token, PARLEY_OK, &abi);
    });
    return PARLEY_OK;
  }

 private:
  static const parley_plugin_channels* half(const FakeServer& server) {
    return server.half<parley_plugin_channels>(PARLEY_EXT_CHANNELS);
  }
  static std::vector<std::string> sorted(std::vector<std::string> list) {
    std::sort(list.begin(), list.end());
    return list;
  }

  static parley_status may_publish(const FakeServer& server, const Published& message) {
    if (message.user.empty() && !server.allowed("push:channel")) return PARLEY_E_DENIED;
    if (direct(message.channel) && !server.allowed("dm")) return PARLEY_E_DENIED;
    const bool rich = !message.buttons.empty() || !message.card.empty();
    return rich && !server.allowed("buttons") ? PARLEY_E_DENIED : PARLEY_OK;
  }
  static Outcome store(FakeServer& server, Published& message) {
    const Outcome wanted = std::exchange(server.next_write, Outcome::kOk);
    if (!is_ok(wanted)) return wanted;
    if (direct(message.channel)) {
      const bool own =
          message.user.empty() || message.channel.find(":" + message.user) != std::string::npos;
      if (!own) return Outcome::kDenied;
    } else if (server.channels.count(message.channel) == 0) {
      return Outcome::kNotFound;
    }
    message.offset = ++server.channels[message.channel].last_offset;
    server.published.push_back(message);
    return Outcome::kOk;
  }

  // An operation that ends in on_done.
  static void done(FakeServer& server, parley_token token, std::function<Outcome()> work) {
    server.later([&server, token, work = std::move(work)] {
      const auto status = static_cast<parley_status>(work());
      if (token != 0)
        server.in(kOnPlugin, [&] { half(server)->on_done(server.data(), token, status); });
    });
  }
  template <typename Change>
  static parley_status change_members(const parley_host* host, parley_token token,
                                      parley_string channel, Change change) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (!server.allowed("push:channel")) return PARLEY_E_DENIED;
    done(server, token, [&server, change, name = text(channel)] {
      const auto found = server.channels.find(name);
      if (found == server.channels.end()) return Outcome::kNotFound;
      change(found->second.members);
      return Outcome::kOk;
    });
    return PARLEY_OK;
  }

  // An account operation that takes the request and answers it.
  static parley_status identity(const parley_host* host, parley_id request,
                                std::function<void(FakeServer&, parley_id)> work) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (!server.allowed("accounts.write")) return PARLEY_E_DENIED;
    const auto exchange = server.open(request);
    if (!exchange) return PARLEY_E_STALE;
    exchange->deferred = true;
    server.later([&server, request, work = std::move(work)] { work(server, request); });
    return PARLEY_OK;
  }
  static void welcome(FakeServer& server, parley_id request, const FakeAccount& account) {
    const Json user{{"id", account.user.id}, {"name", account.user.name}};
    server.answer(
        request,
        {"welcome", Json{{"user", user}, {"token", "token-of-" + account.user.id}}.text(), ""});
  }
  static const FakeAccount* find_by_name(const FakeServer& server, const std::string& name) {
    for (const auto& [id, account] : server.accounts) {
      if (account.user.name == name) return &account;
    }
    return nullptr;
  }
};

}  // namespace parley::testing
