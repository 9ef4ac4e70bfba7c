// SPDX-License-Identifier: Apache-2.0
// A file of lines that rotates by size: parley.jsonl, parley.1.jsonl (newer), parley.2.jsonl
// (older) ...
//
// Ownership: owns its descriptor. Thread: one at a time. Failure: write() says false and why(); the
// next write tries again, so a log disk that was full is used again without a restart.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::log {

// The name of the file after `index` rotations; 0 is the file itself.
std::string rotated_name(const std::string& path, int index);
// The files that exist, oldest first. For readers.
std::vector<std::string> existing_files(const std::string& path);

class RotatingFile {
 public:
  // max_files counts the current file too; max_size is in bytes.
  RotatingFile(std::string path, std::size_t max_size, int max_files);
  ~RotatingFile();
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

  bool open();
  // Appends `line` and a line feed with one write, or nothing: a line cut short by a full disk is
  // taken back.
  bool write(std::string_view line);
  const std::string& why() const { return why_; }

 private:
  bool rotate();
  bool append(std::string_view bytes);
  bool fail(const char* doing);
  void close();

  const std::string path_;
  const std::size_t max_size_;
  const int max_files_;
  int descriptor_ = -1;
  std::size_t size_ = 0;
  std::string buffer_, why_;
};

}  // namespace parley::log
