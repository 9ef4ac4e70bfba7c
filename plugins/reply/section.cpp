// SPDX-License-Identifier: Apache-2.0
#include "section.h"

#include <algorithm>
#include <set>

namespace reply {
namespace {

std::string join(std::initializer_list<std::string_view> words) {
  std::string result;
  for (const auto word : words) (result += result.empty() ? "" : ", ") += word;
  return result;
}

}  // namespace

void refuse(const YAML::Node& at, const std::string& reason) {
  throw Fault{at.Mark().line + 1, reason};
}

Section::Section(const YAML::Node& node, std::string name) : node_(node), name_(std::move(name)) {
  if (!node_.IsDefined() || node_.IsNull()) return;
  if (!node_.IsMap()) refuse(node_, name_ + " must be a mapping");
  std::set<std::string> seen;
  for (const auto& pair : node_) {
    if (!pair.first.IsScalar()) refuse(pair.first, name_ + ": a key must be a plain word");
    const std::string key = pair.first.Scalar();
    if (!seen.insert(key).second) refuse(pair.first, name_ + ": '" + key + "' stands there twice");
    entries_.emplace_back(key, pair.second);
  }
}

Section::Section(const YAML::Node& node, std::string name,
                 std::initializer_list<std::string_view> known)
    : Section(node, std::move(name)) {
  for (const auto& pair : node_) {
    const std::string key = pair.first.Scalar();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      refuse(pair.first, name_ + ": unknown key '" + key + "'; known: " + join(known));
    }
  }
}

std::optional<YAML::Node> Section::find(std::string_view key) const {
  for (const auto& [name, value] : entries_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

YAML::Node Section::need(std::string_view key) const {
  const auto found = find(key);
  if (!found) refuse(node_, name_ + ": '" + std::string(key) + "' is missing");
  return *found;
}

std::string Section::text_or(std::string_view key, const std::string& fallback) const {
  return find(key) ? text(key) : fallback;
}

int Section::number_or(std::string_view key, int least, int most, int fallback) const {
  const auto found = find(key);
  if (!found) return fallback;
  int value = 0;
  const bool whole = found->IsScalar() && YAML::convert<int>::decode(*found, value);
  if (whole && value >= least && value <= most) return value;
  refuse(*found, path(key) + " must be a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most));
}

bool Section::flag(std::string_view key) const {
  const auto found = find(key);
  bool value = false;
  if (found && !YAML::convert<bool>::decode(*found, value)) {
    refuse(*found, path(key) + " must be true or false");
  }
  return value;
}

std::vector<YAML::Node> Section::list(std::string_view key) const {
  const auto found = find(key);
  if (!found) return {};
  if (!found->IsSequence()) refuse(*found, path(key) + " must be a list");
  return {found->begin(), found->end()};
}

Section::Entries Section::texts(std::string_view key) const {
  const auto found = find(key);
  return found ? texts_in(*found, path(key)) : Entries();
}

std::string Section::scalar(const YAML::Node& node, const std::string& name) {
  if (!node.IsScalar() || node.Scalar().empty()) refuse(node, name + " must be a text");
  return node.Scalar();
}

Section::Entries Section::texts_in(const YAML::Node& node, const std::string& name) {
  if (!node.IsSequence()) return {{scalar(node, name), node}};
  Entries result;
  for (const auto& one : node) result.emplace_back(scalar(one, name), one);
  if (result.empty()) refuse(node, name + ": the list is empty");
  return result;
}

}  // namespace reply
