// SPDX-License-Identifier: Apache-2.0
// Section: one mapping of a YAML file, read strictly: its keys are known, and each stands there
// once. What breaks that is thrown as a Fault with its line.
//
// Ownership: a Section shares the file's nodes. Thread: as YAML::Node, one at a time.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace reply {

struct Fault {
  int line = 0;  // 1-based; 0: of the file as a whole
  std::string reason = {};
};

[[noreturn]] void refuse(const YAML::Node& at, const std::string& reason);

class Section {
 public:
  using Entries = std::vector<std::pair<std::string, YAML::Node>>;

  // A mapping with names of the author's own.
  Section(const YAML::Node& node, std::string name);
  Section(const YAML::Node& node, std::string name, std::initializer_list<std::string_view> known);

  const std::string& name() const { return name_; }
  const YAML::Node& node() const { return node_; }
  // By value: often asked of a Section that lives for one line only.
  Entries entries() const { return entries_; }

  std::optional<YAML::Node> find(std::string_view key) const;
  YAML::Node need(std::string_view key) const;
  std::string text(std::string_view key) const { return scalar(need(key), path(key)); }
  std::string text_or(std::string_view key, const std::string& fallback) const;
  int number_or(std::string_view key, int least, int most, int fallback) const;
  bool flag(std::string_view key) const;
  // One text or a list of them, each with the node it stands in.
  Entries texts(std::string_view key) const;
  std::vector<YAML::Node> list(std::string_view key) const;
  std::string path(std::string_view key) const { return name_ + "." + std::string(key); }

  static std::string scalar(const YAML::Node& node, const std::string& name);
  static Entries texts_in(const YAML::Node& node, const std::string& name);

 private:
  YAML::Node node_;
  std::string name_;
  Entries entries_;
};

}  // namespace reply
