// SPDX-License-Identifier: Apache-2.0
// The built page, served from memory.
//
// Ownership: holds every file, and its gzip form where that is smaller. Thread: immutable after
// load, any thread. Failure: a missing folder loads as a page that says how to build it; a folder
// over the size cap is a Status. Only what was read at load can be served: a path is a key into a
// table, so there is nothing to traverse.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"
#include "net/http_message.h"

namespace parley::net {

// The header that keeps the page from running anything but its own script (docs: security).
extern const char kContentSecurityPolicy[];

// Adds Content-Security-Policy, nosniff and Referrer-Policy; for every page the server makes
// itself.
void add_security_headers(HttpResponse& response);

class StaticFiles {
 public:
  struct Options {
    std::string folder;
    std::size_t max_total = 64 * 1024 * 1024;  // bytes of all files together
    std::string index = "index.html";          // served for "/"
  };
  static Result<std::shared_ptr<const StaticFiles>> load(const Options& options);

  bool built() const { return built_; }  // false: the folder was missing, "/" explains it
  bool has(std::string_view path) const;
  // GET and HEAD; 404 for an unknown path, 405 for another method.
  HttpResponse serve(const HttpRequestHead& request) const;

 private:
  struct File {
    std::string type;
    std::string etag;
    bool immutable = false;
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> gzip;  // empty: not smaller
  };
  const File* find(std::string_view path) const;
  Status add_folder(const Options& options);
  void add_file(std::string path, std::string content);
  HttpResponse answer(const File& file, const HttpRequestHead& request) const;

  std::unordered_map<std::string, File> files_;  // by path, "/assets/app.js"
  std::string index_;
  bool built_ = false;
};

}  // namespace parley::net
