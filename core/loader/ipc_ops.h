// SPDX-License-Identifier: Apache-2.0
// Every operation that crosses between the server and parley-plugin-host, with its number.
//
// Numbers are append-only: never renumbered, never reused; a function that goes leaves its number
// behind. The server and the child say in the hello which kIpcVersion they speak; it is raised when
// the meaning of a number or the form of a frame changes.
//
// A row names a function of the ABI; from its type follow both sides of the call (ipc_call.h). To
// let a new extension cross: append its rows here, describe its structs in ipc_shapes.h, and add it
// to Extensions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <parley/ext/accounts.h>
#include <parley/ext/background.h>
#include <parley/ext/channels.h>
#include <parley/ext/commands.h>
#include <parley/ext/config.h>
#include <parley/ext/events.h>
#include <parley/ext/files.h>
#include <parley/ext/messages.h>
#include <parley/ext/metrics.h>
#include <parley/ext/push.h>
#include <parley/ext/request.h>
#include <parley/ext/state.h>
#include <parley/ext/storage.h>
#include <parley/ext/timer.h>
#include <parley/ext/variables.h>

#include "loader/ipc_call.h"

namespace parley::loader {

inline constexpr std::uint32_t kIpcVersion = 1;

// The child's exit code when its lanes were closed from the other side.
inline constexpr int kLanesClosedExit = 75;

// Those that are no function of the ABI.
enum class Op : std::uint16_t {
  kHello = 1,         // notice, child: version u32, what the sandbox holds text
  kRefused = 2,       // notice, child: why it does not serve, a sentence
  kOpen = 3,          // call, server -> manifest_to_json of the mapped file text
  kCreate = 4,        // call, server: server's version text -> outcome u8, then: created flag, why,
                      // number of functions u32, their numbers u16, schema of its state u32
  kEnd = 5,           // notice, server: unmap and exit
  kPing = 6,          // call, server
  kGetExtension = 7,  // call, child: id text -> granted flag
};

template <std::size_t N>
struct OpName {
  char text[N];
  // Implicit: a template's argument is written as a literal.
  constexpr OpName(const char (&name)[N]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(name, N, text);
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

template <typename Member>
struct MemberTraits;
template <typename Table, typename Ret, typename Self, typename... A>
struct MemberTraits<Ret (*Table::*)(Self, A...)> {
  using TableType = Table;
  using Return = Ret;
  using Wire = Arguments<A...>;
};

template <std::uint16_t Number, OpName Name, auto Member>
struct Row : MemberTraits<decltype(Member)> {
  static constexpr std::uint16_t kNumber = Number;
  static constexpr std::string_view kName = Name.view();
  static constexpr auto kMember = Member;
};
template <typename... R>
struct Rows {
  template <typename F>
  static constexpr void each(F&& visit) {
    (visit(R{}), ...);
  }
};

// What the child asks of the server.
using HostRows =
    Rows<Row<16, "log", &parley_host::log>,                                                //
         Row<17, "now", &parley_host::now>,                                                //
         Row<18, "request.reply", &parley_host_request::reply>,                            //
         Row<19, "request.fail", &parley_host_request::fail>,                              //
         Row<20, "request.progress", &parley_host_request::progress>,                      //
         Row<21, "request.defer", &parley_host_request::defer>,                            //
         Row<22, "request.abandon", &parley_host_request::abandon>,                        //
         Row<23, "commands.add", &parley_host_commands::add>,                              //
         Row<24, "commands.run", &parley_host_commands::run>,                              //
         Row<25, "messages.listen", &parley_host_messages::listen>,                        //
         Row<26, "messages.decide", &parley_host_messages::decide>,                        //
         Row<27, "events.subscribe", &parley_host_events::subscribe>,                      //
         Row<28, "storage.get", &parley_host_storage::get>,                                //
         Row<29, "storage.scan", &parley_host_storage::scan>,                              //
         Row<30, "storage.write", &parley_host_storage::write>,                            //
         Row<31, "storage.write_and_reply", &parley_host_storage::write_and_reply>,        //
         Row<32, "storage.get_now", &parley_host_storage::get_now>,                        //
         Row<33, "storage.scan_now", &parley_host_storage::scan_now>,                      //
         Row<34, "timer.set", &parley_host_timer::set>,                                    //
         Row<35, "timer.cancel", &parley_host_timer::cancel>,                              //
         Row<36, "push.send", &parley_host_push::send>,                                    //
         Row<37, "channels.publish", &parley_host_channels::publish>,                      //
         Row<38, "channels.ensure", &parley_host_channels::ensure>,                        //
         Row<39, "channels.set_topic", &parley_host_channels::set_topic>,                  //
         Row<40, "channels.info", &parley_host_channels::info>,                            //
         Row<41, "channels.members", &parley_host_channels::members>,                      //
         Row<42, "channels.is_member", &parley_host_channels::is_member>,                  //
         Row<43, "channels.subscribe", &parley_host_channels::subscribe>,                  //
         Row<44, "channels.unsubscribe", &parley_host_channels::unsubscribe>,              //
         Row<45, "channels.dm_name", &parley_host_channels::dm_name>,                      //
         Row<46, "accounts.register_user", &parley_host_accounts::register_user>,          //
         Row<47, "accounts.login", &parley_host_accounts::login>,                          //
         Row<48, "accounts.logout", &parley_host_accounts::logout>,                        //
         Row<49, "accounts.change_password", &parley_host_accounts::change_password>,      //
         Row<50, "accounts.lookup", &parley_host_accounts::lookup>,                        //
         Row<51, "config.read", &parley_host_config::read>,                                //
         Row<52, "files.read", &parley_host_files::read>,                                  //
         Row<53, "files.read_now", &parley_host_files::read_now>,                          //
         Row<54, "files.list_now", &parley_host_files::list_now>,                          //
         Row<55, "files.locate_now", &parley_host_files::locate_now>,                      //
         Row<56, "files.watch", &parley_host_files::watch>,                                //
         Row<57, "files.unwatch", &parley_host_files::unwatch>,                            //
         Row<58, "background.submit", &parley_host_background::submit>,                    //
         Row<59, "background.post", &parley_host_background::post>,                        //
         Row<60, "background.cancel", &parley_host_background::cancel>,                    //
         Row<61, "metrics.define", &parley_host_metrics::define>,                          //
         Row<62, "metrics.update", &parley_host_metrics::update>,                          //
         Row<63, "state.write", &parley_host_state::write>,                                //
         Row<64, "state.offer", &parley_host_state::offer>,                                //
         Row<65, "state.claim", &parley_host_state::claim>,                                //
         Row<66, "accounts.register_invited", &parley_host_accounts::register_invited>,    //
         Row<67, "accounts.logout_everywhere", &parley_host_accounts::logout_everywhere>,  //
         Row<68, "variables.get", &parley_host_variables::get>,                            //
         Row<69, "variables.set", &parley_host_variables::set>,                            //
         Row<70, "variables.erase", &parley_host_variables::erase>,                        //
         Row<71, "variables.list", &parley_host_variables::list>,                          //
         Row<72, "channels.may_write", &parley_host_channels::may_write>,                  //
         Row<73, "channels.change_topic", &parley_host_channels::change_topic>,            //
         Row<74, "channels.ban", &parley_host_channels::ban>,                              //
         Row<75, "channels.unban", &parley_host_channels::unban>,                          //
         Row<76, "channels.bans", &parley_host_channels::bans>>;

// What the server asks of the plugin in the child.
using PluginRows = Rows<Row<256, "start", &parley_plugin::start>,                              //
                        Row<257, "stop", &parley_plugin::stop>,                                //
                        Row<258, "destroy", &parley_plugin::destroy>,                          //
                        Row<259, "call", &parley_plugin::call>,                                //
                        Row<260, "request.on_cancel", &parley_plugin_request::on_cancel>,      //
                        Row<261, "commands.on_ran", &parley_plugin_commands::on_ran>,          //
                        Row<262, "messages.on_message", &parley_plugin_messages::on_message>,  //
                        Row<263, "events.on_event", &parley_plugin_events::on_event>,          //
                        Row<264, "storage.on_value", &parley_plugin_storage::on_value>,        //
                        Row<265, "storage.on_page", &parley_plugin_storage::on_page>,          //
                        Row<266, "storage.on_written", &parley_plugin_storage::on_written>,    //
                        Row<267, "timer.on_timer", &parley_plugin_timer::on_timer>,            //
                        Row<268, "channels.on_offset", &parley_plugin_channels::on_offset>,    //
                        Row<269, "channels.on_done", &parley_plugin_channels::on_done>,        //
                        Row<270, "channels.on_channel", &parley_plugin_channels::on_channel>,  //
                        Row<271, "channels.on_members", &parley_plugin_channels::on_members>,  //
                        Row<272, "accounts.on_account", &parley_plugin_accounts::on_account>,  //
                        Row<273, "config.on_config", &parley_plugin_config::on_config>,        //
                        Row<274, "files.on_file", &parley_plugin_files::on_file>,              //
                        Row<275, "files.on_changed", &parley_plugin_files::on_changed>,        //
                        Row<276, "background.run", &parley_plugin_background::run>,            //
                        Row<277, "background.done", &parley_plugin_background::done>,          //
                        Row<278, "state.save", &parley_plugin_state::save>,                    //
                        Row<279, "state.load", &parley_plugin_state::load>,                    //
                        Row<280, "channels.on_bans", &parley_plugin_channels::on_bans>>;

inline constexpr std::uint16_t kFirstPluginOp = 256;
inline constexpr std::uint16_t kBackgroundRun = 276;  // the one that does not run on lane 0
inline constexpr std::uint16_t kOps = 512;            // room of the dispatch tables

// Those of a plugin's beginning and end, which may take as long as whoever called them waits.
constexpr bool is_of_life(std::uint16_t op) {
  return op == static_cast<std::uint16_t>(Op::kCreate) || (op >= 256 && op <= 258) || op == 278 ||
         op == 279;
}
inline constexpr std::uint16_t kOnConfig = 273;

// The first byte of a kReturn of the child's: whether the plugin's function returned (what it gave
// follows) or threw (a text follows).
enum class CallOutcome : std::uint8_t { kReturned = 0, kThrew = 1 };

// Each extension: its id, the host's half, the plugin's half (void: it has none).
template <OpName Id, typename Host, typename Plugin>
struct Extension {
  static constexpr std::string_view kId = Id.view();
  using HostTable = Host;
  using PluginTable = Plugin;
};
using Extensions =
    Rows<Extension<PARLEY_EXT_ACCOUNTS, parley_host_accounts, parley_plugin_accounts>,
         Extension<PARLEY_EXT_BACKGROUND, parley_host_background, parley_plugin_background>,
         Extension<PARLEY_EXT_CHANNELS, parley_host_channels, parley_plugin_channels>,
         Extension<PARLEY_EXT_COMMANDS, parley_host_commands, parley_plugin_commands>,
         Extension<PARLEY_EXT_CONFIG, parley_host_config, parley_plugin_config>,
         Extension<PARLEY_EXT_EVENTS, parley_host_events, parley_plugin_events>,
         Extension<PARLEY_EXT_FILES, parley_host_files, parley_plugin_files>,
         Extension<PARLEY_EXT_MESSAGES, parley_host_messages, parley_plugin_messages>,
         Extension<PARLEY_EXT_METRICS, parley_host_metrics, void>,
         Extension<PARLEY_EXT_PUSH, parley_host_push, void>,
         Extension<PARLEY_EXT_REQUEST, parley_host_request, parley_plugin_request>,
         Extension<PARLEY_EXT_STATE, parley_host_state, parley_plugin_state>,
         Extension<PARLEY_EXT_STORAGE, parley_host_storage, parley_plugin_storage>,
         Extension<PARLEY_EXT_TIMER, parley_host_timer, parley_plugin_timer>,
         Extension<PARLEY_EXT_VARIABLES, parley_host_variables, void>>;

// "" when there is no such op.
std::string_view op_name(std::uint16_t number);

}  // namespace parley::loader
