// SPDX-License-Identifier: Apache-2.0
// Reply: the bot. It hears what was published, looks into its rule book, and answers: in a channel
// when it is named, replied to or a rule is ambient, in a direct message always, and to the command `ask` for
// one person alone. It never answers bots, nor itself.
//
// What a rule remembers is on disk before its answer goes out. A book that was changed is read
// again at once; a bad one is logged with file, line and reason, and the old one stays.
#include <parley/plugin.hpp>

#include "answerer.h"
#include "dialogues.h"
#include "memory.h"
#include "own_messages.h"
#include "rate.h"
#include "rule_book.h"
#include "settings.h"
#include "spoken.h"

using parley::EventKind;
using parley::Json;
using parley::Outcome;
using parley::Phrase;
using parley::UserKind;

namespace reply {
namespace {

constexpr Phrase kAskHelp{"Ask the bot, for yourself alone", "Спросить бота лично"};
constexpr Phrase kAskText{"What you want to know or say", "Что вы хотите узнать или сказать"};
constexpr Phrase kNoAnswer{"I have no answer to that.", "На это у меня нет ответа."};
constexpr Phrase kTooMany{"that is enough for now: ask again in a minute",
                          "пока хватит: спросите через минуту"};
constexpr Phrase kTooLong{"at most {0} characters", "не больше {0} символов"};
constexpr Phrase kNotKept{"I could not remember that: try again.",
                          "Не получилось запомнить: попробуйте ещё раз."};

constexpr Phrase kNotHere{
    "That cannot be done here just now: its command is not loaded. `/help` shows what can be.",
    "Сейчас это сделать нельзя: такой команды здесь нет. Что есть, покажет `/help`."};

constexpr std::string_view kOwnId = "b_reply";  // the server's name for what this plugin publishes
constexpr std::string_view kUserKey = "user:";

}  // namespace

class Reply : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "filter:*", "dm", "push:channel",
                                                      "buttons"};
  static constexpr std::string_view kConfigSchema = kSettingsSchema;
  static constexpr std::uint32_t kStateSchema = 1;

  explicit Reply(parley::Host host)
      : Plugin(host),
        settings_(config()),
        memory_(settings_.memory),
        dialogues_(settings_.dialogues),
        answerer_(
            settings_, book_, memory_, dialogues_, [this] { return this->host().now(); },
            [this](const std::string& what) { log_warning(what); }),
        rate_(settings_.answers_per_minute) {
    command("ask", kAskHelp, &Reply::ask)
        .clickable()
        .bridged()
        .argument<std::string>("text", kAskText)
        .minimum(1)
        .rest();
    on_message({.channels = true, .direct = true}, &Reply::hear);
    on_event(EventKind::kUserRegistered, &Reply::registered);
    on_event(EventKind::kUserDeleted, &Reply::deleted);
  }

 protected:
  void on_start() override {
    use_book_now(settings_);
    for (const auto& [key, record] : storage().scan_now(kUserKey)) {
      if (!memory_.load(key.substr(kUserKey.size()), record)) {
        log_warning("the record '" + key + "' cannot be read and is left out");
      }
    }
    set_timer();
  }

  // What people have told is in storage; the dialogues they are in are not.
  void save(parley::StateWriter& out) override {
    Json state = Json::object();
    state.set("dialogues", dialogues_.to_json());
    state.set("own", own_.to_json());
    out.write(state.text());
  }
  void load(const parley::StateReader& in) override {
    if (in.schema() != kStateSchema)
      throw parley::Error("schema " + std::to_string(in.schema()), parley::Outcome::kUnsupported);
    const parley::JsonView state(in.bytes());
    dialogues_.load(state["dialogues"]);
    own_.load(state["own"]);
  }

  std::optional<std::string> on_config(parley::JsonView config) override {
    const Settings next(config);
    try {
      use_book_now(next);
    } catch (const parley::Error& error) {
      return error.what();
    }
    settings_ = next;
    memory_.set_limits(next.memory);
    dialogues_.set_most(next.dialogues);
    rate_.set_per_minute(next.answers_per_minute);
    return std::nullopt;
  }

 private:
  // ---- hearing

  void hear(const parley::Message& message) {
    const auto user = message.user();
    const bool person = user.kind() == UserKind::kGuest || user.kind() == UserKind::kPerson ||
                        user.kind() == UserKind::kBridge;
    if (!person || user.id() == kOwnId || parley::characters(message.text()) > settings_.text)
      return;
    if (message.direct() && message.channel() != channels().direct(kOwnId, user.id())) return;
    Spoken spoken = spoken_by(user, message.session(), message.text(), message.locale());
    spoken.channel = message.channel();
    spoken.direct = message.direct();
    spoken.addressed = spoken.addressed || spoken.direct ||
                       (message.reply_to() >= 0 && own_.has(message.channel(), message.reply_to()));
    spoken.offset = message.offset();
    const auto match = answerer_.look_up(spoken);
    if (!match || !rate_.take(spoken.user, host().now())) return;
    Answer answer = act(*match, spoken);
    if (!answer.remembers) return publish(spoken, answer);
    keep(spoken, [this, spoken, answer = std::move(answer)](Outcome outcome) {
      publish(spoken,
              is_ok(outcome) ? answer : Answer{.text = std::string(kNotKept.in(spoken.locale()))});
    });
  }

  void ask(parley::Request& request) {
    const auto text = request.argument<std::string_view>("text");
    if (parley::characters(text) > settings_.text) {
      return request.fail("invalid_args", request.tr(kTooLong, settings_.text));
    }
    Spoken spoken = spoken_by(request.user(), request.session(), text, request.locale());
    spoken.direct = spoken.addressed = true;
    if (!rate_.take(spoken.user, host().now())) {
      return request.fail("rate_limited", request.tr(kTooMany));
    }
    const auto match = answerer_.look_up(spoken);
    if (!match) return request.reply(for_one({.text = std::string(kNoAnswer.in(spoken.locale()))}));
    Answer answer = act(*match, spoken);
    if (!answer.remembers) return tell(request, spoken, answer);
    keep(spoken, [this, later = request.defer(), spoken,
                  answer = std::move(answer)](Outcome outcome) mutable {
      is_ok(outcome) ? tell(later, spoken, answer) : later.fail(outcome);
    });
  }

  Spoken spoken_by(const parley::User& user, std::string_view session, std::string_view text,
                   std::string_view locale) const {
    Spoken spoken{.user = std::string(user.id()),
                  .name = std::string(user.name()),
                  .session = std::string(session),
                  .text = std::string(text)};
    for (const auto role : user.roles()) spoken.roles.emplace_back(role);
    spoken.addressed = take_out_name(spoken.text, book_.called);
    spoken.language = language_of(spoken.text, locale);
    return spoken;
  }

  // ---- answering

  Answer act(const Match& match, const Spoken& spoken) {
    Answer answer = answerer_.act(match, spoken);
    set_timer();
    return answer;
  }

  void publish(const Spoken& spoken, const Answer& answer) {
    if (!answer.text.empty()) {
      channels().publish(
          {.channel = spoken.channel,
           .from = book_.name,
           .text = answer.text,
           .format = parley::Format::kMarkdown,
           .buttons = answer.buttons,
           .reply_to = spoken.offset,
           .about = spoken.user},
          [this, channel = spoken.channel](Outcome outcome, std::int64_t offset) {
            if (is_ok(outcome)) return own_.note(channel, offset);
            log_warning("answering in " + channel + ": " + std::string(describe(outcome)));
          });
    }
    run(spoken, answer);
  }

  // The same for a command, which must be answered exactly once.
  void tell(parley::Responder& request, const Spoken& spoken, const Answer& answer) {
    if (answer.text.empty()) {
      return commands().run(request, spoken.session, answer.run->action, answer.run->arguments);
    }
    request.reply(for_one(answer));
    run(spoken, answer);
  }

  void run(const Spoken& spoken, const Answer& answer) {
    if (!answer.run || spoken.session.empty()) return;
    commands().run(
        spoken.session, answer.run->action, answer.run->arguments,
        [this, spoken, action = answer.run->action](Outcome outcome, std::string_view code) {
          if (is_ok(outcome) && code.empty()) return;
          log_debug("running " + action + " as the speaker: " +
                    (code.empty() ? std::string(describe(outcome)) : std::string(code)));
          if (outcome == Outcome::kNotFound) say_not_here(spoken);
        });
  }

  // Whoever spoke to the bot waits for an answer; whoever only spoke does not.
  void say_not_here(const Spoken& spoken) {
    if (!spoken.addressed || spoken.channel.empty()) return;
    publish(spoken, {.text = std::string(kNotHere.in(spoken.locale()))});
  }

  parley::BotMessage for_one(const Answer& answer) const {
    return {.from = book_.name,
            .text = answer.text,
            .format = parley::Format::kMarkdown,
            .buttons = answer.buttons,
            .only = true};
  }

  // ---- memory

  // Stores what is known of the speaker now.
  void keep(const Spoken& spoken, parley::Storage::Then then) {
    parley::Batch batch;
    write_record(batch, spoken.user);
    while (const auto gone = memory_.take_surplus()) write_record(batch, *gone);
    storage().write(batch, [this, then = std::move(then)](Outcome outcome) {
      if (!is_ok(outcome)) log_error("storing variables: " + std::string(describe(outcome)));
      then(outcome);
    });
  }
  void write_record(parley::Batch& batch, const std::string& user) const {
    const std::string record = memory_.record(user);
    const std::string key = std::string(kUserKey) + user;
    record.empty() ? batch.erase(key) : batch.put(key, record);
  }

  void registered(const parley::Event& event) {
    const std::string before(event.previous_id());
    const std::string after(event.user().id());
    if (before.empty() || before == after || memory_.record(before).empty()) return;
    memory_.move(before, after);
    store({before, after});
  }
  void deleted(const parley::Event& event) {
    const std::string user(event.user().id());
    memory_.forget(user);
    dialogues_.forget(user);
    store({user});
  }
  void store(const std::vector<std::string>& users) {
    parley::Batch batch;
    for (const std::string& user : users) write_record(batch, user);
    storage().write(batch, [this](Outcome outcome) {
      if (!is_ok(outcome)) log_error("storing variables: " + std::string(describe(outcome)));
    });
  }

  // ---- time

  void set_timer() {
    const auto deadline = dialogues_.next_deadline();
    timer_.cancel();
    if (!deadline) return;
    const auto wait = std::max<std::int64_t>(*deadline - host().now(), 0);
    timer_ = timers().after(std::chrono::milliseconds(wait), [this] { expire(); });
  }
  void expire() {
    for (const auto& [seat, dialogue] : dialogues_.take_expired(host().now())) {
      const auto rule = book_.dialogues.find(dialogue.name);
      if (rule != book_.dialogues.end() && !seat.channel.empty()) end(seat, dialogue, rule->second);
    }
    set_timer();
  }
  // Says that nobody waits any more; whoever asked by the command gets no frame unasked.
  void end(const Seat& seat, const Dialogue& dialogue, const DialogueRule& rule) {
    Spoken spoken{.user = seat.user, .channel = seat.channel};
    spoken.language = dialogue.russian ? Language::kRussian : Language::kEnglish;
    publish(spoken, {.text = answerer_.farewell(spoken, dialogue, rule)});
  }

  // ---- the book

  // Blocks; throws parley::Error with the reason, and nothing has changed.
  void use_book_now(const Settings& settings) {
    const std::string where = files().locate_now(settings.book);
    auto loaded = load_book(files().read_now(settings.book), where, settings.limits);
    if (!loaded.book) throw parley::Error(loaded.problem);
    book_ = std::move(*loaded.book);
    book_place_ = where;
    watch_ = files().watch(settings.book, [this](std::string_view changed) { reread(changed); });
  }

  void reread(std::string_view path) {
    files().read(path, [this](Outcome outcome, std::string_view content) {
      if (!is_ok(outcome)) {
        return log_error(book_place_ + ": " + std::string(describe(outcome)) +
                         "; the old book stays");
      }
      auto loaded = load_book(std::string(content), book_place_, settings_.limits);
      if (!loaded.book) return log_error(loaded.problem + "; the old book stays");
      book_ = std::move(*loaded.book);
      log_info("the rule book was read again: " + book_place_ + ", " +
               std::to_string(book_.rules.size()) + " rules");
    });
  }

  Settings settings_;
  RuleBook book_;
  std::string book_place_;
  Memory memory_;
  Dialogues dialogues_;
  OwnMessages own_;
  Answerer answerer_;
  Rate rate_;
  parley::Timer timer_;
  parley::Watch watch_;
};

}  // namespace reply

PARLEY_PLUGIN(reply::Reply, "reply", "1.0.0", "The bot: answers by the rules of its book")
