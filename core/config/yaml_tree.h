// SPDX-License-Identifier: Apache-2.0
// A YAML document as plain values with line numbers: yaml-cpp stays in yaml_tree.cpp.
//
// Limits: 1 MiB of text, 64 levels, 100 000 nodes after aliases are followed (so that a few lines
// of nested aliases cannot fill the memory). Failure: problems are appended, with file and line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"

namespace parley::config {

struct YamlMember;

struct YamlNode {
  enum class Shape { kNull, kScalar, kList, kMap };
  Shape shape = Shape::kNull;
  int line = 0;         // of the key when the node is a member, else of the value
  std::string text;     // of a scalar
  bool quoted = false;  // a scalar in quotes is text, whatever it looks like
  std::vector<YamlNode> items;
  std::vector<YamlMember> members;

  const YamlNode* find(std::string_view name) const;
};

struct YamlMember {
  std::string name;
  YamlNode value;
};

// An empty document is an empty map.
std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& file,
                                   std::vector<Problem>& problems);
std::optional<YamlNode> parse_yaml_file(const std::string& file, std::vector<Problem>& problems);

// A whole file; the problem says why not. Files above `max_bytes` are refused.
std::optional<std::string> read_file(const std::string& file, std::size_t max_bytes,
                                     std::vector<Problem>& problems);

}  // namespace parley::config
