// SPDX-License-Identifier: Apache-2.0
// Reply: the bot. It hears what was published, looks into its rule book, and answers: in a channel
// when it is named or a rule is ambient, in a direct message always, and to the command `ask` for
// one person alone. It never answers bots, nor itself.
//
// What a rule remembers is on disk before its answer goes out. A book that was changed is read
// again at once; a bad one is logged with file, line and reason, and the old one stays.
#include <ctime>
#include <random>

#include <parley/plugin.hpp>

#include "dialogues.h"
#include "matcher.h"
#include "memory.h"
#include "rate.h"
#include "rule_book.h"
#include "settings.h"

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

constexpr std::string_view kOwnId = "b_reply";  // the server's name for what this plugin publishes
constexpr std::string_view kUserKey = "user:";

// Somebody says something. Owns its text: an answer may wait for the disk.
struct Spoken {
  std::string user = {};
  std::string name = {};
  std::string session = {};
  std::string channel = {};  // empty: asked by the command
  std::string text = {};
  std::vector<std::string> roles = {};
  Language language = Language::kEnglish;
  bool direct = false;
  bool addressed = false;
  std::int64_t offset = -1;

  Seat seat() const { return {user, channel}; }
  std::string_view locale() const { return language == Language::kRussian ? "ru" : "en"; }
};

struct Run {
  std::string action = {};
  Json arguments = {};
};

struct Answer {
  std::string text = {};  // empty: the command alone answers
  std::vector<parley::Button> buttons = {};
  std::optional<Run> run = {};
  bool remembers = false;  // the speaker's record has changed
};

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
    out.write(state.text());
  }
  void load(const parley::StateReader& in) override {
    if (in.schema() != kStateSchema)
      throw parley::Error("schema " + std::to_string(in.schema()), parley::Outcome::kUnsupported);
    dialogues_.load(parley::JsonView(in.bytes())["dialogues"]);
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
    if (!person || user.id() == kOwnId || length(message.text()) > settings_.text) return;
    if (message.direct() && message.channel() != channels().direct(kOwnId, user.id())) return;
    Spoken spoken = spoken_by(user, message.session(), message.text(), message.locale());
    spoken.channel = message.channel();
    spoken.direct = message.direct();
    spoken.addressed = spoken.addressed || spoken.direct;
    spoken.offset = message.offset();
    const auto match = look_up(spoken);
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
    if (length(text) > settings_.text) {
      return request.fail("invalid_args", request.tr(kTooLong, settings_.text));
    }
    Spoken spoken = spoken_by(request.user(), request.session(), text, request.locale());
    spoken.direct = spoken.addressed = true;
    if (!rate_.take(spoken.user, host().now())) {
      return request.fail("rate_limited", request.tr(kTooMany));
    }
    const auto match = look_up(spoken);
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

  // ---- looking up

  std::optional<Match> look_up(const Spoken& spoken) {
    const Dialogue* dialogue = dialogues_.find(spoken.seat());
    return find_rule(book_,
                     {.text = spoken.text,
                      .place = spoken.direct ? "direct" : spoken.channel,
                      .roles = spoken.roles,
                      .language = spoken.language,
                      .addressed = spoken.addressed,
                      .dialogue = dialogue != nullptr ? dialogue->name : std::string()},
                     sources(spoken));
  }

  Sources sources(const Spoken& spoken) {
    return {.value = [this, &spoken](std::string_view name) { return value(spoken, name); },
            .chance = [this](int least, int most) { return chance(least, most); }};
  }
  std::optional<std::string> value(const Spoken& spoken, std::string_view name) {
    if (name == "user") return spoken.name;
    if (name == "channel") return spoken.channel;
    if (name == "text") return spoken.text;
    if (name == "time") return clock("%H:%M");
    if (name == "date") return clock("%Y-%m-%d");
    if (!is_local(name)) return memory_.get(spoken.user, name);
    const Dialogue* dialogue = dialogues_.find(spoken.seat());
    if (dialogue == nullptr) return std::nullopt;
    const auto found = dialogue->variables.find(std::string(name));
    return found == dialogue->variables.end() ? std::nullopt : std::optional(found->second);
  }
  std::string clock(const char* format) const {
    const std::time_t seconds = host().now() / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, format, &utc));
  }

  // ---- acting

  // Moves the dialogue on, changes variables, and makes the answer.
  Answer act(const Match& match, const Spoken& spoken) {
    const Rule& rule = *match.rule;
    const Sources base = sources(spoken);
    const Sources all = with_captures(base, match.captures);
    std::vector<std::pair<std::string, std::string>> values;
    for (const auto& [name, text] : rule.set) values.emplace_back(name, text.expand(all));
    Dialogue* dialogue = move_dialogue(rule, spoken);
    Answer answer;
    for (auto& [name, text] : values) {
      if (!is_local(name)) {
        answer.remembers = true;
        remember(spoken, name, std::move(text));
      } else if (dialogue != nullptr) {
        dialogue->variables[name] = cut(std::move(text), settings_.memory.characters);
      }
    }
    for (const std::string& name : rule.unset) {
      answer.remembers = true;
      memory_.unset(spoken.user, name);
    }
    answer.text = cut(chosen(rule.answer, spoken.language).expand(all, escape_markdown),
                      settings_.limits.answer);
    for (const ButtonRule& one : rule.buttons) {
      answer.buttons.push_back({chosen(one.label, spoken.language).expand(all),
                                command_json(one.command, all, true), one.style});
    }
    if (rule.run) answer.run = Run{rule.run->action, command_json(*rule.run, all, false)};
    if (!rule.dialogue.empty() && rule.next.empty()) dialogues_.close(spoken.seat());
    set_timer();
    return answer;
  }

  // The dialogue that waits from now on; nullptr: none, or there are too many. One that ends stays
  // until its last answer is made, which may speak of its variables.
  Dialogue* move_dialogue(const Rule& rule, const Spoken& spoken) {
    if (rule.next.empty()) return nullptr;
    const Dialogue* before = dialogues_.find(spoken.seat());
    const bool goes_on = before != nullptr && !rule.dialogue.empty();
    const int seconds = book_.dialogues.at(rule.next).timeout;
    const bool opened = dialogues_.open(
        spoken.seat(),
        {.name = rule.next,
         .deadline = host().now() + seconds * std::int64_t{1000},
         .russian = spoken.language == Language::kRussian,
         .variables = goes_on ? before->variables : std::map<std::string, std::string>()});
    if (!opened) log_warning("too many dialogues are under way: raise `dialogues`");
    return opened ? dialogues_.find(spoken.seat()) : nullptr;
  }

  void remember(const Spoken& spoken, const std::string& name, std::string text) {
    if (!memory_.set(spoken.user, name, std::move(text), host().now())) {
      log_warning("user " + spoken.user + " has too many variables: '" + name +
                  "' is not remembered, raise `variables`");
    }
  }

  const Template& chosen(const Variants& variants, Language language) {
    const auto& all = variants.in(language);
    if (all.empty()) return silence_;
    return all[static_cast<std::size_t>(chance(0, static_cast<int>(all.size()) - 1))];
  }
  static Json command_json(const CommandCall& call, const Sources& sources, bool with_action) {
    Json command = Json::object();
    if (with_action) command.set("action", call.action);
    for (const auto& [name, text, raw] : call.arguments) {
      const std::string value = text.expand(sources);
      command.set(name, raw ? Json::raw(value) : Json(value));
    }
    return command;
  }

  // ---- answering

  void publish(const Spoken& spoken, const Answer& answer) {
    if (!answer.text.empty()) {
      channels().publish(
          {.channel = spoken.channel,
           .from = book_.name,
           .text = answer.text,
           .format = parley::Format::kMarkdown,
           .buttons = answer.buttons,
           .reply_to = spoken.offset},
          [this, channel = spoken.channel](Outcome outcome, std::int64_t) {
            if (is_ok(outcome)) return;
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
    commands().run(spoken.session, answer.run->action, answer.run->arguments,
                   [this, action = answer.run->action](Outcome outcome, std::string_view code) {
                     if (is_ok(outcome) && code.empty()) return;
                     log_debug("running " + action + " as the speaker: " +
                               (code.empty() ? std::string(describe(outcome)) : std::string(code)));
                   });
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
    const Sources outer = sources(spoken);
    publish(spoken,
            {.text = cut(chosen(rule.expired, spoken.language)
                             .expand(with_captures(outer, dialogue.variables), escape_markdown),
                         settings_.limits.answer)});
  }

  int chance(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

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

  std::mt19937_64 random_{std::random_device{}()};
  Settings settings_;
  const Template silence_;
  RuleBook book_;
  std::string book_place_;
  Memory memory_;
  Dialogues dialogues_;
  Rate rate_;
  parley::Timer timer_;
  parley::Watch watch_;
};

}  // namespace reply

PARLEY_PLUGIN(reply::Reply, "reply", "1.0.0", "The bot: answers by the rules of its book")
