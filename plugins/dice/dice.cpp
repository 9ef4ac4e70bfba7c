// SPDX-License-Identifier: Apache-2.0
// Dice: the example plugin, complete on one screen. `/roll 2d6` answers diceRolled {dice, rolls,
// total, text}.
#include <charconv>
#include <optional>
#include <random>

#include <parley/plugin.hpp>

using namespace std::chrono_literals;
using parley::Phrase;

constexpr Phrase kHelp{"Roll dice", "Бросить кости"};
constexpr Phrase kDiceHelp{"NdM, for example 2d6", "NdM, например 2d6"};
constexpr Phrase kUsage{"write it as NdM, for example 2d6", "напишите в виде NdM, например 2d6"};
constexpr Phrase kTooMany{"at most {0} dice with 2 to {1} sides",
                          "не больше {0} костей, граней от 2 до {1}"};
constexpr Phrase kRolled{"{0} rolled {1}: {2}", "{0} бросает {1}: {2}"};

class Dice : public parley::Plugin {
 public:
  explicit Dice(parley::Host host) : Plugin(host) {
    command("roll", kHelp, &Dice::roll)
        .argument<std::string>("dice", kDiceHelp)
        .fallback("1d6")
        .cooldown(1s)
        .clickable()
        .bridged();
  }

 private:
  static constexpr int kMaxCount = 100;
  static constexpr int kMaxSides = 1000;

  struct Throw {
    int count = 1;
    int sides = 0;
  };

  void roll(parley::Request& request) {
    const auto text = request.argument<std::string_view>("dice");
    const auto dice = parse(text);
    if (!dice) return request.fail("invalid_args", request.tr(kUsage));
    if (dice->count < 1 || dice->count > kMaxCount || dice->sides < 2 || dice->sides > kMaxSides) {
      return request.fail("invalid_args", request.tr(kTooMany, kMaxCount, kMaxSides));
    }
    int total = 0;
    auto rolls = parley::Json::array();
    for (int i = 0; i < dice->count; ++i) {
      const int face = std::uniform_int_distribution(1, dice->sides)(random_);
      rolls.push(face);
      total += face;
    }
    request.reply("diceRolled",
                  {{"dice", text},
                   {"rolls", rolls},
                   {"total", total},
                   {"text", request.tr(kRolled, request.user().name(), text, total)}});
  }

  // "2d6", "d20"; a number too long for an int is no throw.
  static std::optional<Throw> parse(std::string_view text) {
    const auto d = text.find_first_of("dD");
    if (d == std::string_view::npos) return std::nullopt;
    Throw dice;
    if (d > 0 && !number(text.substr(0, d), dice.count)) return std::nullopt;
    return number(text.substr(d + 1), dice.sides) ? std::optional(dice) : std::nullopt;
  }
  static bool number(std::string_view text, int& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
  }

  std::mt19937_64 random_{std::random_device{}()};
};

PARLEY_PLUGIN(Dice, "dice", "1.0.0", "Rolls dice")
