/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.commands/1: declare commands; run one as the speaker. Permission `commands` (`anonymous`,
 * `buttons` below).
 *
 * Everything declared is copied. Declarations live until the plugin stops; they become visible
 * together, when start has returned. Help, completion, argument errors and bridges all come from
 * the declaration. Since 1.0.
 */
#ifndef PARLEY_EXT_COMMANDS_H
#define PARLEY_EXT_COMMANDS_H

#include "../plugin_abi.h"

#define PARLEY_EXT_COMMANDS "parley.commands/1"

#ifdef __cplusplus
extern "C" {
#endif

enum { /* parley_argument.flags */
       PARLEY_ARGUMENT_REQUIRED = 1u << 0,
       PARLEY_ARGUMENT_SECRET = 1u
                                << 1, /* never logged, echoed or cached; refused in slash lines */
       PARLEY_ARGUMENT_REST =
           1u << 2, /* last argument only: takes the rest of a slash line as it stands */
       PARLEY_ARGUMENT_COMMAND_LINE =
           1u << 3, /* a text that begins with '/' is run as a command instead; "//" escapes */
       PARLEY_ARGUMENT_HAS_MIN = 1u << 4,
       PARLEY_ARGUMENT_HAS_MAX = 1u << 5
};

typedef struct parley_argument {
  uint32_t size;
  parley_type type;
  uint32_t flags;
  uint32_t reserved;
  parley_string name; /* [A-Za-z][A-Za-z0-9_]*, not action, data, key or as */
  const parley_text* help;
  uint64_t help_count;
  const parley_string* choices; /* STRING only; none: any */
  uint64_t choice_count;
  double minimum; /* INT, NUMBER: the value; STRING: characters. Read only with HAS_MIN */
  double maximum;
  parley_value fallback; /* PARLEY_TYPE_NONE: no default */
} parley_argument;

enum { /* parley_command.flags */
       PARLEY_COMMAND_ANONYMOUS = 1u
                                  << 0, /* allowed before authentication; permission `anonymous` */
       PARLEY_COMMAND_CONCURRENT = 1u << 1, /* may overtake the session's earlier commands */
       PARLEY_COMMAND_READ_ONLY =
           1u << 2, /* its reply need not be recovered after a lost connection */
       PARLEY_COMMAND_CLICKABLE =
           1u << 3, /* may stand behind a button or in a rule: never destructive or secret */
       PARLEY_COMMAND_BRIDGED = 1u << 4,     /* offered to people who come over a bridge */
       PARLEY_COMMAND_EXTERNAL = 1u << 5,    /* has effects outside the server */
       PARLEY_COMMAND_OPEN = 1u << 6,        /* undeclared arguments are kept in `raw` */
       PARLEY_COMMAND_SECRET_REPLY = 1u << 7 /* its reply is never remembered or logged */
};

typedef struct parley_command {
  uint32_t size;
  uint32_t flags;
  parley_token handler; /* handed to parley_plugin.call */
  parley_string name;   /* [A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*, at most 64 bytes */
  const parley_string* aliases;
  uint64_t alias_count;
  const parley_text* help;
  uint64_t help_count;
  const parley_argument* const* arguments; /* pointers, because parley_argument grows */
  uint64_t argument_count;
  const parley_string* roles; /* any of them is enough; none: everybody who is authenticated */
  uint64_t role_count;
  int64_t cooldown; /* least time between two calls of one user; 0: none */
} parley_command;

typedef struct parley_command_run {
  uint32_t size;
  uint32_t reserved;
  parley_string session;   /* the speaker's: rights and results are that session's */
  parley_string action;    /* must be declared CLICKABLE */
  parley_string arguments; /* JSON object, empty: none */
  parley_id
      request; /* not 0: the inner command's terminal frame answers this request of the plugin */
} parley_command_run;

typedef struct parley_host_commands {
  uint32_t size;
  uint32_t reserved;
  /* [start] CONFLICT: the name is taken by the core, this plugin or another; INVALID: the log names
   * the field. */
  parley_status (*add)(const parley_host* host, const parley_command* command);
  /* [plugin] Runs a command as the speaker, depth 1: what it runs cannot run another. Permission
   * `buttons`. Completion: on_ran. */
  parley_status (*run)(const parley_host* host, parley_token token, const parley_command_run* run);
} parley_host_commands;

typedef struct parley_plugin_commands {
  uint32_t size;
  uint32_t reserved;
  /* `code` is empty on success, else the error code the command ended with. */
  void (*on_ran)(void* plugin_data, parley_token token, parley_status status, parley_string code);
} parley_plugin_commands;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_COMMANDS_H */
