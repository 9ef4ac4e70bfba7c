// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_tree.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

namespace parley::config {
namespace {

constexpr std::size_t kMaxText = 1 << 20;
constexpr int kMaxDepth = 64;
constexpr int kMaxNodes = 100'000;

struct TooMuch {
  int line;
  std::string message;
};

// yaml-cpp says of a tab whatever it missed after it. The line near `at` that a tab indents, 0: none.
int line_indented_by_tab(std::string_view text, int at) {
  int line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto indent = text.substr(begin, end - begin);
    const auto first = std::min(indent.find_first_not_of(" \t"), indent.size());
    const bool near = line >= at - 1 && line <= at + 1;
    if (near && indent.substr(0, first).find('\t') != std::string_view::npos) return line;
    begin = end + 1;
  }
  return 0;
}

Problem not_yaml(const std::string& file, std::string_view text, const YAML::Exception& error) {
  const int line = error.mark.line + 1;
  if (const int tabbed = line_indented_by_tab(text, line))
    return {file, tabbed, "", "a tab indents this line: YAML takes no tabs, use spaces"};
  return {file, line, "", "not valid YAML: " + error.msg};
}

class Converter {
 public:
  Converter(const std::string& file, std::vector<Problem>& problems)
      : file_(file), problems_(problems) {}

  YamlNode convert(const YAML::Node& from, int depth = 0) {
    const int line = from.Mark().line + 1;
    if (depth > kMaxDepth) throw TooMuch{line, "nested more than 64 levels deep"};
    if (++nodes_ > kMaxNodes) throw TooMuch{line, "more than 100000 values; too many aliases?"};
    YamlNode node;
    node.line = line;
    switch (from.Type()) {
      case YAML::NodeType::Scalar:
        take_scalar(from, node);
        break;
      case YAML::NodeType::Sequence:
        take_list(from, node, depth);
        break;
      case YAML::NodeType::Map:
        take_map(from, node, depth);
        break;
      default:
        break;
    }
    return node;
  }

 private:
  static void take_scalar(const YAML::Node& from, YamlNode& node) {
    node.shape = YamlNode::Shape::kScalar;
    node.text = from.Scalar();
    node.quoted = from.Tag() == "!" || from.Tag() == "tag:yaml.org,2002:str";
  }

  void take_list(const YAML::Node& from, YamlNode& node, int depth) {
    node.shape = YamlNode::Shape::kList;
    for (const auto& item : from) node.items.push_back(convert(item, depth + 1));
  }

  void take_map(const YAML::Node& from, YamlNode& node, int depth) {
    node.shape = YamlNode::Shape::kMap;
    std::map<std::string, int> seen;
    for (const auto& member : from) {
      const int line = member.first.Mark().line + 1;
      if (!member.first.IsScalar()) {
        problems_.push_back({file_, line, "", "a key must be plain text"});
        continue;
      }
      const std::string& name = member.first.Scalar();
      const auto [first, fresh] = seen.emplace(name, line);
      if (!fresh) {
        const auto message = fmt::format("written twice, first in line {}", first->second);
        problems_.push_back({file_, line, name, message});
        continue;
      }
      node.members.push_back({name, convert(member.second, depth + 1)});
      node.members.back().value.line = line;
    }
  }

  const std::string& file_;
  std::vector<Problem>& problems_;
  int nodes_ = 0;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view name) const {
  for (const auto& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& file,
                                   std::vector<Problem>& problems) {
  if (text.size() > kMaxText) {
    problems.push_back({file, 0, "", "larger than 1 MiB, which no configuration is"});
    return std::nullopt;
  }
  try {
    YamlNode root = Converter(file, problems).convert(YAML::Load(std::string(text)));
    if (root.shape == YamlNode::Shape::kNull) root.shape = YamlNode::Shape::kMap;
    return root;
  } catch (const TooMuch& refusal) {
    problems.push_back({file, refusal.line, "", refusal.message});
  } catch (const YAML::Exception& error) {
    problems.push_back(not_yaml(file, text, error));
  }
  return std::nullopt;
}

std::optional<YamlNode> parse_yaml_file(const std::string& file, std::vector<Problem>& problems) {
  const auto text = read_file(file, kMaxText, problems);
  if (!text) return std::nullopt;
  return parse_yaml(*text, file, problems);
}

std::optional<std::string> read_file(const std::string& file, std::size_t max_bytes,
                                     std::vector<Problem>& problems) {
  const auto refuse = [&](const std::string& why) {
    problems.push_back({file, 0, "", why});
    return std::nullopt;
  };
  std::error_code error;
  const auto kind = std::filesystem::status(file, error).type();
  if (kind == std::filesystem::file_type::not_found) return refuse("there is no such file");
  if (kind != std::filesystem::file_type::regular) return refuse("is not a file");
  std::ifstream in(file, std::ios::binary);
  if (!in) return refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  std::string text(max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_bytes) return refuse(fmt::format("larger than {} bytes", max_bytes));
  return text;
}

}  // namespace parley::config
