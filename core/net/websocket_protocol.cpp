// SPDX-License-Identifier: Apache-2.0
// Frames in, messages out.
//
// The processor's own consume() is replaced, its checks are kept: the replacement unmasks by words,
// serves a message that is whole in the input without copying it, refuses lengths with the top bit
// set (they wrapped around the size check of continuations), and checks that a *fragmented* text
// ends on a whole character, which the original does not.
#include "net/websocket_protocol.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "net/mask.h"
#include "net/websocket_protocol_library.h"

namespace parley::net {
namespace {

using library::Hybi13;
using library::Manager;
using library::Message;

std::uint16_t close_code_of(std::error_code error) {
  const auto code = ws::processor::error::to_ws(error);
  const bool own =
      code == ws::close::status::invalid_payload || code == ws::close::status::message_too_big;
  return own ? code
             : ws::close::status::protocol_error;  // bad lengths have no code of their own there
}

std::string_view sentence_of(std::uint16_t code) {
  switch (code) {
    case ws::close::status::invalid_payload:
      return "text must be valid UTF-8";
    case ws::close::status::message_too_big:
      return "message is over limits.frame";
    default:
      return "broken WebSocket frame";
  }
}

}  // namespace

class WebSocketProtocol::Processor final : public Hybi13 {
 public:
  Processor(std::size_t max_message, int max_fragments)
      : Hybi13(false, true, &Manager::of_this_thread(), library::no_random()),
        max_fragments_(max_fragments > 0 ? max_fragments : std::numeric_limits<int>::max()) {
    set_max_message_size(max_message);
  }

  Incoming next(char*& data, std::size_t& size);
  bool in_progress() const {
    return m_data_msg.msg_ptr || m_state != HEADER_BASIC ||
           m_bytes_needed != ws::frame::BASIC_HEADER_LENGTH;
  }
  std::size_t consume(std::uint8_t* buffer, std::size_t size, ws::lib::error_code& error) override;

 private:
  bool whole_message(char*& data, std::size_t& size, Incoming& out);
  Incoming finished();
  Incoming closing(const std::string& payload);
  static Incoming failed(std::uint16_t code) {
    return {Incoming::Kind::kError, code, sentence_of(code)};
  }
  std::error_code begin_payload();
  std::error_code begin_data(ws::frame::opcode::value opcode);
  std::error_code take_payload(std::uint8_t* data, std::size_t size);
  std::error_code end_frame();

  const int max_fragments_;
  int fragments_ = 0;
  Message::ptr delivered_;  // holds the payload last returned
  std::string reason_;
};

// The fast path: one unfragmented message, whole in the input, delivered where it lies.
bool WebSocketProtocol::Processor::whole_message(char*& data, std::size_t& size, Incoming& out) {
  if (size < 6 || in_progress()) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(data);
  const bool text = bytes[0] == 0x81;
  if (!text && bytes[0] != 0x82) return false;
  if (!(bytes[1] & 0x80)) return false;
  std::size_t length = bytes[1] & 0x7fU;
  std::size_t header = 6;
  if (length == 126) {
    length = (static_cast<std::size_t>(bytes[2]) << 8) | bytes[3];
    header = 8;
    if (length < 126) return false;
  } else if (length == 127) {
    return false;
  }
  // Whatever is not plainly right goes the long way, which has the reasons.
  if (length > get_max_message_size() || size < header + length) return false;
  std::uint32_t key;
  std::memcpy(&key, data + header - 4, sizeof key);
  char* payload = data + header;
  const bool ascii = unmask(payload, length, key);
  data += header + length;
  size -= header + length;
  if (text && !ascii) {
    const std::size_t plain = ascii_prefix(payload, length);
    ws::utf8_validator::validator validator;
    if (!validator.decode(payload + plain, payload + length) || !validator.complete()) {
      out = failed(ws::close::status::invalid_payload);
      return true;
    }
  }
  out = {text ? Incoming::Kind::kText : Incoming::Kind::kBinary, 0, {payload, length}};
  return true;
}

Incoming WebSocketProtocol::Processor::next(char*& data, std::size_t& size) {
  delivered_.reset();
  Incoming out;
  if (whole_message(data, size, out)) return out;
  ws::lib::error_code error;
  const std::size_t used = consume(reinterpret_cast<std::uint8_t*>(data), size, error);
  data += used;
  size -= used;
  if (fragments_ > max_fragments_) {
    return {Incoming::Kind::kError, ws::close::status::policy_violation,
            "message is in too many fragments"};
  }
  if (error) return failed(close_code_of(error));
  return ready() ? finished() : out;
}

Incoming WebSocketProtocol::Processor::finished() {
  delivered_ = get_message();
  const std::string& payload = delivered_->get_payload();
  switch (delivered_->get_opcode()) {
    case ws::frame::opcode::TEXT:
      return {Incoming::Kind::kText, 0, payload};
    case ws::frame::opcode::BINARY:
      return {Incoming::Kind::kBinary, 0, payload};
    case ws::frame::opcode::PING:
      return {Incoming::Kind::kPing, 0, payload};
    case ws::frame::opcode::PONG:
      return {Incoming::Kind::kPong, 0, payload};
    default:
      return closing(payload);
  }
}

Incoming WebSocketProtocol::Processor::closing(const std::string& payload) {
  ws::lib::error_code error;
  const auto code = ws::close::extract_code(payload, error);
  if (error) return failed(ws::close::status::protocol_error);
  reason_ = ws::close::extract_reason(payload, error);
  if (error) return failed(ws::close::status::invalid_payload);
  return {Incoming::Kind::kClose, code, reason_};
}

// The long way: frames in pieces, fragments, control frames.
std::size_t WebSocketProtocol::Processor::consume(std::uint8_t* buffer, std::size_t size,
                                                  ws::lib::error_code& error) {
  std::size_t at = 0;
  error = {};
  while (m_state != READY && !error && (at < size || m_bytes_needed == 0)) {
    if (m_state == HEADER_BASIC) {
      at += copy_basic_header_bytes(buffer + at, size - at);
      if (m_bytes_needed > 0) continue;
      error = validate_incoming_basic_header(m_basic_header, true, !m_data_msg.msg_ptr);
      m_state = HEADER_EXTENDED;
      m_cursor = 0;
      m_bytes_needed = ws::frame::get_header_len(m_basic_header) - ws::frame::BASIC_HEADER_LENGTH;
    } else if (m_state == HEADER_EXTENDED) {
      at += copy_extended_header_bytes(buffer + at, size - at);
      if (m_bytes_needed > 0) continue;
      error = validate_incoming_extended_header(m_basic_header, m_extended_header);
      if (!error) error = begin_payload();
    } else {
      const std::size_t here = std::min(m_bytes_needed, size - at);
      if (here > 0) error = take_payload(buffer + at, here);
      at += here;
      if (!error && m_bytes_needed == 0) error = end_frame();
    }
  }
  return at;
}

std::error_code WebSocketProtocol::Processor::begin_payload() {
  const auto announced = ws::frame::get_payload_size(m_basic_header, m_extended_header);
  if (announced >> 63) return make_error_code(ws::processor::error::protocol_violation);
  m_state = APPLICATION;
  m_bytes_needed = static_cast<std::size_t>(announced);
  const auto opcode = ws::frame::get_opcode(m_basic_header);
  if (!ws::frame::opcode::is_control(opcode)) return begin_data(opcode);
  m_control_msg = msg_metadata(m_msg_manager->get_message(opcode, m_bytes_needed),
                               ws::frame::get_masking_key(m_basic_header, m_extended_header));
  m_current_msg = &m_control_msg;
  return {};
}

std::error_code WebSocketProtocol::Processor::begin_data(ws::frame::opcode::value opcode) {
  const auto key = ws::frame::get_masking_key(m_basic_header, m_extended_header);
  const std::size_t before = m_data_msg.msg_ptr ? m_data_msg.msg_ptr->get_raw_payload().size() : 0;
  if (m_bytes_needed > get_max_message_size() - std::min(before, get_max_message_size())) {
    return make_error_code(ws::processor::error::message_too_big);
  }
  if (m_data_msg.msg_ptr) {
    ++fragments_;
    m_data_msg.prepared_key = ws::frame::prepare_masking_key(key);
  } else {
    fragments_ = 1;
    m_data_msg = msg_metadata(m_msg_manager->get_message(opcode, m_bytes_needed), key);
  }
  m_current_msg = &m_data_msg;
  if (fragments_ > max_fragments_) return make_error_code(ws::processor::error::protocol_violation);
  return {};
}

std::error_code WebSocketProtocol::Processor::take_payload(std::uint8_t* data, std::size_t size) {
  char* bytes = reinterpret_cast<char*>(data);
  auto& current = *m_current_msg;
  ws::frame::uint32_converter key;
  key.i = static_cast<std::uint32_t>(current.prepared_key);
  const bool ascii = unmask(bytes, size, key.i);
  current.prepared_key = ws::frame::circshift_prepared_key(current.prepared_key, size % 4);
  m_bytes_needed -= size;
  current.msg_ptr->get_raw_payload().append(bytes, size);
  if (current.msg_ptr->get_opcode() != ws::frame::opcode::TEXT) return {};
  auto& validator = current.validator;
  if (ascii && validator.complete()) return {};
  const std::size_t plain = validator.complete() ? ascii_prefix(bytes, size) : 0;
  if (validator.decode(bytes + plain, bytes + size)) return {};
  return make_error_code(ws::processor::error::invalid_utf8);
}

std::error_code WebSocketProtocol::Processor::end_frame() {
  if (!ws::frame::get_fin(m_basic_header)) {
    reset_headers();
    return {};
  }
  auto& current = *m_current_msg;
  if (current.msg_ptr->get_opcode() == ws::frame::opcode::TEXT && !current.validator.complete()) {
    return make_error_code(ws::processor::error::invalid_utf8);
  }
  m_state = READY;
  return {};
}

WebSocketProtocol::WebSocketProtocol(std::size_t max_message, int max_fragments)
    : processor_(std::make_unique<Processor>(max_message, max_fragments)) {}

WebSocketProtocol::~WebSocketProtocol() = default;

Incoming WebSocketProtocol::next(char*& data, std::size_t& size) {
  return processor_->next(data, size);
}

bool WebSocketProtocol::in_progress() const {
  return processor_->in_progress();
}

}  // namespace parley::net
