// SPDX-License-Identifier: Apache-2.0
#include "net/http_message.h"

#include <algorithm>

#include <absl/functional/function_ref.h>

#include "net/http_connection.h"
#include "net/shard.h"

namespace parley::net {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

HttpResponse typed(int status, std::string body, const char* type) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers.emplace_back("Content-Type", type);
  return response;
}

// Runs on the connection's shard, and only while the connection still waits for this exchange.
template <typename Action>
void on_shard(const std::shared_ptr<HttpExchange>& exchange, Action action) {
  auto run = [exchange, action = std::move(action)]() mutable {
    if (exchange->connection) action(*exchange->connection);
  };
  if (exchange->shard->is_current()) {
    run();
  } else {
    exchange->shard->post(std::move(run));
  }
}

}  // namespace

std::string_view HttpRequestHead::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::size_t HttpRequestHead::header_count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const auto& field) { return same_name(field.first, name); }));
}

namespace {

// Calls `found` with the value of each parameter of that name until it gives false.
void each_value(std::string_view query, std::string_view name,
                absl::FunctionRef<bool(std::string_view)> found) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decode(pair.substr(0, equals), true) != name) continue;
    if (!found(pair.substr(std::min(equals + 1, pair.size())))) return;
  }
}

}  // namespace

std::optional<std::string> HttpRequestHead::query_value(std::string_view name) const {
  std::optional<std::string> first;
  each_value(query, name, [&](std::string_view value) {
    first = percent_decode(value, true);
    return false;
  });
  return first;
}

std::size_t HttpRequestHead::query_count(std::string_view name) const {
  std::size_t count = 0;
  each_value(query, name, [&](std::string_view) { return ++count > 0; });
  return count;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

HttpResponse HttpResponse::json(int status, std::string body) {
  return typed(status, std::move(body), "application/json");
}

HttpResponse HttpResponse::text(int status, std::string body) {
  return typed(status, std::move(body), "text/plain; charset=utf-8");
}

// --- Answering
// ---------------------------------------------------------------------------------------------

HttpResponder::HttpResponder(std::shared_ptr<HttpExchange> exchange)
    : exchange_(std::move(exchange)) {}

HttpResponder& HttpResponder::operator=(HttpResponder&& other) noexcept {
  std::swap(exchange_, other.exchange_);
  return *this;
}

HttpResponder::~HttpResponder() {
  if (exchange_) respond(HttpResponse::text(500, "The server gave no answer to this request.\n"));
}

void HttpResponder::respond(HttpResponse response) {
  const auto exchange = std::exchange(exchange_, nullptr);
  if (!exchange) return;
  on_shard(exchange, [response = std::move(response)](HttpConnection& connection) mutable {
    connection.answer(std::move(response));
  });
}

HttpStream HttpResponder::stream(HttpResponse head) {
  auto exchange = std::exchange(exchange_, nullptr);
  if (!exchange) return {};
  on_shard(exchange, [head = std::move(head)](HttpConnection& connection) mutable {
    connection.begin_stream(std::move(head));
  });
  return HttpStream(std::move(exchange));
}

Shard* HttpResponder::shard() const {
  return exchange_ ? exchange_->shard : nullptr;
}

HttpStream::HttpStream(std::shared_ptr<HttpExchange> exchange) : exchange_(std::move(exchange)) {}

HttpStream& HttpStream::operator=(HttpStream&& other) noexcept {
  std::swap(exchange_, other.exchange_);
  return *this;
}

HttpStream::~HttpStream() {
  close();
}

bool HttpStream::write(std::string data) {
  if (!exchange_ || exchange_->gone.load(std::memory_order_relaxed)) return false;
  if (data.empty()) return true;  // an empty chunk would end the stream
  on_shard(exchange_,
           [data = std::move(data)](HttpConnection& connection) { connection.write_stream(data); });
  return true;
}

void HttpStream::close() {
  const auto exchange = std::exchange(exchange_, nullptr);
  if (!exchange) return;
  on_shard(exchange, [](HttpConnection& connection) { connection.end_stream(); });
}

std::size_t HttpStream::queued_bytes() const {
  return exchange_ ? exchange_->queued.load(std::memory_order_relaxed) : 0;
}

}  // namespace parley::net
