// SPDX-License-Identifier: Apache-2.0
// poll: /poll Tea or coffee? | Tea | Coffee, buttons to vote with, the result when its time is over.
//
// The example of buttons and of state that a reload hands over. The question is said by the one who
// asks: their rights count, and filters see it. A vote is answered once it is on disk. Over a reload
// the open polls go from version to version; after a restart they are read from storage.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <parley/plugin.hpp>

#include "ballot.h"
#include "catalogue.h"

namespace poll {

constexpr std::string_view kDefaultChannel = "global";
constexpr std::int64_t kHour = 3'600'000;

// The number of the newest poll, over or not: buttons of an old one never vote in another.
constexpr std::string_view kLastKey = "last";

std::string ballot_key(std::int64_t number) {
  return "poll:" + std::to_string(number);
}
std::string vote_prefix(std::int64_t number) {
  return "vote:" + std::to_string(number) + ":";
}

class Poll : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "push:channel", "buttons"};
  static constexpr bool kStateful = true;
  static constexpr std::uint32_t kStateSchema = 1;
  static constexpr std::string_view kConfigSchema = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
      "hours": {"type": "integer", "default": 24, "minimum": 1, "maximum": 720,
        "description": "How long a poll runs."},
      "options": {"type": "integer", "default": 8, "minimum": 2, "maximum": 10,
        "description": "Choices of one poll, at most."},
      "length": {"type": "integer", "default": 120, "minimum": 10, "maximum": 500,
        "description": "Characters of a question or a choice, at most."},
      "per_user": {"type": "integer", "default": 3, "minimum": 1, "maximum": 100,
        "description": "Polls that one person may have running."},
      "all": {"type": "integer", "default": 1000, "minimum": 1, "maximum": 100000,
        "description": "Polls that run on the whole server, at most."},
      "voters": {"type": "integer", "default": 10000, "minimum": 2, "maximum": 1000000,
        "description": "People who can vote in one poll, at most."}
    }
  })json";

  explicit Poll(parley::Host host) : Plugin(host) {
    command("poll", say::kPoll, &Poll::ask).argument<std::string>("text", say::kText).rest();
    command("vote", say::kVote, &Poll::vote)
        .clickable()
        .argument<std::int64_t>("poll", say::kNumber)
        .argument<std::int64_t>("option", say::kOption);
    command("pollResults", say::kResults, &Poll::show)
        .alias("results")
        .clickable()
        .read_only()
        .argument<std::int64_t>("poll", say::kNumber);
    command("closePoll", say::kClose, &Poll::close)
        .clickable()
        .argument<std::int64_t>("poll", say::kOwnNumber)
        .optional();
    on_event(parley::EventKind::kUserRegistered, &Poll::registered);
    on_event(parley::EventKind::kUserDeleted, &Poll::forget);
  }

 private:
  // ---- life

  void on_start() override {
    if (!handed_over_) read_stored();
    wait_for_next();
  }

  void read_stored() {
    for (const auto& [key, number] : storage().scan_now(kLastKey))
      std::from_chars(number.data(), number.data() + number.size(), last_number_);
    for (const auto& [key, record] : storage().scan_now("poll:")) {
      if (auto ballot = read_ballot(parley::JsonView(record)))
        add(std::move(*ballot));
      else
        log_warning("the stored " + key + " cannot be read and is left out");
    }
    for (auto& [number, ballot] : ballots_) {
      const auto prefix = vote_prefix(number);
      for (const auto& [key, choice] : storage().scan_now(prefix)) {
        std::size_t option = ballot.options.size();
        std::from_chars(choice.data(), choice.data() + choice.size(), option);
        if (option < ballot.options.size()) ballot.votes[key.substr(prefix.size())] = option;
      }
    }
  }

  void save(parley::StateWriter& out) override {
    out.write(R"({"last":)" + std::to_string(last_number_) + R"(,"polls":[)");
    bool first = true;
    for (const auto& [number, ballot] : ballots_) {
      out.write((first ? "" : ",") + to_state(ballot).text());
      first = false;
    }
    out.write("]}");
  }

  void load(const parley::StateReader& in) override {
    if (in.schema() != kStateSchema)
      throw parley::Error("schema " + std::to_string(in.schema()), parley::Outcome::kUnsupported);
    const parley::JsonView state(in.bytes());
    for (const auto one : state["polls"].items()) {
      auto ballot = read_ballot(one);
      if (!ballot) throw parley::Error("a poll in the state", parley::Outcome::kInvalid);
      add(std::move(*ballot));
    }
    last_number_ = std::max(last_number_, state["last"].or_else(std::int64_t{0}));
    handed_over_ = true;
  }

  void add(Ballot ballot) {
    last_number_ = std::max(last_number_, ballot.number);
    ballots_.insert_or_assign(ballot.number, std::move(ballot));
  }

  // ---- asking

  void ask(parley::Request& request) {
    Question wanted = split_question(request.argument<std::string_view>("text"));
    if (const auto why = refusal(request, wanted); !why.empty())
      return request.fail("invalid_args", why);
    const std::string user(request.user().id());
    const int most = config()["per_user"].or_else(0);
    if (running_of(user) >= most) return request.fail("limit", request.tr(say::kTooMany, most));
    if (ballots_.size() >= config()["all"].or_else(std::size_t{0}))
      return request.fail("limit", request.tr(say::kFull));
    open(request,
         {.number = ++last_number_,
          .author = user,
          .channel = std::string(request.channel().empty() ? kDefaultChannel : request.channel()),
          .locale = std::string(request.locale()),
          .question = std::move(wanted.question),
          .options = std::move(wanted.options),
          .closes = host().now() + config()["hours"].or_else(1) * kHour});
  }

  std::string refusal(const parley::Responder& asker, const Question& wanted) const {
    const std::size_t most = config()["options"].or_else(std::size_t{2});
    const std::size_t length = config()["length"].or_else(std::size_t{0});
    const bool fits = wanted.options.size() >= 2 && wanted.options.size() <= most;
    if (wanted.question.empty() || !fits) return asker.tr(say::kUsage, most);
    if (parley::characters(wanted.question) > length) return asker.tr(say::kLong, length);
    for (auto one = wanted.options.begin(); one != wanted.options.end(); ++one) {
      if (parley::characters(*one) > length) return asker.tr(say::kLong, length);
      if (std::find(wanted.options.begin(), one, *one) != one) return asker.tr(say::kTwice, *one);
    }
    return {};
  }

  int running_of(std::string_view user) const {
    return static_cast<int>(std::count_if(ballots_.begin(), ballots_.end(), [&](const auto& one) {
      return one.second.author == user;
    }));
  }

  // Stored first, then said: a button that can be pressed always finds its poll.
  void open(parley::Request& request, Ballot ballot) {
    const auto number = ballot.number;
    const auto record = to_record(ballot);
    add(std::move(ballot));
    parley::Batch batch;
    batch.put(ballot_key(number), record.text()).put(kLastKey, std::to_string(number));
    storage().write(batch,
                    [this, number, later = request.defer()](parley::Outcome outcome) mutable {
                      if (!is_ok(outcome)) {
                        ballots_.erase(number);
                        return later.fail(outcome);
                      }
                      say(number, later);
                    });
  }

  void say(std::int64_t number, parley::Deferred& later) {
    const Ballot& ballot = ballots_.at(number);
    channels().publish(later,
                       {.channel = ballot.channel,
                        .user = ballot.author,
                        .text = say::kAsks.format(ballot.locale, number, ballot.question),
                        .buttons = buttons_of(ballot)},
                       [this, number](parley::Outcome outcome, std::int64_t) {
                         if (!is_ok(outcome)) return remove(number);
                         wait_for_next();
                       });
  }

  static std::vector<parley::Button> buttons_of(const Ballot& ballot) {
    std::vector<parley::Button> buttons;
    for (std::size_t i = 0; i < ballot.options.size(); ++i) {
      buttons.push_back(
          {.label = ballot.options[i],
           .command = {{"action", "vote"}, {"poll", ballot.number}, {"option", i + 1}},
           .style = ""});
    }
    buttons.push_back({.label = std::string(say::kShow.in(ballot.locale)),
                       .command = {{"action", "pollResults"}, {"poll", ballot.number}},
                       .style = ""});
    return buttons;
  }

  // ---- voting

  // Nothing, and the request answered, when it is over, or of a channel that the voter cannot see:
  // the numbers alone must tell a stranger nothing.
  Ballot* find(parley::Request& request) {
    return find(request, request.argument<std::int64_t>("poll"));
  }
  Ballot* find(parley::Request& request, std::int64_t number) {
    const auto found = ballots_.find(number);
    if (found != ballots_.end()) return &found->second;
    const bool ever = number >= 1 && number <= last_number_;
    request.fail("not_found", request.tr(ever ? say::kUnknown : say::kNoSuch, number));
    return nullptr;
  }

  // Goes on where the one who asks is a member of the poll's channel.
  void where_member(parley::Request& request,
                    parley::Callback<void(parley::Deferred, Ballot&)> then) {
    const Ballot* ballot = find(request);
    if (ballot == nullptr) return;
    channels().is_member(ballot->channel, request.user().id(),
                         [this, number = ballot->number, later = request.defer(),
                          then = std::move(then)](parley::Outcome outcome) mutable {
                           const auto still = ballots_.find(number);
                           if (!is_ok(outcome) || still == ballots_.end())
                             return later.fail("not_found", later.tr(say::kUnknown, number));
                           then(std::move(later), still->second);
                         });
  }

  void vote(parley::Request& request) {
    const std::string user(request.user().id());
    const auto option = request.argument<std::int64_t>("option");
    where_member(request, [this, user, option](parley::Deferred later, Ballot& ballot) {
      count_vote(std::move(later), ballot, user, option);
    });
  }

  void count_vote(parley::Deferred later, Ballot& ballot, const std::string& user,
                  std::int64_t option) {
    const auto number = ballot.number;
    if (option < 1 || option > static_cast<std::int64_t>(ballot.options.size()))
      return later.fail("invalid_args", later.tr(say::kNoOption, number, ballot.options.size()));
    const bool fresh = ballot.votes.find(user) == ballot.votes.end();
    if (fresh && ballot.votes.size() >= config()["voters"].or_else(std::size_t{0}))
      return later.fail("limit", later.tr(say::kCrowded, number));
    const auto chosen = static_cast<std::size_t>(option - 1);
    auto batch = parley::Batch().put(vote_prefix(number) + user, std::to_string(chosen));
    storage().write_and_reply(later, batch, "botMessage",
                              said(later.tr(say::kVoted, number, ballot.options[chosen])), {},
                              [this, number, user, chosen](parley::Outcome outcome) {
                                const auto found = ballots_.find(number);
                                if (is_ok(outcome) && found != ballots_.end())
                                  found->second.votes[user] = chosen;
                              });
  }

  void show(parley::Request& request) {
    where_member(request, [](parley::Deferred later, Ballot& ballot) {
      auto answer = said(later.tr(say::kStands, ballot.number, ballot.question, ballot.result()));
      answer.set("counts", parley::Json::array_of(ballot.counts()));
      later.reply("botMessage", answer);
    });
  }

  static parley::Json said(std::string text) {
    return parley::to_json(
        parley::BotMessage{.from = "poll", .text = std::move(text), .only = true});
  }

  // ---- the end

  void close(parley::Request& request) {
    const auto number = request.argument<std::optional<std::int64_t>>("poll");
    const Ballot* ballot = number ? find(request, *number) : only_one_of(request);
    if (ballot == nullptr) return;
    const auto user = request.user();
    if (ballot->author != user.id() && !user.has_role("moderator") && !user.has_role("admin"))
      return request.fail("forbidden", request.tr(say::kNotYours, ballot->number));
    finish(ballot->number);
    request.ok();
  }

  // The one poll that the asker has running; nothing, and the request answered, when there is none
  // or there are several.
  const Ballot* only_one_of(parley::Request& request) const {
    const Ballot* found = nullptr;
    std::string several;
    for (const auto& [number, ballot] : ballots_) {
      if (ballot.author != request.user().id()) continue;
      several +=
          (found == nullptr ? "" : ", ") + request.tr(say::kOneOfThem, number, ballot.question);
      found = &ballot;
    }
    if (found == nullptr) {
      request.fail("not_found", request.tr(say::kNoneOfYours));
      return nullptr;
    }
    if (running_of(request.user().id()) == 1) return found;
    request.fail("invalid_args", request.tr(say::kWhich, several));
    return nullptr;
  }

  void wait_for_next() {
    std::optional<std::int64_t> soonest;
    for (const auto& [number, ballot] : ballots_)
      soonest = std::min(soonest.value_or(ballot.closes), ballot.closes);
    if (!soonest) return next_.cancel();
    const std::int64_t wait = std::max<std::int64_t>(0, *soonest - host().now());
    next_ = timers().set({.name = "next", .delay = std::chrono::milliseconds(wait)},
                         [this](std::string_view) { finish_all_due(); });
  }

  void finish_all_due() {
    std::vector<std::int64_t> due;
    for (const auto& [number, ballot] : ballots_) {
      if (ballot.closes <= host().now()) due.push_back(number);
    }
    for (const std::int64_t number : due) finish(number);
    wait_for_next();
  }

  // What cannot be said is kept: the next look at the clock, or a restart, tries again.
  void finish(std::int64_t number) {
    Ballot& ballot = ballots_.at(number);
    ballot.closes = host().now() + kHour;
    channels().publish(
        {.channel = ballot.channel,
         .from = "poll",
         .text = say::kClosed.format(ballot.locale, number, ballot.question, ballot.result()),
         .about = ballot.author},
        [this, number](parley::Outcome outcome, std::int64_t) {
          if (is_ok(outcome) || outcome == parley::Outcome::kNotFound) return remove(number);
          log_warning("the result of poll " + std::to_string(number) +
                      " could not be said: " + std::string(describe(outcome)));
        });
  }

  void remove(std::int64_t number) {
    ballots_.erase(number);
    storage().erase(ballot_key(number));
    erase_all(vote_prefix(number));
    wait_for_next();
  }

  void erase_all(const std::string& prefix) {
    storage().scan(prefix, [this, prefix](parley::Outcome outcome, const parley::Page& page) {
      if (!is_ok(outcome) || page.items.empty()) return;
      parley::Batch batch;
      for (const auto& [key, value] : page.items) batch.erase(key);
      storage().write(batch);
      if (page.more) erase_all(prefix);
    });
  }

  // ---- people

  // A guest who becomes somebody else takes polls and votes along.
  void registered(const parley::Event& event) {
    const std::string before(event.previous_id()), now(event.user().id());
    if (before.empty() || before == now) return;
    for (auto& [number, ballot] : ballots_) {
      if (ballot.author == before) {
        ballot.author = now;
        storage().put(ballot_key(number), to_record(ballot).text());
      }
      auto vote = ballot.votes.extract(before);
      if (vote.empty()) continue;
      auto batch = parley::Batch()
                       .erase(vote_prefix(number) + before)
                       .put(vote_prefix(number) + now, std::to_string(vote.mapped()));
      storage().write(batch);
      vote.key() = now;
      ballot.votes.insert(std::move(vote));
    }
  }

  void forget(const parley::Event& event) {
    const std::string user(event.user().id());
    std::vector<std::int64_t> theirs;
    for (auto& [number, ballot] : ballots_) {
      if (ballot.votes.erase(user) > 0) storage().erase(vote_prefix(number) + user);
      if (ballot.author == user) theirs.push_back(number);
    }
    // Nothing is said of it: the question went with its author.
    for (const std::int64_t number : theirs) remove(number);
  }

  std::map<std::int64_t, Ballot> ballots_;
  std::int64_t last_number_ = 0;
  bool handed_over_ = false;
  parley::Timer next_;
};

}  // namespace poll

PARLEY_PLUGIN(poll::Poll, "poll", "1.0.0", "Polls with buttons")
