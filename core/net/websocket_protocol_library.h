// SPDX-License-Identifier: Apache-2.0
// What is taken of websocketpp: its hybi13 processor and HTTP types, without its transports. Only
// websocket_protocol*.cpp include this, so that nobody else sees the library.
//
// Thread: messages come from a pool of their thread and never cross to another.
#pragma once

#define _WEBSOCKETPP_CPP11_STL_  // NOLINT(bugprone-reserved-identifier): the library asks for it

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <websocketpp/extensions/permessage_deflate/disabled.hpp>
#include <websocketpp/http/request.hpp>
#include <websocketpp/http/response.hpp>
#include <websocketpp/processors/hybi13.hpp>
#include <websocketpp/random/none.hpp>

namespace parley::net {

namespace ws = websocketpp;

namespace library {

// The library reserves what a frame announces before any of it has come; an attacker announces much
// and sends nothing. Larger messages grow with what really arrives.
inline constexpr std::size_t kMaxReserve = 4096;
inline constexpr std::size_t kMaxPooledCapacity = 64 * 1024;
inline constexpr std::size_t kMaxPooled = 64;

class Manager;

// The library's message, reduced to what its processor touches.
struct Message {
  class ptr;

  std::string& get_raw_payload() { return payload; }
  const std::string& get_payload() const { return payload; }
  ws::frame::opcode::value get_opcode() const { return opcode; }
  void set_opcode(ws::frame::opcode::value value) { opcode = value; }
  bool get_compressed() const { return false; }
  void set_compressed(bool) {}
  bool get_prepared() const { return false; }
  void set_prepared(bool) {}
  bool get_fin() const { return true; }
  void set_header(const std::string&) {}

  std::string payload;
  ws::frame::opcode::value opcode = ws::frame::opcode::TEXT;
  int owners = 0;  // never crosses threads
};

class Manager {
 public:
  using ptr = Manager*;

  ~Manager() {
    for (Message* message : free_) delete message;
  }
  Message* get_message(ws::frame::opcode::value opcode, std::size_t size) {
    Message* message = free_.empty() ? new Message : free_.back();
    if (!free_.empty()) free_.pop_back();
    message->opcode = opcode;
    message->payload.clear();
    message->payload.reserve(std::min(size, kMaxReserve));
    return message;
  }
  void recycle(Message* message) {
    if (free_.size() >= kMaxPooled || message->payload.capacity() > kMaxPooledCapacity) {
      delete message;
    } else {
      free_.push_back(message);
    }
  }
  static Manager& of_this_thread() {
    thread_local Manager manager;
    return manager;
  }

 private:
  std::vector<Message*> free_;
};

class Message::ptr {
 public:
  ptr() = default;
  ptr(Message* message) : message_(message) { retain(); }  // NOLINT(google-explicit-constructor)
  ptr(const ptr& other) : message_(other.message_) { retain(); }
  ptr(ptr&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  ptr& operator=(ptr other) noexcept {
    std::swap(message_, other.message_);
    return *this;
  }
  ~ptr() { reset(); }
  void reset() {
    Message* message = std::exchange(message_, nullptr);
    if (message && --message->owners == 0) Manager::of_this_thread().recycle(message);
  }
  explicit operator bool() const { return message_ != nullptr; }
  bool operator!() const { return message_ == nullptr; }
  // The analyzer takes every return of a reference for the last one.
  Message* operator->() const { return message_; }  // NOLINT(clang-analyzer-cplusplus.NewDelete)
  Message& operator*() const { return *message_; }

 private:
  void retain() {
    if (message_) ++message_->owners;
  }
  Message* message_ = nullptr;
};

struct Config {
  using request_type = ws::http::parser::request;
  using response_type = ws::http::parser::response;
  using message_type = Message;
  using con_msg_manager_type = Manager;
  using rng_type = ws::random::none::int_generator<std::uint32_t>;
  struct permessage_deflate_config {
    using request_type = ws::http::parser::request;
    static const bool allow_disabling_context_takeover = true;
    static const std::uint8_t minimum_outgoing_window_bits = 8;
  };
  using permessage_deflate_type =
      ws::extensions::permessage_deflate::disabled<permessage_deflate_config>;
  static const std::size_t max_message_size = 65536;
  static const bool enable_extensions = false;
};

using Hybi13 = ws::processor::hybi13<Config>;

inline Config::rng_type& no_random() {
  static Config::rng_type random;  // only clients mask
  return random;
}

}  // namespace library
}  // namespace parley::net
