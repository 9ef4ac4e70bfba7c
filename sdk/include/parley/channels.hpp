// SPDX-License-Identifier: Apache-2.0
// Channels: publish into them and look after them.
//
//   channels().publish(request, {.channel = "global", .user = id, .text = text});
//       as that user; the host answers the request, `ok {offset}`
//   channels().publish({.channel = "global", .from = "Bot", .text = "hello"});
//       as the plugin itself
//
// Thread: plugin (publish also background). Failure: `then` hears the outcome, exactly once, on the
// plugin's thread. Permissions: see ext/channels.h. Since 1.0.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail/abi.hpp"
#include "ext/channels.h"
#include "host.hpp"
#include "responder.hpp"
#include "rich.hpp"

namespace parley {

struct Publication {
  std::string channel;
  std::string user =
      {};  // author's user id, whose rights and name count; empty: the plugin as a bot
  std::string from = {};  // a bot's shown name; empty: the plugin's id
  std::string text = {};
  Format format = Format::kPlain;
  std::vector<Button> buttons = {};
  Json card = {};
  std::int64_t reply_to = -1;  // offset in the same channel
  std::string about = {};      // of a bot's message: id of the user whose name or words are in it;
                               // it goes when that user's data is deleted
};

struct ChannelInfo {
  std::string name = {};
  std::string topic = {};
  bool direct = false;
  std::int64_t last_offset = 0;
  std::uint64_t members = 0;
};

struct Member {
  std::string id;
  std::string name;
  UserKind kind;
};
struct Members {
  std::vector<Member> users = {};
  bool more = false;  // ask again after the last id
};

// Somebody is kept out of a channel.
struct Ban {
  std::string channel;
  std::string user;         // their id
  std::string reason = {};  // they read it
  std::string by = {};      // id of who decided it, or a name; empty: the plugin. Listed: the name
  std::int64_t until = 0;   // milliseconds since 1970; 0: until they are let in again
  // Of those listed:
  std::int64_t since = 0;
  std::string name = {};  // of the user
};
struct Bans {
  std::vector<Ban> list = {};
  bool more = false;  // ask again after the last one
};

class Channels : public detail::Service<parley_host_channels> {
 public:
  using Then = Callback<void(Outcome)>;
  using ThenOffset = Callback<void(Outcome, std::int64_t)>;
  using ThenInfo = Callback<void(Outcome, const ChannelInfo&)>;
  using ThenMembers = Callback<void(Outcome, const Members&)>;
  using ThenBans = Callback<void(Outcome, const Bans&)>;

  explicit Channels(Host host) : Service(host, PARLEY_EXT_CHANNELS) {}

  void publish(const Publication& publication, ThenOffset then = {}) {
    publish_for(0, publication, std::move(then));
  }
  // The host answers the request, `ok {offset}` or an error, before anybody sees the message.
  void publish(Responder& request, const Publication& publication, ThenOffset then = {}) {
    request.hand_on([&](parley_id id) { return publish_for(id, publication, std::move(then)); });
  }

  // Makes the channel if there is none.
  void ensure(std::string_view channel, std::string_view topic = {}, Then then = {}) {
    start(&parley_host_channels::ensure, std::move(then), channel, topic);
  }
  // user: whose rights are checked; empty: the plugin's.
  void set_topic(std::string_view channel, std::string_view topic, std::string_view user = {},
                 Then then = {}) {
    done_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_channels::set_topic, token, detail::to_abi(channel),
                  detail::to_abi(topic), detail::to_abi(user));
    });
  }
  // The topic is said by who asked: their rights count, filters see it, and the host answers the
  // request, `topic {channel, topic}` or an error.
  void change_topic(Responder& request, std::string_view channel, std::string_view topic,
                    Then then = {}) {
    request.hand_on([&](parley_id id) {
      parley_status status = PARLEY_OK;
      done_.start(std::move(then), [&](parley_token token) {
        return status = call(&parley_host_channels::change_topic, token, detail::to_abi(channel),
                             detail::to_abi(topic), id);
      });
      return status;
    });
  }
  // Whether the user whose command runs may write there now; kDenied where somebody has blocked
  // them, kNotFound where there is nothing for them.
  void may_write(std::string_view channel, std::string_view user, Then then) {
    start(&parley_host_channels::may_write, std::move(then), channel, user);
  }
  void info(std::string_view channel, ThenInfo then) {
    infos_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_channels::info, token, detail::to_abi(channel));
    });
  }
  void members(std::string_view channel, ThenMembers then, std::string_view after = {},
               std::uint64_t limit = 0) {
    members_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_channels::members, token, detail::to_abi(channel),
                  detail::to_abi(after), limit);
    });
  }
  // kOk: a member; kNotFound: not.
  void is_member(std::string_view channel, std::string_view user, Then then) {
    start(&parley_host_channels::is_member, std::move(then), channel, user);
  }
  void subscribe(std::string_view channel, std::string_view user, Then then = {}) {
    start(&parley_host_channels::subscribe, std::move(then), channel, user);
  }
  void unsubscribe(std::string_view channel, std::string_view user, Then then = {}) {
    start(&parley_host_channels::unsubscribe, std::move(then), channel, user);
  }
  // Keeps somebody out of a channel, whether this plugin is loaded or not. kOk: it is on disk, and
  // they are out; kNotFound: no such user; kLimit: there are too many.
  void ban(const Ban& ban, Then then = {}) {
    const parley_ban abi = to_abi(ban);
    done_.start(std::move(then),
                [&](parley_token token) { return call(&parley_host_channels::ban, token, &abi); });
  }
  // kNotFound: they were not kept out.
  void unban(std::string_view channel, std::string_view user, Then then = {}) {
    start(&parley_host_channels::unban, std::move(then), channel, user);
  }
  // Those that hold now, by channel and id; `channel` empty: of all channels.
  void bans(ThenBans then, std::string_view channel = {}, const Ban& after = {},
            std::uint64_t limit = 0) {
    const parley_ban abi = to_abi(after);
    bans_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_channels::bans, token, detail::to_abi(channel), &abi, limit);
    });
  }
  // The name of the channel between two users.
  std::string direct(std::string_view user_a, std::string_view user_b) const {
    detail::TextSink name;
    call_or_throw("naming a direct channel", &parley_host_channels::dm_name, detail::to_abi(user_a),
                  detail::to_abi(user_b), name.abi());
    return name.take();
  }

 private:
  friend struct detail::Trampolines;

  parley_status publish_for(parley_id request, const Publication& publication, ThenOffset then) {
    const Json buttons = to_json(publication.buttons);
    auto abi = detail::sized<parley_publication>();
    abi.format = static_cast<std::uint32_t>(publication.format);
    abi.channel = detail::to_abi(publication.channel);
    abi.user = detail::to_abi(publication.user);
    abi.from = detail::to_abi(publication.from);
    abi.text = detail::to_abi(publication.text);
    abi.buttons = detail::to_abi(buttons.text());
    abi.card = detail::to_abi(publication.card.text());
    abi.reply_to = publication.reply_to;
    abi.request = request;
    abi.about = detail::to_abi(publication.about);
    parley_status status = PARLEY_OK;
    offsets_.start(std::move(then), [&](parley_token token) {
      const parley_publication* pointer = &abi;
      return status = call(&parley_host_channels::publish, token, pointer);
    });
    return status;
  }

  template <typename Member>
  void start(Member member, Then then, std::string_view first, std::string_view second) {
    done_.start(std::move(then), [&](parley_token token) {
      return call(member, token, detail::to_abi(first), detail::to_abi(second));
    });
  }

  static ChannelInfo to_info(const parley_channel* abi) {
    if (abi == nullptr) return {};
    return {.name = std::string(detail::to_view(abi->name)),
            .topic = std::string(detail::to_view(abi->topic)),
            .direct = abi->direct != 0,
            .last_offset = abi->last_offset,
            .members = abi->members};
  }
  static Members to_members(const parley_user* const* users, std::uint64_t count,
                            std::uint32_t more) {
    Members result{.more = more != 0};
    for (std::uint64_t i = 0; i < count; ++i) {
      const User user(users[i]);
      result.users.push_back({std::string(user.id()), std::string(user.name()), user.kind()});
    }
    return result;
  }

  static parley_ban to_abi(const Ban& ban) {
    auto abi = detail::sized<parley_ban>();
    abi.channel = detail::to_abi(ban.channel);
    abi.user = detail::to_abi(ban.user);
    abi.reason = detail::to_abi(ban.reason);
    abi.by = detail::to_abi(ban.by);
    abi.until = ban.until;
    return abi;
  }
  static Bans to_bans(const parley_ban* const* bans, std::uint64_t count, std::uint32_t more) {
    Bans result{.more = more != 0};
    for (std::uint64_t i = 0; i < count; ++i) {
      const parley_ban& abi = *bans[i];
      result.list.push_back({.channel = std::string(detail::to_view(abi.channel)),
                             .user = std::string(detail::to_view(abi.user)),
                             .reason = std::string(detail::to_view(abi.reason)),
                             .by = std::string(detail::to_view(abi.by)),
                             .until = abi.until,
                             .since = abi.since,
                             .name = std::string(detail::to_view(abi.name))});
    }
    return result;
  }

  detail::Pending<std::int64_t> offsets_;
  detail::Pending<> done_;
  detail::Pending<const ChannelInfo&> infos_;
  detail::Pending<const Members&> members_;
  detail::Pending<const Bans&> bans_;
};

}  // namespace parley
