// SPDX-License-Identifier: Apache-2.0
// What comes to a plugin from outside besides commands: an event, a message. And the detour that
// everything from outside takes while another version is about to serve, or does.
//
// Ownership: a Visit is handed on until somebody calls it or drops it. Thread: call() on the
// plugin's thread; a Detour is asked from any. Failure: a visit that is dropped was not seen; its
// destructor is where whoever waits for it can notice.
#pragma once

#include <memory>
#include <string_view>

#include "command/invocation.h"

namespace parley::users {
struct User;
}

namespace parley::plugin {

class PluginInstance;

class Visit {
 public:
  virtual ~Visit() = default;
  virtual void call(PluginInstance& plugin, void* plugin_data) = 0;
  // Whose doing it is, "" for nobody's.
  virtual std::string_view session() const = 0;
  virtual const users::User* user() const { return nullptr; }
  // The plugin that waits for its end, "" for none: it must not wait for a reload of itself.
  virtual std::string_view caused_by() const { return {}; }
};
using VisitPtr = std::unique_ptr<Visit>;

class Detour {
 public:
  virtual ~Detour() = default;
  virtual void take(command::InvocationPtr invocation) = 0;
  virtual void take(VisitPtr visit) = 0;
  // The caller of a command that this version had been given was told plugin_timeout.
  virtual void cancelled(command::CallId call) = 0;
};

}  // namespace parley::plugin
