// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 without I/O: bytes in, requests out; answers in, bytes out. Beast is seen by its .cpp
// only.
//
// Ownership: one per connection; between requests it holds nothing. Thread: the shard's. Failure:
// kError carries the status the sender deserves (400, 408, 413, 431, 501, 505) and a sentence; the
// connection must close after it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace parley::net {

class HttpCodec {
 public:
  enum class Event { kNeedMore, kHeader, kRequest, kError };
  struct Step {
    Event event = Event::kNeedMore;
    std::size_t used = 0;  // bytes taken; give the rest again
    int status = 0;
    std::string_view sentence;
  };

  HttpCodec(std::size_t max_header, std::size_t max_body);
  ~HttpCodec();

  // kHeader stops right behind the header, so that an upgrade leaves what follows untouched.
  Step feed(std::string_view bytes);
  HttpRequestHead head() const;  // after kHeader
  // The body's limit is another one. Right after kHeader; false: the body is known to be larger.
  bool limit_body(std::size_t limit);
  HttpRequest take();       // after kRequest; ready for the next one
  bool keep_alive() const;  // after kHeader
  bool http10() const;
  bool expects_continue() const;
  std::size_t body_received() const;

  struct Framing {
    bool keep_alive = true;
    bool chunked = false;  // a stream: no Content-Length
    bool http10 = false;
  };
  // The status line and headers; the body follows as it is.
  static std::string write_head(const HttpResponse& response, std::size_t body_size,
                                Framing framing);

 private:
  struct Parsing;
  Step fail(int status, std::string_view sentence) const;
  Step check_header(std::size_t used) const;

  const std::size_t max_header_;
  const std::size_t max_body_;  // of a body whose head asked for no other limit
  std::unique_ptr<Parsing> parsing_;
};

}  // namespace parley::net
