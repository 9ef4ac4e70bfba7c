// SPDX-License-Identifier: Apache-2.0
// Game: a small shared world. Commands look, move, take, drop, inventory, attack, castSpell, score;
// frames playerStateUpdate, combatResult, scoreBoard, worldEvent (views.h has their shapes).
//
// An action changes the world in memory; the answer goes out once that is on disk, and what others
// see of it follows. A map that was changed is read again at once; a bad one is logged and left.
// Over a reload goes what storage does not have: who is here, and which sessions they have.
#include <random>
#include <utility>
#include <vector>

#include <parley/plugin.hpp>

#include "catalogue.h"
#include "crier.h"
#include "keeper.h"
#include "map_source.h"
#include "records.h"
#include "settings.h"
#include "world.h"

using parley::EventKind;
using parley::Json;
using parley::Request;

namespace game {

class Game : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "push:user", "push:all"};
  static constexpr std::string_view kConfigSchema = kSettingsSchema;
  static constexpr std::uint32_t kStateSchema = 1;

  explicit Game(parley::Host host)
      : Plugin(host),
        settings_(config()),
        world_({}, settings_.rules, [this](int least, int most) { return chance(least, most); }),
        keeper_(world_, storage()),
        crier_(world_, audience_, push()),
        map_(world_, files(), host, [this] { settle(); }) {
    declare_walking();
    declare_things();
    declare_fighting();
    on_event(EventKind::kSessionOpened, &Game::opened);
    on_event(EventKind::kSessionResumed, &Game::opened);
    on_event(EventKind::kSessionClosed, &Game::closed);
    on_event(EventKind::kUserDeleted, &Game::deleted);
  }

 protected:
  void on_start() override {
    map_.use_now(settings_.map);
    if (const int strange = keeper_.load_now()) {
      log_warning(std::to_string(strange) + " stored records cannot be read and are left out");
    }
    world_.set_map(WorldMap(world_.map()));  // what was stored may name rooms that are gone
    // After that: a room is shown again to those who are in it, and for them nothing has changed.
    for (Player& player : std::exchange(resumed_, {})) world_.resume(std::move(player));
    apply();
  }

  void save(parley::StateWriter& out) override {
    Json people = Json::object();
    for (const Player* player : world_.present())
      people.set(player->id, Json::raw(to_record(*player)));
    Json state = Json::object();
    state.set("people", people).set("audience", audience_.to_json());
    out.write(state.text());
  }

  void load(const parley::StateReader& in) override {
    if (in.schema() != kStateSchema)
      throw parley::Error("schema " + std::to_string(in.schema()), parley::Outcome::kUnsupported);
    const parley::JsonView state(in.bytes());
    for (const auto& [id, record] : state["people"].members()) {
      if (auto player = read_player(std::string(id), record.text()))
        resumed_.push_back(std::move(*player));
    }
    audience_.load(state["audience"]);
  }

  std::optional<std::string> on_config(parley::JsonView config) override {
    const Settings next(config);
    if (next.map != settings_.map) {
      try {
        map_.use_now(next.map);
      } catch (const parley::Error& error) {
        return error.what();
      }
    }
    settings_ = next;
    apply();
    return std::nullopt;
  }

 private:
  // ---- declarations

  void declare_walking() {
    command("look", say::kLook, &Game::look).clickable().bridged();
    command("move", say::kMove, [this](Request& r) { go(r, r.argument<std::string>("direction")); })
        .clickable()
        .bridged()
        .argument<std::string>("direction", say::kDirection)
        .choices({"north", "south", "east", "west", "up", "down"});
    for (const say::Direction& one : say::kDirections) {
      auto walk = command(one.name, one.help,
                          [this, name = std::string(one.name)](Request& r) { go(r, name); });
      walk.clickable().bridged();
      if (one.letter[0] != '\0') walk.alias(one.letter);
    }
  }

  void declare_things() {
    command("take", say::kTake, &Game::take)
        .clickable()
        .bridged()
        .argument<std::string>("item", say::kItem)
        .range(1, kLongestName)
        .rest();
    command("drop", say::kDrop, &Game::drop)
        .clickable()
        .bridged()
        .argument<std::string>("item", say::kItem)
        .range(1, kLongestName)
        .rest();
    command("inventory", say::kInventory, &Game::inventory).alias("inv").clickable().bridged();
    command("score", say::kScore, &Game::score).clickable().bridged();
  }

  void declare_fighting() {
    command("attack", say::kAttack, &Game::attack)
        .clickable()
        .bridged()
        .argument<std::string>("target", say::kTarget)
        .range(1, kLongestName)
        .rest();
    command("castSpell", say::kCast, &Game::cast_spell)
        .alias("cast")
        .clickable()
        .bridged()
        .argument<std::int64_t>("spellId", say::kSpellId)
        .argument<std::string>("target", say::kSpellTarget)
        .maximum(kLongestName)
        .rest()
        .optional();
  }

  // ---- commands

  void look(Request& request) {
    Player* player = enter(request);
    if (player != nullptr) answer(request, *player, description(request, *player));
  }

  void go(Request& request, const std::string& direction) {
    Player* player = enter(request);
    if (player == nullptr ||
        refused(request, *player, world_.move(*player, direction), direction)) {
      return;
    }
    answer(request, *player, description(request, *player));
  }

  void take(Request& request) {
    const auto item = request.argument<std::string>("item");
    Player* player = enter(request);
    if (player == nullptr || refused(request, *player, world_.take(*player, item, now()), item)) {
      return;
    }
    const auto name = view(request).thing(player->inventory.back());
    answer(request, *player, request.tr(say::kTaken, name));
  }

  void drop(Request& request) {
    const auto item = request.argument<std::string>("item");
    Player* player = enter(request);
    if (player == nullptr || refused(request, *player, world_.drop(*player, item), item)) return;
    const auto name = view(request).thing(world_.floor(player->room).items.back());
    answer(request, *player, request.tr(say::kDropped, name));
  }

  void inventory(Request& request) {
    Player* player = enter(request);
    if (player != nullptr) answer(request, *player, view(request).carried(*player));
  }

  void score(Request& request) {
    Player* player = enter(request);
    if (player == nullptr) return;
    commit(request, "scoreBoard", view(request).board(*player, settings_.board), [] {});
  }

  void attack(Request& request) {
    Player* player = enter(request);
    if (player == nullptr) return;
    const auto target = request.argument<std::string>("target");
    const auto present = world_.visitors(player->room);
    const Fight fight = world_.attack(*player, target, now());
    if (!refused(request, *player, fight.refusal, target)) report(request, fight, present, nullptr);
  }

  void cast_spell(Request& request) {
    Player* player = enter(request);
    if (player == nullptr) return;
    const auto id = request.argument<std::int64_t>("spellId");
    const auto target = request.argument<std::string>("target");
    const auto present = world_.visitors(player->room);
    const Fight fight = world_.cast(*player, id, target, now());
    const auto spell = world_.map().spells.find(id);
    const std::string word = fight.refusal == Refusal::kNoSpell ? std::to_string(id)
                             : fight.refusal == Refusal::kNoMana
                                 ? std::to_string(spell->second.mana)
                                 : target;
    if (refused(request, *player, fight.refusal, word)) return;
    report(request, fight, present, spell->second.event.empty() ? nullptr : &spell->second);
  }

  // ---- answering

  // The one who asks, in the world from now on. nullptr: answered, there is no room.
  Player* enter(Request& request) {
    const auto user = request.user();
    if (!request.session().empty()) {
      audience_.opened(user.id(), request.session(), request.locale());
    }
    Player* player = world_.enter(user.id(), user.name(), request.locale(), now());
    if (player == nullptr) request.fail("full", request.tr(say::kWorldFull));
    return player;
  }

  bool refused(Request& request, const Player& player, Refusal refusal, std::string_view word) {
    if (refusal == Refusal::kNone) return false;
    request.fail(code_of(refusal), view(request).refusal(refusal, player, word));
    settle();  // coming into the world holds even when the rest does not
    return true;
  }

  static std::string_view code_of(Refusal refusal) {
    switch (refusal) {
      case Refusal::kNoExit:
      case Refusal::kNoSuchItem:
      case Refusal::kNotCarried:
      case Refusal::kNoTarget:
      case Refusal::kNoSpell:
        return "not_found";
      case Refusal::kNeedsTarget:
      case Refusal::kYourself:
        return "invalid_args";
      case Refusal::kNoDuels:
        return "forbidden";
      case Refusal::kNoMana:
        return "no_mana";
      default:
        return "full";
    }
  }

  Viewer view(const Request& request) const { return crier_.viewer(request.locale()); }
  std::string description(const Request& request, const Player& player) const {
    return view(request).describe(player.room, player.id);
  }
  void answer(Request& request, const Player& player, const std::string& text) {
    commit(request, "playerStateUpdate", view(request).state(player, text), [] {});
  }

  void report(Request& request, const Fight& fight, const std::vector<const Player*>& present,
              const Spell* spell) {
    Report report = crier_.take_down(fight, present);
    const Json data = view(request).combat(fight.blows.front());
    commit(request, "combatResult", data,
           [this, report = std::move(report), actor = actor_of(request),
            event = spell == nullptr ? std::string() : spell->event,
            text = spell == nullptr ? Text() : spell->text] {
             crier_.show(report, actor);
             if (!event.empty()) crier_.proclaim(event, text);
           });
  }

  static Actor actor_of(const Request& request) {
    return {std::string(request.user().id()), std::string(request.session())};
  }

  // Stores, answers, and then tells the others; and the one who asked, where the answer is no state.
  void commit(Request& request, std::string_view type, const Json& data,
              parley::Callback<void()> tell) {
    auto changes = world_.take_changes();
    const Actor actor = type == "playerStateUpdate" ? actor_of(request) : Actor{};
    if (!Keeper::has_records(changes)) {
      request.reply(type, data);
      tell();
      return crier_.show(changes, actor);
    }
    const Changes copy = changes;
    keeper_.write_and_reply(request, copy, type, data,
                            [this, changes = std::move(changes), actor, tell = std::move(tell)] {
                              tell();
                              crier_.show(changes, actor);
                            });
  }

  // The same without anybody who waits for an answer.
  void settle() {
    const Changes changes = world_.take_changes();
    keeper_.write(changes, [this, changes] {
      crier_.show(changes, {});
      for (const std::string& creature : changes.returned) {
        if (world_.map().creatures.count(creature) > 0) crier_.tell_of_return(creature);
      }
    });
  }

  // ---- people

  void opened(const parley::Event& event) {
    audience_.opened(event.user().id(), event.session(), event.locale());
  }
  void closed(const parley::Event& event) {
    if (!audience_.closed(event.user().id(), event.session())) return;
    world_.leave(std::string(event.user().id()), now());
    settle();
  }
  void deleted(const parley::Event& event) {
    world_.forget(std::string(event.user().id()));
    settle();
  }
  // People who came over a bridge or by HTTP have no session whose end could be heard of.
  void send_home_the_idle() {
    std::vector<std::string> idle;
    for (const Player* player : world_.present()) {
      const bool quiet = player->seen + settings_.idle.count() * 1000 <= now();
      if (quiet && !audience_.knows(player->id)) idle.push_back(player->id);
    }
    for (const std::string& id : idle) world_.leave(id, now());
  }

  // ---- time

  void apply() {
    world_.set_rules(settings_.rules);
    crier_.set_crowd(settings_.crowd);
    pulse_ = timers().every(settings_.pulse, [this] {
      world_.pulse(now());
      send_home_the_idle();
      settle();
    });
    happening_ = {};
    if (settings_.event_every.count() == 0) return;
    happening_ = timers().every(settings_.event_every, [this] { let_happen(); });
  }

  void let_happen() {
    const auto& all = world_.map().happenings;
    if (all.empty()) return;
    const Happening& one =
        all[static_cast<std::size_t>(chance(0, static_cast<int>(all.size()) - 1))];
    crier_.proclaim(one.event, one.text);
  }

  std::int64_t now() const { return host().now(); }
  int chance(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  static constexpr int kLongestName = 100;  // characters of what is typed for a thing or a target

  std::mt19937_64 random_{std::random_device{}()};
  Settings settings_;
  World world_;
  Audience audience_;
  std::vector<Player> resumed_;  // between load and start
  Keeper keeper_;
  Crier crier_;
  MapSource map_;
  parley::Timer pulse_;
  parley::Timer happening_;
};

}  // namespace game

PARLEY_PLUGIN(game::Game, "game", "1.0.0", "A small shared world")
