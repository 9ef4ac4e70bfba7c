// SPDX-License-Identifier: Apache-2.0
// The background half of the log: spdlog's asynchronous queue in front of the console and the
// rotating file.
//
// Ownership: owns the queue, its thread and the file. Thread: post() from any; the destructor
// writes what waits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"

namespace parley::log {

class Writer {
 public:
  explicit Writer(const Settings& settings);
  ~Writer();

  // Never blocks; when the queue is full the oldest waiting line is dropped.
  void post(std::string_view console, std::string_view json);
  // Waits until everything posted before has been written.
  void flush();

  const Status& opened() const;  // whether the file could be opened at the start
  std::uint64_t dropped() const;
  std::uint64_t unwritten() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One line to standard error, now. Used without a Writer.
void write_to_stderr(std::string_view line);

}  // namespace parley::log
