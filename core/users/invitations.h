// SPDX-License-Identifier: Apache-2.0
// Codes that let one person register each: 128 bits, shown once, stored as a hash, good until they
// are used or too old.
//
// Ownership: borrows store and clock, which outlive every call. Thread: any; completions run on the
// database writer's thread, or at once when refused. Failure: not_found, overloaded.
#pragma once

#include <string>
#include <string_view>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "storage/store.h"

namespace parley::users {

struct Invitation {
  storage::InvitationRecord record;
  std::string code;  // what the invited person gives
};

// People copy codes with spaces around them.
std::string invitation_hash(std::string_view code);

class Invitations {
 public:
  Invitations(storage::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // `actor` makes it and goes into the audit.
  void make(std::string actor, std::string note, Millis life,
            absl::AnyInvocable<void(Result<Invitation>)> done);
  void revoke(std::string actor, std::string id, absl::AnyInvocable<void(Status)> done);

 private:
  storage::Store& store_;
  const Clock& clock_;
};

}  // namespace parley::users
