// SPDX-License-Identifier: Apache-2.0
// What a program says of itself when it comes in: {"name":"web","version":"1.2","locale":"en"}. For
// lists of sessions; nothing is decided by it.
//
// Ownership: values. Thread: any. Failure: none; what does not fit is left out or cut.
#pragma once

#include <string>

#include "command/arguments.h"
#include "command/identity.h"
#include "protocol/json.h"

namespace parley::command {

struct ClientSaid {
  std::string name, version, locale;
};

ClientSaid read_client(protocol::JsonView client);
// Of the arguments `client` and `locale` of auth and resume.
void take_client(const ArgumentValue& client, const ArgumentValue& locale, SignIn& who);

}  // namespace parley::command
