// SPDX-License-Identifier: Apache-2.0
#include "integration/support/client.h"

#include <algorithm>
#include <thread>

namespace parley::test {
namespace {

constexpr std::size_t kHeardMost = 40;
constexpr unsigned char kMask[4] = {0x3a, 0xc5, 0x71, 0x0e};

void append_size(std::string& out, std::uint64_t size, bool masked) {
  const auto mask_bit = static_cast<char>(masked ? 0x80 : 0);
  int bytes = 0;
  if (size < 126) {
    out += static_cast<char>(mask_bit | static_cast<char>(size));
  } else {
    out += static_cast<char>(mask_bit | static_cast<char>(size <= 0xffff ? 126 : 127));
    bytes = size <= 0xffff ? 2 : 8;
  }
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

// Header length and payload size of the frame at the front, or nothing while it is incomplete.
struct Extent {
  std::size_t header;
  std::size_t payload;
};
std::optional<Extent> front_frame(std::string_view input) {
  if (input.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(input[1]) & 0x7f;
  const std::size_t extra = first == 126 ? 2 : first == 127 ? 8 : 0;
  if (input.size() < 2 + extra) return std::nullopt;
  const auto size = extra ? big_endian(input.substr(2, extra)) : static_cast<std::uint64_t>(first);
  if (input.size() - 2 - extra < size) return std::nullopt;
  return Extent{2 + extra, static_cast<std::size_t>(size)};
}

}  // namespace

std::string Frame::bytes() const {
  std::string out;
  out += static_cast<char>((fin ? 0x80 : 0) | (reserved << 4) | static_cast<int>(opcode));
  append_size(out, announced_size.value_or(payload.size()), masked);
  if (!masked) return out + payload;
  out.append(reinterpret_cast<const char*>(kMask), sizeof kMask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ kMask[i % 4]);
  return out;
}

std::string upgrade_request(std::uint16_t port, const std::string& path, const Headers& headers) {
  std::string text =
      "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

Client::Client(std::uint16_t port, Options options) : socket_(Socket::tcp(port)) {
  const auto deadline = within(kPatience);
  socket_.send_all(upgrade_request(port, options.path, options.headers), deadline);
  upgrade_ = read_response(socket_, input_, deadline);
  if (upgrade_.status != 101)
    throw TestFailure("the server refused the upgrade of " + options.path + ": " + upgrade_.text());
  // The key above and its answer are the example of RFC 6455, section 1.3.
  if (upgrade_.header("sec-websocket-accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    throw TestFailure("wrong Sec-WebSocket-Accept: " + upgrade_.text());
  take_frames();  // a welcome or a close may have come along with the answer
}

Json Client::enter(const std::string& guest_name) {
  const auto welcome = ask({{"action", "auth"}, {"guest", guest_name}}, "enter");
  if (welcome.value("type", "") != "welcome") fail("no welcome for guest " + guest_name);
  return welcome;
}

void Client::send(std::string_view json_text) {
  send_frame({.opcode = Opcode::kText, .payload = std::string(json_text)});
}

void Client::send_frame(const Frame& frame) {
  send_raw_bytes(frame.bytes());
}

void Client::send_raw_bytes(std::string_view bytes) {
  socket_.send_what_it_takes(bytes, within(kPatience));
}

Json Client::read() {
  return read_where([](const Json&) { return true; }, "any frame");
}

Json Client::read_until(const std::string& type) {
  return read_where([&](const Json& frame) { return frame.value("type", "") == type; },
                    "a frame of type '" + type + "'");
}

Json Client::read_reply(const Json& id) {
  return read_where([&](const Json& frame) { return frame.contains("id") && frame["id"] == id; },
                    "the reply with id " + id.dump());
}

Json Client::ask(Json command, const Json& id) {
  command["id"] = id;
  send_json(command);
  return read_reply(id);
}

Json Client::ask_patiently(const Json& command, const Json& id) {
  const auto deadline = within(kPatience);
  for (;;) {
    auto reply = ask(command, id);
    if (reply.value("type", "") != "error" || reply.at("data").value("code", "") != "rate_limited")
      return reply;
    if (Clock::now() > deadline) fail("rate_limited all the time");
    std::this_thread::sleep_for(  // as long as the server asked for
        std::chrono::milliseconds(reply.at("data").at("retryAfterMs").get<int>()));
  }
}

Json Client::read_where(const std::function<bool(const Json&)>& wanted,
                        const std::string& description) {
  const auto deadline = within(kPatience);
  std::size_t looked_at = 0;
  for (;;) {
    for (; looked_at < inbox_.size(); ++looked_at) {
      if (!wanted(inbox_[looked_at])) continue;
      Json found = std::move(inbox_[looked_at]);
      inbox_.erase(inbox_.begin() + static_cast<std::ptrdiff_t>(looked_at));
      return found;
    }
    if (!pump(deadline, description)) fail("the connection ended before " + description);
  }
}

int Client::read_close() {
  const auto deadline = within(kPatience);
  while (pump(deadline, "the server to close the connection")) {
  }
  return close_code_.value_or(1006);
}

void Client::expect_close(int code) {
  const auto got = read_close();
  if (got != code)
    fail("expected close code " + std::to_string(code) + ", got " + std::to_string(got) + " '" +
         close_reason_ + "'");
}

bool Client::hears_nothing_of(const std::function<bool(const Json&)>& unwanted) {
  const Json mark = "quiet-" + std::to_string(++pings_);
  const auto pong = ask({{"action", "ping"}, {"t", pings_}}, mark);
  if (pong.value("type", "") != "pong") fail("no pong");
  return std::none_of(inbox_.begin(), inbox_.end(), unwanted);
}

// Reads once from the socket and takes every whole frame; false at the end of the stream.
bool Client::pump(Deadline deadline, const std::string& awaited) {
  if (ended_) return false;
  try {
    ended_ = !socket_.receive(input_, deadline, awaited);
  } catch (const TestFailure& failure) {
    fail(failure.what());
  }
  take_frames();
  return !ended_;
}

void Client::take_frames() {
  while (take_frame()) {
  }
}

bool Client::take_frame() {
  const auto extent = front_frame(input_);
  if (!extent) return false;
  const auto first = static_cast<unsigned char>(input_[0]);
  if (first & 0x70) fail("the server set reserved bits");
  if (static_cast<unsigned char>(input_[1]) & 0x80) fail("the server masked a frame");
  auto payload = input_.substr(extent->header, extent->payload);
  input_.erase(0, extent->header + extent->payload);
  on_frame(static_cast<Opcode>(first & 0x0f), first & 0x80, std::move(payload));
  return true;
}

void Client::on_frame(Opcode opcode, bool fin, std::string payload) {
  switch (opcode) {
    case Opcode::kPing:
      return send_frame({.opcode = Opcode::kPong, .payload = payload});
    case Opcode::kPong:
      return;
    case Opcode::kClose:
      close_code_ = payload.size() < 2 ? 1005 : static_cast<int>(big_endian(payload.substr(0, 2)));
      close_reason_ = payload.size() < 2 ? "" : payload.substr(2);
      heard_.push_back("close " + std::to_string(*close_code_) + " " + close_reason_);
      return send_frame({.opcode = Opcode::kClose, .payload = payload.substr(0, 2)});
    default:
      break;
  }
  message_ += payload;
  if (!fin) return;
  if (heard_.size() == kHeardMost) heard_.erase(heard_.begin());
  heard_.push_back(shown(message_));
  inbox_.push_back(Json::parse(std::exchange(message_, ""), nullptr, false));
  if (!inbox_.back().is_object()) fail("the server sent a message that is no JSON object");
}

void Client::fail(const std::string& what) const {
  throw TestFailure(what + "\nreceived so far:\n" + transcript());
}

std::string Client::transcript() const {
  std::string text;
  for (const auto& line : heard_) text += "  " + line + "\n";
  if (!input_.empty()) text += "  (an unfinished frame) " + shown(input_) + "\n";
  return text.empty() ? "  nothing\n" : text;
}

}  // namespace parley::test
