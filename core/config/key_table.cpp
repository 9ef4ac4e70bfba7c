// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "config/keys.h"

namespace parley::config {
namespace {

using enum Key::Form;

constexpr double kKiB = 1024, kMiB = kKiB * 1024, kGiB = kMiB * 1024;
constexpr double kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::size_t kMostItems = 1000;

const std::vector<std::string_view> kSignature{"off", "warn", "enforce"};
const std::vector<std::string_view> kLevels{"trace", "debug",    "info", "warn",
                                            "error", "critical", "off"};

// clang-format off
#define AT(member) [](Config& c) -> Slot { return &c.member; }

const std::vector<Key>& table() {
  static const std::vector<Key> kTable{
    {.path = "node", .slot = AT(node), .min = 1, .max = 32, .meaning = "this server's name in logs and ids"},
    {.path = "state", .slot = AT(state_dir), .min = 1, .max = 4096, .meaning = "folder of database, keys, socket and logs; --state"},

    {.path = "listen.address", .slot = AT(listen.address), .form = kAddress, .meaning = "client port: page, /ws"},
    {.path = "listen.operator_address", .slot = AT(listen.operator_address), .form = kAddress, .meaning = "operator port: health, metrics, admin API"},
    {.path = "listen.allow_plaintext", .slot = AT(listen.allow_plaintext), .meaning = "listen off loopback without TLS or a trusted proxy"},
    {.path = "listen.tls.certificate", .slot = AT(listen.tls.certificate), .form = kPath, .live = true, .meaning = "PEM file; empty: no TLS"},
    {.path = "listen.tls.key", .slot = AT(listen.tls.key), .form = kPath, .live = true, .meaning = "PEM file, not readable by group or world"},
    {.path = "listen.operator_tls.certificate", .slot = AT(listen.operator_tls.certificate), .form = kPath, .live = true, .meaning = "the same for the operator port, which off loopback needs it"},
    {.path = "listen.operator_tls.key", .slot = AT(listen.operator_tls.key), .form = kPath, .live = true, .meaning = "PEM file, not readable by group or world"},
    {.path = "listen.shards", .slot = AT(listen.shards), .min = 0, .max = 256, .meaning = "threads that serve connections; 0: one per core"},
    {.path = "listen.backlog", .slot = AT(listen.backlog), .min = 1, .max = 65535, .meaning = "connections that wait to be accepted"},

    {.path = "http.web_root", .slot = AT(http.web_root), .form = kPath, .meaning = "folder of the built page; empty: web/ beside the program"},
    {.path = "http.public_origins", .slot = AT(http.public_origins), .min = 0, .max = kMostItems, .live = true, .meaning = "Origin values allowed to connect; empty: the listening address's own"},
    {.path = "http.operator_hosts", .slot = AT(http.operator_hosts), .min = 0, .max = kMostItems, .meaning = "more Host values the operator port accepts"},
    {.path = "http.trusted_proxies", .slot = AT(http.trusted_proxies), .min = 0, .max = kMostItems, .form = kNetwork, .meaning = "addresses or networks whose X-Forwarded-For is believed"},
    {.path = "http.max_header", .slot = AT(http.max_header), .min = kKiB, .max = kMiB, .meaning = "request line and headers together"},
    {.path = "http.max_body", .slot = AT(http.max_body), .min = kKiB, .max = 64 * kMiB, .meaning = "body of one request"},
    {.path = "http.header_timeout", .slot = AT(http.header_timeout), .min = kSecond, .max = 5 * kMinute, .meaning = "headers are whole within this"},
    {.path = "http.idle_timeout", .slot = AT(http.idle_timeout), .min = kSecond, .max = kHour, .meaning = "a kept connection without a request is closed"},
    {.path = "http.min_body_rate", .slot = AT(http.min_body_rate), .min = 0, .max = kGiB, .meaning = "bytes per second a body must come with; 0: any"},

    {.path = "console.enabled", .slot = AT(console.enabled), .live = true, .meaning = "serve the admin console on the operator port, under /admin/"},
    {.path = "console.root", .slot = AT(console.root), .form = kPath, .meaning = "folder of the built console; empty: console/ beside the program"},
    {.path = "console.idle", .slot = AT(console.idle), .min = kMinute, .max = kDay, .live = true, .meaning = "an admin who does nothing for so long logs in again"},
    {.path = "console.session", .slot = AT(console.session), .min = kMinute, .max = 30 * kDay, .live = true, .meaning = "a login ends after this, whatever is done in it"},
    {.path = "console.sessions", .slot = AT(console.sessions), .min = 1, .max = 10'000, .live = true, .meaning = "logins at once; the one longest idle makes room"},
    {.path = "console.confirm", .slot = AT(console.confirm), .min = 10 * kSecond, .max = kHour, .live = true, .meaning = "how long a password typed again counts, for what asks for it"},

    {.path = "websocket.ping_interval", .slot = AT(websocket.ping_interval), .min = kSecond, .max = kHour, .meaning = "silence after which a ping is sent"},
    {.path = "websocket.pong_timeout", .slot = AT(websocket.pong_timeout), .min = kSecond, .max = 10 * kMinute, .meaning = "an unanswered ping ends the connection after this"},
    {.path = "websocket.handshake_timeout", .slot = AT(websocket.handshake_timeout), .min = kSecond, .max = 5 * kMinute, .meaning = "from accept to the end of the upgrade"},
    {.path = "websocket.close_timeout", .slot = AT(websocket.close_timeout), .min = 100, .max = kMinute, .meaning = "wait for the client's answer to a close"},
    {.path = "websocket.message_timeout", .slot = AT(websocket.message_timeout), .min = kSecond, .max = 10 * kMinute, .meaning = "a message is whole within this of its first byte"},
    {.path = "websocket.max_fragments", .slot = AT(websocket.max_fragments), .min = 1, .max = 65536, .meaning = "frames one message may be cut into"},
    {.path = "websocket.max_control_rate", .slot = AT(websocket.max_control_rate), .min = 1, .max = 10'000, .meaning = "ping and pong frames per second from one client"},

    {.path = "outbox.soft_cap", .slot = AT(outbox.soft_cap), .min = 4 * kKiB, .max = kGiB, .meaning = "waiting bytes of one client above which volatile frames are dropped"},
    {.path = "outbox.hard_cap", .slot = AT(outbox.hard_cap), .min = 16 * kKiB, .max = 4 * kGiB, .meaning = "waiting bytes above which a client is closed after hard_cap_time"},
    {.path = "outbox.hard_cap_time", .slot = AT(outbox.hard_cap_time), .min = 0, .max = kHour, .meaning = "how long a client may stay above hard_cap"},
    {.path = "outbox.total", .slot = AT(outbox.total), .min = 0, .max = 1024 * kGiB, .meaning = "all outboxes together; 0: a quarter of memory"},

    {.path = "limits.frame", .slot = AT(limits.frame), .min = kKiB, .max = 64 * kMiB, .meaning = "bytes in one client message"},
    {.path = "limits.message", .slot = AT(limits.message), .min = 1, .max = 1e6, .count = true, .live = true, .meaning = "characters of chat text"},
    {.path = "limits.json_depth", .slot = AT(limits.json_depth), .min = 4, .max = 256, .live = true, .meaning = "levels of nesting in a message"},
    {.path = "limits.json_keys", .slot = AT(limits.json_keys), .min = 16, .max = 65536, .live = true, .meaning = "keys in a message"},
    {.path = "limits.rate", .slot = AT(limits.rate), .min = 0, .max = 1e6, .live = true, .meaning = "commands per second and connection; 0: no limit"},
    {.path = "limits.burst", .slot = AT(limits.burst), .min = 0, .max = 1e6, .live = true, .meaning = "commands that may come at once; 0: no limit"},
    {.path = "limits.user_rate", .slot = AT(limits.user_rate), .min = 0, .max = 1e6, .live = true, .meaning = "commands per second of one user over all connections; 0: no limit"},
    {.path = "limits.user_burst", .slot = AT(limits.user_burst), .min = 0, .max = 1e6, .live = true, .meaning = "commands of one user that may come at once"},
    {.path = "limits.address_rate", .slot = AT(limits.address_rate), .min = 0, .max = 1e6, .live = true, .meaning = "commands per second from one address (IPv6: /64); 0: no limit"},
    {.path = "limits.address_burst", .slot = AT(limits.address_burst), .min = 0, .max = 1e6, .live = true, .meaning = "commands from one address that may come at once"},
    {.path = "limits.commands", .slot = AT(limits.commands), .live = true, .meaning = "single commands, of one user or, before login, one address: {register: 60/1h}"},
    {.path = "limits.new_connections", .slot = AT(limits.new_connections), .min = 0, .max = 1e6, .live = true, .meaning = "new connections per second and address; 0: no limit"},
    {.path = "limits.connections_per_user", .slot = AT(limits.connections_per_user), .min = 0, .max = 1e6, .live = true, .meaning = "connections of one user; 0: no limit"},
    {.path = "limits.blocks", .slot = AT(limits.blocks), .min = 0, .max = 1e6, .meaning = "people whose direct messages one user refuses; 0: no limit"},
    {.path = "limits.bans", .slot = AT(limits.bans), .min = 0, .max = 1e6, .live = true, .meaning = "bans from channels in force, all channels together; 0: no limit"},
    {.path = "limits.connections_per_address", .slot = AT(limits.connections_per_address), .min = 0, .max = 1e6, .live = true, .meaning = "WebSockets from one address (IPv6: /64); 0: no limit"},
    {.path = "limits.channels", .slot = AT(limits.channels), .min = 0, .max = 1e5, .live = true, .meaning = "channels of one session; 0: no limit"},
    {.path = "limits.inflight", .slot = AT(limits.inflight), .min = 0, .max = 1e5, .live = true, .meaning = "unanswered commands of one connection; 0: no limit"},
    {.path = "limits.unauthenticated", .slot = AT(limits.unauthenticated), .min = 0, .max = 1, .live = true, .meaning = "share of limits.connections that may be unauthenticated; beyond it the oldest is dropped (4406); 0: no limit"},
    {.path = "limits.connections", .slot = AT(limits.connections), .min = 0, .max = 1e8, .live = true, .meaning = "all connections; 0: no limit"},
    {.path = "limits.noise", .slot = AT(limits.noise), .min = 0, .max = 1e5, .live = true, .meaning = "malformed frames within a minute before the connection is closed; 0: no limit"},
    {.path = "limits.abuse", .slot = AT(limits.abuse), .min = 0, .max = 1e5, .live = true, .meaning = "refused commands in a row, as a multiple of burst, before the connection is closed (4506); 0: never"},
    {.path = "limits.auth_timeout", .slot = AT(limits.auth_timeout), .min = kSecond, .max = 10 * kMinute, .live = true, .meaning = "from upgrade to authentication"},
    {.path = "limits.login_timeout", .slot = AT(limits.login_timeout), .min = kSecond, .max = kHour, .live = true, .meaning = "the same while a person types a password"},

    {.path = "auth.guests", .slot = AT(auth.guests), .live = true, .meaning = "people may chat without an account"},
    {.path = "auth.registration", .slot = AT(auth.registration), .choices = {"open", "invitation", "closed"}, .live = true, .meaning = "whether people may make accounts"},
    {.path = "auth.invitation", .slot = AT(auth.invitation), .min = kMinute, .max = 3650 * kDay, .live = true, .meaning = "life of an invitation, unless its maker says another"},
    {.path = "auth.token_key", .slot = AT(auth.token_key), .secret = true, .live = true, .meaning = "key that signs tokens; empty: made in the state folder"},
    {.path = "auth.token_key_previous", .slot = AT(auth.token_key_previous), .secret = true, .live = true, .meaning = "the key before it, whose tokens are still accepted"},
    {.path = "auth.issuers", .slot = AT(auth.issuers), .form = kPath, .live = true, .meaning = "file with the issuers whose tokens are accepted here; empty: none"},
    {.path = "auth.token_max", .slot = AT(auth.token_max), .min = kMinute, .max = 3650 * kDay, .meaning = "longest life of a token of an issuer or of parleyctl; revocations are remembered as long"},
    {.path = "auth.access_token", .slot = AT(auth.access_token), .min = 10 * kSecond, .max = kDay, .meaning = "life of an access token"},
    {.path = "auth.refresh_token", .slot = AT(auth.refresh_token), .min = kMinute, .max = 3650 * kDay, .meaning = "life of a refresh token"},
    {.path = "auth.expiring_notice", .slot = AT(auth.expiring_notice), .min = 0, .max = kDay, .live = true, .meaning = "how long before its token runs out a client is told (expiring)"},
    {.path = "auth.expiry_grace", .slot = AT(auth.expiry_grace), .min = 0, .max = kHour, .live = true, .meaning = "from the end of the token to close 4502; only auth passes"},
    {.path = "auth.ticket", .slot = AT(auth.ticket), .min = kSecond, .max = 10 * kMinute, .meaning = "life of a ticket for ?ticket="},
    {.path = "auth.query_token", .slot = AT(auth.query_token), .live = true, .meaning = "accept ?token= in the address of a WebSocket; addresses end in logs of proxies"},
    {.path = "auth.password_min", .slot = AT(auth.password_min), .min = 1, .max = 128, .meaning = "characters a new password has at least"},
    {.path = "auth.password_memory", .slot = AT(auth.password_memory), .min = 8 * kMiB, .max = 4 * kGiB, .meaning = "memory of one argon2id hash"},
    {.path = "auth.password_ops", .slot = AT(auth.password_ops), .min = 1, .max = 64, .meaning = "passes of one argon2id hash"},
    {.path = "auth.password_queue", .slot = AT(auth.password_queue), .min = 1, .max = 1e5, .meaning = "waiting hashes before logins are refused; as many tries with one name from one address may wait for their turn"},
    {.path = "auth.login_tries", .slot = AT(auth.login_tries), .min = 1, .max = 1e4, .live = true, .meaning = "failed logins per account and address, and wrong resumes per address, within login_window"},
    {.path = "auth.login_window", .slot = AT(auth.login_window), .min = kSecond, .max = 30 * kDay, .live = true, .meaning = "how long a failed login counts"},
    {.path = "auth.reserved_names", .slot = AT(auth.reserved_names), .min = 0, .max = kMostItems, .meaning = "names nobody can register"},

    {.path = "channels.defaults", .slot = AT(channels.defaults), .min = 0, .max = 100, .form = kChannel, .meaning = "channels every session joins"},
    {.path = "channels.create_by_joining", .slot = AT(channels.create_by_joining), .meaning = "joining an unknown channel makes it"},
    {.path = "channels.history_page", .slot = AT(channels.history_page), .min = 1, .max = 10'000, .meaning = "messages of history when the client names no limit"},
    {.path = "channels.history_max", .slot = AT(channels.history_max), .min = 1, .max = 10'000, .meaning = "messages of history in one answer at most"},
    {.path = "channels.retention", .slot = AT(channels.retention), .min = 0, .max = 36500 * kDay, .meaning = "older messages are deleted; 0: kept"},
    {.path = "channels.presence_page", .slot = AT(channels.presence_page), .min = 1, .max = 10'000, .meaning = "members in one presence answer"},
    {.path = "channels.list_page", .slot = AT(channels.list_page), .min = 1, .max = 10'000, .meaning = "channels in one answer of channels"},
    {.path = "channels.unread_max", .slot = AT(channels.unread_max), .min = 1, .max = 100'000, .meaning = "unread messages of a channel are counted up to here"},

    {.path = "session.detached", .slot = AT(session.detached), .min = 0, .max = kDay, .live = true, .meaning = "a session whose connection was lost waits this long in memory"},
    {.path = "session.detached_guest", .slot = AT(session.detached_guest), .min = 0, .max = kDay, .live = true, .meaning = "the same for a guest's"},
    {.path = "session.detached_max", .slot = AT(session.detached_max), .min = 0, .max = 1e8, .live = true, .meaning = "sessions that wait so at most; beyond it the oldest are saved and closed, guests first"},
    {.path = "session.keep", .slot = AT(session.keep), .min = kMinute, .max = 365 * kDay, .live = true, .meaning = "a saved session can be resumed this long; a guest's name is held as long"},
    {.path = "session.ring_frames", .slot = AT(session.ring_frames), .min = 1, .max = 1e6, .meaning = "frames addressed to a session that are kept for replay"},
    {.path = "session.ring_bytes", .slot = AT(session.ring_bytes), .min = kKiB, .max = kGiB, .meaning = "the same in bytes; counts towards outbox.total"},
    {.path = "session.guest_ring_frames", .slot = AT(session.guest_ring_frames), .min = 1, .max = 1e6, .meaning = "the same for a guest"},
    {.path = "session.guest_ring_bytes", .slot = AT(session.guest_ring_bytes), .min = kKiB, .max = kGiB, .meaning = "the same for a guest, in bytes"},
    {.path = "session.catch_up", .slot = AT(session.catch_up), .min = 1, .max = 1e7, .live = true, .meaning = "messages of one channel that a resume brings at most; older ones are left to history"},
    {.path = "session.variables", .slot = AT(session.variables), .min = 0, .max = 16 * kMiB, .live = true, .meaning = "names and values that all plugins together keep in one session"},
    {.path = "session.keys", .slot = AT(session.keys), .min = kSecond, .max = kDay, .live = true, .meaning = "an idempotency key is remembered this long"},
    {.path = "session.keys_per_user", .slot = AT(session.keys_per_user), .min = 1, .max = 1e5, .live = true, .meaning = "idempotency keys of one user that are remembered at most; the oldest make room"},
    {.path = "session.keys_total", .slot = AT(session.keys_total), .min = 1, .max = 1e8, .live = true, .meaning = "the same for all users together; who has most of them gives way"},

    {.path = "storage.file", .slot = AT(storage.file), .form = kFileName, .meaning = "database, inside the state folder"},
    {.path = "storage.readers", .slot = AT(storage.readers), .min = 1, .max = 64, .meaning = "connections that read beside the writer"},
    {.path = "storage.batch", .slot = AT(storage.batch), .min = 1, .max = 1e5, .count = true, .meaning = "items in one commit"},
    {.path = "storage.queue", .slot = AT(storage.queue), .min = 1, .max = 1e7, .count = true, .meaning = "waiting writes before `overloaded`"},
    {.path = "storage.busy_timeout", .slot = AT(storage.busy_timeout), .min = 0, .max = 10 * kMinute, .meaning = "wait for a lock another program holds"},
    {.path = "storage.audit_keep", .slot = AT(storage.audit_keep), .min = 0, .max = 100 * 365 * kDay, .live = true, .meaning = "how long who did what is kept; 0: for ever"},
    {.path = "storage.check", .slot = AT(storage.check), .choices = {"off", "quick", "full"}, .meaning = "how the database is checked at the start: quick reads every page, full compares every index too"},

    {.path = "plugins.folder", .slot = AT(plugins.folder), .form = kPath, .meaning = "where <id>.so lie; empty: plugins/ beside the program's folder"},
    {.path = "plugins.settings", .slot = AT(plugins.settings), .form = kPath, .meaning = "folder of <id>.yaml; empty: plugins.d beside the configuration file"},
    {.path = "plugins.enabled", .slot = AT(plugins.enabled), .min = 0, .max = 256, .form = kPluginId, .meaning = "plugins loaded at the start, in this order"},
    {.path = "plugins.describe_timeout", .slot = AT(plugins.describe_timeout), .min = 100, .max = kMinute, .meaning = "time a plugin has to describe itself"},
    {.path = "plugins.operations", .slot = AT(plugins.operations), .min = 1, .max = 64, .meaning = "operations on different plugins (load, reload, unload ...) that go on at once"},
    {.path = "plugins.require_signature", .slot = AT(plugins.require_signature), .choices = kSignature, .live = true, .meaning = "what becomes of a local file that is not signed with a trusted key"},
    {.path = "plugins.trusted_keys", .slot = AT(plugins.trusted_keys), .min = 0, .max = 64, .live = true, .meaning = "public keys that may sign plugins, as `parleyctl key make` prints them"},
    {.path = "plugins.upload", .slot = AT(plugins.upload), .meaning = "take plugins through the admin API; they must be signed"},
    {.path = "plugins.upload_max", .slot = AT(plugins.upload_max), .min = 64 * kKiB, .max = kGiB, .meaning = "one uploaded file"},
    {.path = "plugins.upload_total", .slot = AT(plugins.upload_total), .min = 64 * kKiB, .max = 16 * kGiB, .meaning = "files of all uploads that are under way; beyond it one is told to come again. Each needs a few times its size of memory until it is kept"},
    {.path = "plugins.keep_versions", .slot = AT(plugins.keep_versions), .min = 1, .max = 1000, .meaning = "uploaded versions kept of each plugin; the pinned and the serving one stay besides"},
    {.path = "plugins.limits.queue", .slot = AT(plugins.limits.queue), .min = 1, .max = 1e6, .count = true, .meaning = "waiting calls before plugin_unavailable"},
    {.path = "plugins.limits.soft_budget", .slot = AT(plugins.limits.soft_budget), .min = 1, .max = kHour, .meaning = "a longer call is logged"},
    {.path = "plugins.limits.hard_budget", .slot = AT(plugins.limits.hard_budget), .min = 1, .max = kHour, .meaning = "a longer call is answered plugin_timeout"},
    {.path = "plugins.limits.inline_budget", .slot = AT(plugins.limits.inline_budget), .min = 1, .max = kMinute, .meaning = "a longer inline call is an overrun"},
    {.path = "plugins.limits.inline_overruns", .slot = AT(plugins.limits.inline_overruns), .min = 1, .max = 1e4, .meaning = "overruns before an inline plugin moves to the workers"},
    {.path = "plugins.limits.faults", .slot = AT(plugins.limits.faults), .min = 1, .max = 1e4, .meaning = "faults within fault_window before quarantine"},
    {.path = "plugins.limits.fault_window", .slot = AT(plugins.limits.fault_window), .min = kSecond, .max = kDay, .meaning = "how long a fault counts"},
    {.path = "plugins.limits.quarantine", .slot = AT(plugins.limits.quarantine), .min = kSecond, .max = 30 * kDay, .meaning = "how long a faulty plugin is not called"},
    {.path = "plugins.limits.drain", .slot = AT(plugins.limits.drain), .min = 0, .max = 10 * kMinute, .meaning = "wait for running calls when unloading"},
    {.path = "plugins.limits.start", .slot = AT(plugins.limits.start), .min = 100, .max = kHour, .meaning = "time to be created, to load its state and to start, each; a plugin that takes longer is given up"},
    {.path = "plugins.limits.freeze", .slot = AT(plugins.limits.freeze), .min = 10, .max = kHour, .meaning = "time a version has to come to rest and to save at a reload; calls wait so long before plugin_unavailable"},
    {.path = "plugins.limits.state_max", .slot = AT(plugins.limits.state_max), .min = 0, .max = kGiB, .meaning = "state that one version hands to the next"},
    {.path = "plugins.limits.probation", .slot = AT(plugins.limits.probation), .min = 0, .max = kDay, .meaning = "time after a reload in which faults bring the version before back"},
    {.path = "plugins.limits.probation_faults", .slot = AT(plugins.limits.probation_faults), .min = 1, .max = 1e4, .meaning = "faults within the probation that do so"},
    {.path = "plugins.limits.storage_quota", .slot = AT(plugins.limits.storage_quota), .min = 0, .max = 1024 * kGiB, .meaning = "keys and values of one plugin"},
    {.path = "plugins.limits.value_max", .slot = AT(plugins.limits.value_max), .min = kKiB, .max = kGiB, .meaning = "one stored value"},
    {.path = "plugins.limits.variables", .slot = AT(plugins.limits.variables), .min = 0, .max = kGiB, .meaning = "names and values that one plugin keeps in one session"},
    {.path = "plugins.isolation.hello", .slot = AT(plugins.isolation.hello), .min = 100, .max = kMinute, .meaning = "a child process has said hello within this"},
    {.path = "plugins.isolation.unresponsive", .slot = AT(plugins.isolation.unresponsive), .min = 100, .max = kHour, .meaning = "a call in a child has ended within this, else the child is ended"},
    {.path = "plugins.isolation.ping", .slot = AT(plugins.isolation.ping), .min = 100, .max = kHour, .meaning = "an idle child is asked for a sign of life this often"},
    {.path = "plugins.isolation.terminate", .slot = AT(plugins.isolation.terminate), .min = 0, .max = kMinute, .meaning = "from SIGTERM to SIGKILL"},
    {.path = "plugins.isolation.restart_first", .slot = AT(plugins.isolation.restart_first), .min = 10, .max = kHour, .meaning = "wait before a crashed child is started again; doubled with each crash"},
    {.path = "plugins.isolation.restart_max", .slot = AT(plugins.isolation.restart_max), .min = 10, .max = kDay, .meaning = "longest such wait"},
    {.path = "plugins.isolation.crashes", .slot = AT(plugins.isolation.crashes), .min = 1, .max = 1000, .meaning = "crashes within crash_window before quarantine"},
    {.path = "plugins.isolation.crash_window", .slot = AT(plugins.isolation.crash_window), .min = kSecond, .max = kDay, .meaning = "how long a crash counts"},
    {.path = "plugins.isolation.frame_max", .slot = AT(plugins.isolation.frame_max), .min = 64 * kKiB, .max = kGiB, .meaning = "one message from a child"},
    {.path = "plugins.isolation.memory", .slot = AT(plugins.isolation.memory), .min = 0, .max = 1024 * kGiB, .meaning = "address space of one child; 0: no limit"},
    {.path = "plugins.isolation.descriptors", .slot = AT(plugins.isolation.descriptors), .min = 16, .max = 65536, .meaning = "open files of one child"},
    {.path = "plugins.isolation.jobs", .slot = AT(plugins.isolation.jobs), .min = 1, .max = 64, .meaning = "background jobs of one child at a time"},

    {.path = "workers.threads", .slot = AT(workers.threads), .min = 1, .max = 256, .meaning = "threads for plugin calls that are not inline, and for file work"},
    {.path = "workers.max_stuck", .slot = AT(workers.max_stuck), .min = 0, .max = 256, .meaning = "hung workers that are written off and replaced"},
    {.path = "workers.watchdog_shard", .slot = AT(workers.watchdog_shard), .min = 100, .max = kHour, .meaning = "a shard blocked for longer ends the server with a report"},

    {.path = "log.level", .slot = AT(log.level), .choices = kLevels, .live = true, .meaning = "what is written, for components without a level of their own"},
    {.path = "log.levels", .slot = AT(log.levels), .choices = kLevels, .form = kComponent, .live = true, .meaning = "levels of single components"},
    {.path = "log.console", .slot = AT(log.console), .meaning = "lines on standard error"},
    {.path = "log.file", .slot = AT(log.file), .form = kFileName, .meaning = "JSON lines, inside the state folder; empty: none"},
    {.path = "log.max_size", .slot = AT(log.max_size), .min = 64 * kKiB, .max = 4 * kGiB, .meaning = "size at which the file rotates"},
    {.path = "log.max_files", .slot = AT(log.max_files), .min = 1, .max = 1000, .meaning = "files kept, the current one included"},
    {.path = "log.queue", .slot = AT(log.queue), .min = 64, .max = 1e6, .count = true, .meaning = "waiting lines before the oldest is dropped"},
    {.path = "log.max_message", .slot = AT(log.max_message), .min = 256, .max = kMiB, .meaning = "bytes of one message before it is cut"},
    {.path = "log.max_field", .slot = AT(log.max_field), .min = 32, .max = 64 * kKiB, .meaning = "bytes of one field before it is cut"},

    {.path = "drain.deadline", .slot = AT(drain.deadline), .min = 0, .max = kHour, .live = true, .meaning = "the server has ended this long after SIGTERM"},
    {.path = "drain.spread", .slot = AT(drain.spread), .min = 0, .max = kHour, .live = true, .meaning = "clients are told to come back within this"},
    {.path = "drain.grace", .slot = AT(drain.grace), .min = 0, .max = kHour, .live = true, .meaning = "while draining, what unfinished requests and unanswered close frames still get"},

    {.path = "diagnostics.echo", .slot = AT(diagnostics.echo), .meaning = "serves /echo, a raw echo without authentication"},
  };
  return kTable;
}
#undef AT
// clang-format on

}  // namespace

std::span<const Key> all_keys() {
  return table();
}

const Key* find_key(std::string_view path) {
  for (const auto& key : table()) {
    if (key.path == path) return &key;
  }
  return nullptr;
}

bool is_section(std::string_view path) {
  for (const auto& key : table()) {
    if (key.path.size() > path.size() && key.path.starts_with(path) &&
        key.path[path.size()] == '.') {
      return true;
    }
  }
  return false;
}

std::vector<std::string> names_below(std::string_view section) {
  const std::string prefix = section.empty() ? "" : std::string(section) + ".";
  std::vector<std::string> names;
  for (const auto& key : table()) {
    if (!key.path.starts_with(prefix)) continue;
    const auto rest = key.path.substr(prefix.size());
    std::string name(rest.substr(0, rest.find('.')));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace parley::config
