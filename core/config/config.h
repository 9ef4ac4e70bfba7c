// SPDX-License-Identifier: Apache-2.0
// The server's configuration as typed structs. config/parley.yaml documents every key with default,
// meaning and danger; a test holds the two against each other, so a default is changed in both
// places or in none.
//
// Ownership: plain values. Thread: a loaded Config is immutable and shared as shared_ptr<const
// Config>; a reload makes a new one. Units: sizes in bytes, durations in milliseconds, rates per
// second; 0 in `limits` is off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"

namespace parley::config {

struct Tls {
  std::string certificate;  // PEM file; empty: no TLS on that port
  std::string key;          // PEM file, not readable by group or world
  bool enabled() const { return !certificate.empty(); }
};

struct Listen {
  std::string address = "127.0.0.1:8080";  // client port: page, /ws
  std::string operator_address = "127.0.0.1:8081";
  bool allow_plaintext = false;  // listen off loopback without TLS or a trusted proxy
  Tls tls;
  Tls operator_tls;
  int shards = 0;  // 0: one per core
  int backlog = 1024;
};

struct Http {
  std::string web_root;  // folder of the built page; empty: web/ beside the program
  std::vector<std::string> public_origins;   // allowed Origins; empty: the listening address's own
  std::vector<std::string> operator_hosts;   // more Host values the operator port accepts
  std::vector<std::string> trusted_proxies;  // addresses or CIDR whose X-Forwarded-For is believed
  std::size_t max_header = 8192;
  std::size_t max_body = 65536;
  Millis header_timeout{10'000};
  Millis idle_timeout{75'000};
  std::size_t min_body_rate = 1024;  // bytes per second
};

// The admins' page on the operator port.
struct Console {
  bool enabled = true;
  std::string root;  // folder of the built console; empty: console/ beside the program
  Millis idle{30 * 60'000};
  Millis session{12LL * 3'600'000};  // however much is done in it
  int sessions = 64;                 // at once; the one longest idle makes room
  Millis confirm{5 * 60'000};        // how long a password that was typed again counts
};

struct WebSocket {
  Millis ping_interval{25'000};
  Millis pong_timeout{10'000};
  Millis handshake_timeout{10'000};  // from accept to the end of the upgrade
  Millis close_timeout{5'000};
  Millis message_timeout{10'000};  // a message is whole within this of its first byte
  int max_fragments = 64;
  int max_control_rate = 20;  // ping and pong frames per second from one client
};

struct Outbox {
  std::size_t soft_cap = 256 * 1024;   // above it volatile frames are dropped
  std::size_t hard_cap = 1024 * 1024;  // above it for hard_cap_time: close 4403
  Millis hard_cap_time{30'000};
  std::size_t total = 0;  // all outboxes together; 0: a quarter of memory
};

struct Limits {
  std::size_t frame = 65536;   // bytes in one client message
  std::size_t message = 4000;  // characters of chat text
  int json_depth = 32;
  int json_keys = 256;
  double rate = 30;  // commands per second and connection
  double burst = 60;
  double user_rate = 60;  // the same of one user, over all connections
  double user_burst = 120;
  double address_rate = 0;  // and of one address or /64
  double address_burst = 0;
  std::map<std::string, std::string> commands{{"deleteMessage", "60/1m"},
                                              {"editMessage", "60/1m"},
                                              {"markRead", "300/1m"},
                                              {"register", "60/1h"}};  // each by itself: "N/time"
  double new_connections = 20;                                         // per second and address
  int connections_per_user = 8;
  int connections_per_address = 0;
  int channels = 128;  // per session
  int blocks = 1000;   // people that one user has blocked
  int bans = 10'000;   // people kept out of channels, all channels together
  int inflight = 64;
  double unauthenticated = 0.10;  // share of all connections
  int connections = 100'000;
  int noise = 3;      // malformed frames within a minute before close 4510
  double abuse = 20;  // refusals in a row, as a multiple of burst, before close 4506
  Millis auth_timeout{10'000};
  Millis login_timeout{120'000};  // for sockets that wait for a person's login
};

struct Auth {
  bool guests = true;
  std::string registration = "open";          // open | invitation | closed
  Millis invitation{7LL * 24 * 3600 * 1000};  // life of an invitation, unless its maker says
  std::string token_key;           // given as "file:PATH" or by environment, here the key's text;
                                   // empty: made in the state folder
  std::string token_key_previous;  // the same; verifies, and signs no more
  std::string issuers;             // file with the issuers whose tokens are accepted; empty: none
  Millis token_max{30LL * 24 * 3600 * 1000};  // a token that lives longer is refused
  Millis access_token{15 * 60'000};
  Millis refresh_token{30LL * 24 * 3600 * 1000};
  Millis expiring_notice{60'000};  // how long before its token runs out a client is told
  Millis expiry_grace{25'000};     // from then on until close 4502; only auth passes
  Millis ticket{30'000};           // life of a ticket for ?ticket=
  bool query_token = false;        // ?token= in the address of a WebSocket is accepted
  int password_min = 8;
  std::size_t password_memory = 64 * 1024 * 1024;  // argon2id
  int password_ops = 2;
  int password_queue = 64;  // waiting hashes before logins are refused
  int login_tries = 5;      // per (account, address) and login_window
  Millis login_window{15 * 60'000};
  std::vector<std::string> reserved_names{"admin", "system", "server", "parley", "moderator"};
};

struct Channels {
  std::vector<std::string> defaults{"global"};  // joined by every session
  bool create_by_joining = true;
  int history_page = 50;  // messages when the client names no limit
  int history_max = 200;
  Millis retention{0};  // messages older than this are deleted; 0: kept
  int presence_page = 200;
  int list_page = 100;
  int unread_max = 999;  // counted exactly up to here
};

struct Session {
  Millis detached{120'000};           // a session without a connection lives on in memory this long
  Millis detached_guest{30'000};      // a guest's
  std::size_t detached_max = 20'000;  // sessions without a connection; guests go first
  Millis keep{24LL * 3600 * 1000};    // a saved session, and with it a guest's name
  std::size_t ring_frames = 512;      // direct frames kept for replay
  std::size_t ring_bytes = 256 * 1024;
  std::size_t guest_ring_frames = 32;
  std::size_t guest_ring_bytes = 32 * 1024;
  int catch_up = 10'000;              // messages of one channel that a resume brings at most
  std::size_t variables = 16 * 1024;  // bytes that all plugins together keep in one session
  Millis keys{5 * 60'000};            // an idempotency key is remembered
  int keys_per_user = 256;
  std::size_t keys_total = 100'000;  // of all users together
};

struct Storage {
  std::string file = "parley.db";  // inside the state folder
  int readers = 2;
  std::size_t batch = 1000;    // items in one commit
  std::size_t queue = 20'000;  // waiting writes before `overloaded`
  Millis busy_timeout{5'000};
  Millis audit_keep{365LL * 24 * 3600 * 1000};
  std::string check = "quick";  // off | quick | full: how the file is checked at the start
};

struct PluginLimits {
  std::size_t queue = 1024;  // waiting calls before plugin_unavailable
  Millis soft_budget{50};
  Millis hard_budget{2'000};
  Millis inline_budget{5};
  int inline_overruns = 3;
  int faults = 5;  // within fault_window: quarantine
  Millis fault_window{60'000};
  Millis quarantine{300'000};
  Millis drain{5'000};
  Millis start{10'000};  // create, load and start, each
  Millis freeze{1'500};  // of a reload: for the old version's rest and save, and to wait for it
  std::size_t state_max = 16 * 1024 * 1024;  // what one version hands to the next
  Millis probation{30'000};
  int probation_faults = 3;  // within it: back to the version before
  std::size_t storage_quota = 64 * 1024 * 1024;
  std::size_t value_max = 1024 * 1024;
  std::size_t variables = 16 * 1024;  // that one plugin keeps in one session
};

// Plugins with isolation: process, each in a child of the server.
struct PluginIsolation {
  Millis hello{3'000};          // from starting the child to its first word
  Millis unresponsive{10'000};  // one call: the child is ended
  Millis ping{5'000};           // between two looks at an idle child
  Millis terminate{2'000};      // from SIGTERM to SIGKILL
  Millis restart_first{1'000};  // after a crash; doubled with each one
  Millis restart_max{60'000};
  int crashes = 3;  // within crash_window: quarantine
  Millis crash_window{600'000};
  std::size_t frame_max = 32 * 1024 * 1024;
  std::size_t memory = 1024 * 1024 * 1024;  // address space of one child; 0: no limit
  int descriptors = 64;
  int jobs = 2;  // background jobs of one child at a time
};

struct Plugins {
  std::string folder;    // where <id>.so lie; empty: plugins/ beside the program's folder
  std::string settings;  // plugins.d; empty: beside the configuration file
  std::vector<std::string> enabled{"account", "chat", "moderation", "reply",
                                   "game",    "dice", "poll",       "remind"};
  Millis describe_timeout{3'000};
  int operations = 4;                     // on different plugins, side by side
  std::string require_signature = "off";  // of local files: off, warn, enforce
  std::vector<std::string> trusted_keys;  // public keys that may sign plugins
  bool upload = false;                    // through the admin API; signatures are enforced then
  std::size_t upload_max = 32 * 1024 * 1024;
  std::size_t upload_total = 128 * 1024 * 1024;  // of uploads that are under way
  int keep_versions = 5;                         // uploaded ones, of each plugin
  PluginLimits limits;
  PluginIsolation isolation;
};

struct Workers {
  int threads = 2;
  int max_stuck = 4;
  Millis watchdog_shard{5'000};
};

struct Log {
  std::string level = "info";
  std::map<std::string, std::string> levels;  // per component
  bool console = true;
  std::string file = "logs/parley.jsonl";  // inside the state folder; empty: none
  std::size_t max_size = 16 * 1024 * 1024;
  int max_files = 8;
  std::size_t queue = 8192;        // waiting lines; beyond it the oldest is dropped and counted
  std::size_t max_message = 8192;  // bytes of one message before it is cut
  std::size_t max_field = 256;     // bytes of one field (user, plugin ...) before it is cut
};

struct Drain {
  Millis deadline{10'000};
  Millis spread{3'000};  // reconnect.afterMs is drawn from this
  Millis grace{1'000};   // for unfinished requests and unanswered close frames
};

struct Diagnostics {
  bool echo = false;  // serves /echo, a raw echo without authentication
};

struct Config {
  std::string node = "n1";
  Listen listen;
  Http http;
  Console console;
  WebSocket websocket;
  Outbox outbox;
  Limits limits;
  Auth auth;
  Channels channels;
  Session session;
  Storage storage;
  Plugins plugins;
  Workers workers;
  Log log;
  Drain drain;
  Diagnostics diagnostics;
  std::string state_dir = "var";  // --state
};

}  // namespace parley::config
