// SPDX-License-Identifier: Apache-2.0
// What a plugin hands to its next version at a reload.
//
//   static constexpr std::uint32_t kStateSchema = 1;     // of what save writes
//   void save(parley::StateWriter& out) override { out.write(counts_.to_json()); }
//   void load(const parley::StateReader& in) override { counts_ = read(in.schema(), in.bytes()); }
//
// A deferred request goes along when it is offered in save, its id is put into the state, and it is
// claimed in load. Thread: inside save and load only. Failure: throw, and the reload is off; the old
// version serves on as if nothing had happened. A schema that load does not know is such a case.
// Since 1.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "detail/abi.hpp"
#include "ext/state.h"
#include "host.hpp"
#include "responder.hpp"

namespace parley {

class StateWriter {
 public:
  StateWriter(Host host, const parley_host_state* table) : host_(host), table_(table) {}

  // Appends. Throws when the state becomes larger than the operator allows.
  void write(std::string_view bytes) {
    const auto outcome = static_cast<Outcome>(table_->write(host_.abi(), detail::to_abi(bytes)));
    if (!is_ok(outcome)) throw Error("the state (limits.state_max)", outcome);
  }
  // The id under which the next version may claim it; 0: it is answered already. The Deferred stays
  // this version's until the next one serves.
  parley_id offer(const Deferred& deferred) {
    return table_->offer(host_.abi(), deferred.id()) == PARLEY_OK ? deferred.id() : 0;
  }

 private:
  Host host_;
  const parley_host_state* table_;
};

class StateReader {
 public:
  StateReader(Host host, const parley_host_state* table, const parley_host_request* requests,
              std::uint32_t schema, std::string_view bytes)
      : host_(host), table_(table), requests_(requests), schema_(schema), bytes_(bytes) {}

  // The kStateSchema of the version that saved; newer than this one's when the operator goes back.
  std::uint32_t schema() const { return schema_; }
  // Borrowed until load returns.
  std::string_view bytes() const { return bytes_; }
  // Not open() when it was answered meanwhile. locale: of its caller, from the state.
  Deferred claim(parley_id request, std::string_view locale) const {
    const bool taken = request != 0 && table_->claim(host_.abi(), request) == PARLEY_OK;
    return Deferred(host_, requests_, taken ? request : 0, locale);
  }

 private:
  Host host_;
  const parley_host_state* table_;
  const parley_host_request* requests_;
  std::uint32_t schema_;
  std::string_view bytes_;
};

}  // namespace parley
