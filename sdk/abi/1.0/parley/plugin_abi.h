/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract between the Parley server ("host") and a plugin, as plain C11.
 *
 * The nine rules:
 *  1. One exported data symbol per major version: `parley_plugin_entry_v1`. A plugin exports
 *     nothing else.
 *  2. Every struct begins with `uint32_t size`, set by whoever fills it to the size it was compiled
 *     with. Structs only grow at the end; a reader looks at a field only if `size` covers it.
 *     Values are never renumbered or reused. Exempt, because they can never grow: parley_string,
 *     parley_value, parley_text, parley_sink.
 *  3. Fixed-width integers only. Strings are {data, size}, UTF-8, not terminated; size 0 is empty.
 *     No C++ type, exception or longjmp crosses. Times are milliseconds: instants since 1970-01-01
 *     UTC, durations as such.
 *  4. Memory passed in is borrowed until the call returns, in both directions. Nobody frees the
 *     other side's memory; there is no allocator. A result that has no place to live is handed to a
 *     parley_sink before the call returns.
 *  5. Things are named by 64-bit ids with a generation, never by pointers: request, message, timer,
 *     job, watch, metric. A stale id is PARLEY_E_STALE, not undefined behaviour. 0 is no id. The
 *     plugin names its own things by 64-bit tokens of its choice, which the host only echoes;
 *     token 0 asks for no completion.
 *  6. Every function is tagged with where it may be called:
 *       [start]       inside create, start and on_config: blocking is allowed there
 *                     (commands.add, messages.listen, metrics.define: create and start only)
 *       [plugin]      on the plugin's symbolic thread: never two calls at once, though the OS
 *                     thread may change
 *       [background]  inside a job of parley.background/1: blocking is allowed there
 *       [any]         from any thread, the plugin's own threads too, until `stop` returns
 *     Anywhere else the answer is PARLEY_E_WRONG_THREAD. What the host calls is [plugin] unless it
 *     says otherwise.
 *  7. Everything optional is an extension with an id `parley.<name>/<revision>`, one header each in
 *     ext/. The host's half comes from parley_host.get_extension, NULL when absent or not granted;
 *     the plugin's half, through which completions and events arrive, from
 *     parley_plugin.get_extension. A released extension is frozen; a change is a new revision.
 *  8. A plugin loads when its abi_major equals the host's and its abi_minor is not above it.
 *  9. In-process plugins are trusted code: permissions guard against mistakes, they are no sandbox.
 *
 * Asynchronous calls return at once. PARLEY_OK means: accepted, and (token not 0) exactly one
 * completion with that token follows on the plugin's thread, never before the call has returned.
 * Any other status means: nothing happens, no completion follows.
 *
 * Permissions, a closed list; the entry asks, the operator's plugins.d/<id>.yaml grants:
 *
 *   commands          register commands and answer them
 *   anonymous         declare commands that run before authentication (register, login)
 *   filter:<channel>  see, deny or replace that channel's messages; `filter:*`: every public one
 *   dm                the same for direct messages, and write into them
 *   push:<scope>      scope session, user, channel, role, all: send unasked frames to such targets
 *   accounts.read     look users up, list members
 *   accounts.write    register, log in and out, change passwords for the person who asked
 *   buttons           send buttons and cards, and run `clickable` commands as the speaker
 *   http:<host:port>  reserved for the http extension
 *   files:<path>      read that file or folder outside the plugin's own data folder
 *   metrics           define metrics
 *
 * storage, timer, config, background, events and the plugin's own data folder need none.
 *
 * Everything here: Since 1.0.
 */
#ifndef PARLEY_PLUGIN_ABI_H
#define PARLEY_PLUGIN_ABI_H

#include <stddef.h>
#include <stdint.h>

#define PARLEY_ABI_MAJOR 1
#define PARLEY_ABI_MINOR 0
#define PARLEY_ENTRY_SYMBOL "parley_plugin_entry_v1"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t parley_id;    /* given by the host, carries a generation */
typedef uint64_t parley_token; /* chosen by the plugin, echoed by the host */

typedef int32_t parley_status;
enum {
  PARLEY_OK = 0,
  PARLEY_E_INVALID = 1, /* an argument breaks its documented form; the log says which */
  PARLEY_E_STALE = 2,   /* the id named something that is over: answered, fired, cancelled */
  PARLEY_E_DENIED = 3,  /* the permission was not granted, or the acting user lacks the right */
  PARLEY_E_LIMIT = 4,   /* a size, count or quota is exceeded */
  PARLEY_E_BUSY = 5,    /* a queue is full: try later */
  PARLEY_E_NOT_FOUND = 6,
  PARLEY_E_CONFLICT = 7,     /* exists already, or the expected value was not there */
  PARLEY_E_WRONG_THREAD = 8, /* see rule 6 */
  PARLEY_E_UNSUPPORTED = 9,  /* this server does not do that */
  PARLEY_E_CANCELLED = 10,   /* cancelled, or the host is draining */
  PARLEY_E_INTERNAL = 11     /* failed; what the trampolines return after an exception */
};

/* UTF-8, not terminated, borrowed. */
typedef struct parley_string {
  const char* data;
  uint64_t size;
} parley_string;

/* A text in one language. locale is a lower-case language tag: "en", "ru". */
typedef struct parley_text {
  parley_string locale;
  parley_string text;
} parley_text;

/* Takes bytes before the call returns; write may come 0 or 1 times. Never kept. */
typedef struct parley_sink {
  void* context;
  void (*write)(void* context, parley_string bytes);
} parley_sink;

typedef uint32_t parley_type;
enum {
  PARLEY_TYPE_NONE = 0,   /* omitted */
  PARLEY_TYPE_STRING = 1, /* as.string */
  PARLEY_TYPE_INT = 2,    /* as.integer */
  PARLEY_TYPE_NUMBER = 3, /* as.number, finite */
  PARLEY_TYPE_BOOL = 4,   /* as.boolean, 0 or 1 */
  PARLEY_TYPE_USER =
      5, /* as.string: a name or id without a leading @, form checked, not looked up */
  PARLEY_TYPE_CHANNEL = 6, /* as.string: a well-formed channel name without a leading # */
  PARLEY_TYPE_JSON = 7     /* as.string: valid JSON text of any kind */
};

typedef struct parley_value {
  parley_type type;
  uint32_t reserved; /* 0 */
  union {
    int64_t integer;
    double number;
    uint64_t boolean;
    parley_string string;
  } as;
} parley_value;

enum {                       /* parley_user.kind */
       PARLEY_USER_NONE = 0, /* not authenticated yet: an `anonymous` command */
       PARLEY_USER_GUEST = 1,
       PARLEY_USER_PERSON = 2,
       PARLEY_USER_BOT = 3,
       PARLEY_USER_BACKEND = 4,
       PARLEY_USER_BRIDGE = 5
};

typedef struct parley_user {
  uint32_t size;
  uint32_t kind;
  parley_string id;   /* "u_7Kq", guests "g_..." */
  parley_string name; /* as shown to people */
  const parley_string* roles;
  uint64_t role_count;
} parley_user;

/* One command to be answered. Everything is borrowed until call() returns; afterwards only `id` is
 * of use. */
typedef struct parley_request {
  uint32_t size;
  uint32_t flags; /* PARLEY_REQUEST_* */
  parley_id id;
  const parley_value*
      arguments; /* in declared order, PARLEY_TYPE_NONE where omitted without a default */
  uint64_t argument_count;
  parley_string raw;       /* JSON object re-serialised from what was validated, by argument name */
  const parley_user* user; /* never NULL */
  parley_string session;   /* "s_..." */
  parley_string channel;   /* where a slash line was typed; empty for plain commands */
  parley_string locale;    /* "en" when the client named none */
  parley_string peer;      /* the client's address without port */
  parley_string origin;    /* JSON object {ns,id} when it came over a bridge, else empty */
  parley_string action;    /* the name it was called by: the command's or an alias */
  int64_t deadline;        /* instant after which the host answers plugin_timeout */
} parley_request;
enum {
  PARLEY_REQUEST_SLASH = 1u << 0,  /* typed as a command line */
  PARLEY_REQUEST_BUTTON = 1u << 1, /* came from a button or a rule, not typed */
  PARLEY_REQUEST_BRIDGED = 1u << 2
};

typedef uint32_t parley_log_level;
enum {
  PARLEY_LOG_TRACE = 0,
  PARLEY_LOG_DEBUG = 1,
  PARLEY_LOG_INFO = 2,
  PARLEY_LOG_WARNING = 3,
  PARLEY_LOG_ERROR = 4,
  PARLEY_LOG_MISBEHAVING = 5 /* the other side broke this contract */
};

/* Lives from create until destroy returns, and so does every extension it gave out. */
typedef struct parley_host parley_host;
struct parley_host {
  uint32_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved;
  void* host_data; /* the host's own */
  parley_string server_version;

  /* [start] [any] The host's half of an extension, or NULL: absent or not granted. */
  const void* (*get_extension)(const parley_host* host, parley_string id);
  /* [any] One line for the server's log, under this plugin's name. No secrets. */
  void (*log)(const parley_host* host, parley_log_level level, parley_string text);
  /* [any] The server's wall clock: milliseconds since 1970-01-01 UTC. A test's clock stands still.
   */
  int64_t (*now)(const parley_host* host);
};

/* What create returns. Owned by the plugin, valid until destroy. */
typedef struct parley_plugin {
  uint32_t size;
  uint32_t reserved;
  void* plugin_data;

  /* [start] Registers and gets ready. Not PARLEY_OK: nothing was registered, destroy follows; `why`
   * takes a sentence. */
  parley_status (*start)(void* plugin_data, const parley_sink* why);
  /* [plugin] The last call before destroy: join own threads. Requests still open are answered by
   * the host. */
  void (*stop)(void* plugin_data);
  /* [start] Frees everything. Follows stop, or create when start was refused. */
  void (*destroy)(void* plugin_data);
  /* [plugin] Runs a command. `handler` is the token of its declaration. Before returning: answered,
   * or deferred through parley.request/1. Anything but PARLEY_OK is a fault of the plugin; an
   * unanswered request gets `plugin_error`. */
  parley_status (*call)(void* plugin_data, parley_token handler, const parley_request* request);
  /* [start] The plugin's half of an extension, or NULL. Asked once, after create. */
  const void* (*get_extension)(void* plugin_data, parley_string id);
} parley_plugin;

enum {                                  /* parley_plugin_entry.flags */
       PARLEY_PLUGIN_STATEFUL = 1u << 0 /* holds state that a reload must hand over */
};

/* The exported symbol. Constant data: reading it runs no plugin code. */
typedef struct parley_plugin_entry {
  uint32_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t flags;
  parley_string id;            /* [a-z][a-z0-9-]{0,31} */
  parley_string version;       /* MAJOR.MINOR.PATCH */
  parley_string description;   /* one English line */
  parley_string config_schema; /* JSON Schema subset (type, properties, default, minimum, maximum,
                                  enum); empty: none */
  const parley_string* permissions;
  uint64_t permission_count;
  /* [start] NULL: refused, and `why` took a sentence. Extensions may be asked for, nothing is
   * registered yet. */
  const parley_plugin* (*create)(const parley_host* host, const parley_sink* why);
} parley_plugin_entry;

#if defined(__GNUC__)
#define PARLEY_EXPORT __attribute__((visibility("default")))
#else
#define PARLEY_EXPORT
#endif

extern PARLEY_EXPORT const parley_plugin_entry parley_plugin_entry_v1;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_PLUGIN_ABI_H */
