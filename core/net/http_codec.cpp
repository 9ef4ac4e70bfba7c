// SPDX-License-Identifier: Apache-2.0
#include "net/http_codec.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace parley::net {
namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// "Tue, 15 Nov 1994 08:12:31 GMT", made once a second per thread.
const std::string& http_date() {
  thread_local std::time_t made_at = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == made_at) return text;
  made_at = now;
  std::tm parts;
  ::gmtime_r(&now, &parts);
  char out[40];
  text.assign(out, std::strftime(out, sizeof out, "%a, %d %b %Y %H:%M:%S GMT", &parts));
  return text;
}

bool plain_header(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

int status_of(boost::system::error_code error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::bad_version) return 505;
  return 400;
}

std::string_view sentence_of(int status) {
  switch (status) {
    case 431:
      return "The request's headers are over http.max_header.\n";
    case 413:
      return "The request's body is over http.max_body.\n";
    case 505:
      return "Only HTTP/1.0 and HTTP/1.1 are spoken here.\n";
    default:
      return "This is not a valid HTTP request.\n";
  }
}

}  // namespace

struct HttpCodec::Parsing {
  http::request_parser<http::string_body> parser;
  bool header_told = false;
};

HttpCodec::HttpCodec(std::size_t max_header, std::size_t max_body)
    : max_header_(max_header), max_body_(max_body) {}

HttpCodec::~HttpCodec() = default;

HttpCodec::Step HttpCodec::fail(int status, std::string_view sentence) const {
  return {Event::kError, 0, status, sentence};
}

HttpCodec::Step HttpCodec::feed(std::string_view bytes) {
  if (!parsing_) {
    parsing_ = std::make_unique<Parsing>();
    parsing_->parser.header_limit(static_cast<std::uint32_t>(max_header_));
    parsing_->parser.body_limit(max_body_);
  }
  auto& parser = parsing_->parser;
  std::size_t used = 0;
  while (true) {
    if (parser.is_header_done() && !std::exchange(parsing_->header_told, true))
      return check_header(used);
    if (parser.is_done()) return {Event::kRequest, used, 0, {}};
    if (used == bytes.size()) return {Event::kNeedMore, used, 0, {}};
    boost::system::error_code error;
    const std::size_t taken =
        parser.put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
    used += taken;
    if (error == http::error::need_more) return {Event::kNeedMore, used, 0, {}};
    if (error) return fail(status_of(error), sentence_of(status_of(error)));
  }
}

// Two readings of where a body ends are how requests are smuggled past a proxy; so there is exactly
// one.
HttpCodec::Step HttpCodec::check_header(std::size_t used) const {
  const auto& request = parsing_->parser.get();
  if (request.version() != 10 && request.version() != 11) return fail(505, sentence_of(505));
  const auto encodings = request.count(http::field::transfer_encoding);
  if (encodings > 0 && request.count(http::field::content_length) > 0) {
    return fail(400, "Content-Length and Transfer-Encoding exclude each other.\n");
  }
  if (encodings > 1 ||
      (encodings == 1 &&
       !boost::beast::iequals(request[http::field::transfer_encoding], "chunked"))) {
    return fail(400, "The only Transfer-Encoding known here is chunked.\n");
  }
  if (encodings == 1 && request.version() == 10) {
    return fail(400, "HTTP/1.0 knows no Transfer-Encoding.\n");
  }
  const auto length = view(request[http::field::content_length]);
  if (request.count(http::field::content_length) > 1 || length.find(',') != length.npos) {
    return fail(400, "There must be one Content-Length.\n");
  }
  const auto hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version() == 11)) {
    return fail(400, "There must be exactly one Host header.\n");
  }
  return {Event::kHeader, used, 0, {}};
}

HttpRequestHead HttpCodec::head() const {
  const auto& request = parsing_->parser.get();
  HttpRequestHead head;
  head.method = view(request.method_string());
  head.target = view(request.target());
  const std::size_t mark = head.target.find('?');
  head.path = head.target.substr(0, mark);
  if (mark != std::string::npos) head.query = head.target.substr(mark + 1);
  for (const auto& field : request) {
    head.headers.emplace_back(view(field.name_string()), view(field.value()));
  }
  return head;
}

bool HttpCodec::limit_body(std::size_t limit) {
  auto& parser = parsing_->parser;
  parser.body_limit(limit);
  const auto told = parser.content_length();
  return !told || *told <= limit;
}

HttpRequest HttpCodec::take() {
  HttpRequest request;
  static_cast<HttpRequestHead&>(request) = head();
  request.body = std::move(parsing_->parser.get().body());
  parsing_.reset();
  return request;
}

bool HttpCodec::keep_alive() const {
  return parsing_ && parsing_->parser.get().keep_alive();
}

bool HttpCodec::http10() const {
  return parsing_->parser.get().version() == 10;
}

bool HttpCodec::expects_continue() const {
  const auto& request = parsing_->parser.get();
  return !parsing_->parser.is_done() && request.version() == 11 &&
         boost::beast::iequals(request[http::field::expect], "100-continue");
}

std::size_t HttpCodec::body_received() const {
  return parsing_ ? parsing_->parser.get().body().size() : 0;
}

std::string HttpCodec::write_head(const HttpResponse& response, std::size_t body_size,
                                  Framing framing) {
  http::response<http::empty_body> head;
  head.version(framing.http10 ? 10 : 11);
  head.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers) {
    // A value with a line break in it would start a header, or an answer, of its own.
    if (plain_header(name) && plain_header(value)) head.insert(name, value);
  }
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  if (response.status >= 200) {
    head.set(http::field::date, http_date());
    head.keep_alive(framing.keep_alive);
  }
  if (framing.chunked) {
    head.set(http::field::transfer_encoding, "chunked");
  } else if (!bodiless) {
    head.set(http::field::content_length, std::to_string(body_size));
  }
  std::string out;
  http::response_serializer<http::empty_body> serializer(head);
  serializer.split(true);  // the body, and the last chunk of a stream, are not its business
  boost::system::error_code error;
  while (!serializer.is_header_done() && !error) {
    serializer.next(error, [&](boost::system::error_code&, const auto& buffers) {
      for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
        out.append(static_cast<const char*>(buffer.data()), buffer.size());
      }
      serializer.consume(boost::asio::buffer_size(buffers));
    });
  }
  return out;
}

}  // namespace parley::net
