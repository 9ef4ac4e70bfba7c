// SPDX-License-Identifier: Apache-2.0
// The one table of configuration keys: loading, overrides, errors, printing, comparing and the
// reference all walk it. A new field of a struct in config.h gets its line here and its paragraph
// in config/parley.yaml.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"
#include "config/yaml_tree.h"

namespace parley::config {

using Slot = std::variant<bool*, int*, std::size_t*, double*, Millis*, std::string*,
                          std::vector<std::string>*, std::map<std::string, std::string>*>;

struct Key {
  std::string_view path;    // "limits.rate"
  Slot (*slot)(Config&);    // the member; its type decides how the value is written
  double min = 0, max = 0;  // numbers, bytes, milliseconds; list items; 0 and 0: any
  std::vector<std::string_view> choices = {};  // of a text, or of a map's values
  enum class Form {
    kPlain,
    kPath,
    kAddress,
    kNetwork,
    kPluginId,
    kFileName,
    kChannel,
    kComponent,  // of a map: its names are components of the log
  } form = Form::kPlain;
  bool count = false;        // a number of things: never written as a size
  bool secret = false;       // printed as ***, given as file:PATH or by environment only
  bool live = false;         // a reload changes it while the server runs
  std::string_view meaning;  // one line, for errors and the reference
};

std::span<const Key> all_keys();
const Key* find_key(std::string_view path);
// "limits" and "plugins.limits" are sections.
bool is_section(std::string_view path);
// Names directly below a section ("" is the top), for suggestions.
std::vector<std::string> names_below(std::string_view section);

// Stores a value; the sentence says what is wrong with it and what is allowed.
std::optional<std::string> assign(const Key& key, const YamlNode& value, Config& config);
std::optional<std::string> assign(const Key& key, std::string_view text, Config& config);

// The value as YAML on one line; secrets as ***.
std::string show(const Key& key, const Config& config);
void copy_value(const Key& key, const Config& from, Config& to);
bool same_value(const Key& key, const Config& a, const Config& b);

// "whole number from 1 to 10", "size, for example 64 KiB, at least 1 KiB"
std::string allowed(const Key& key);

// The keys as Markdown tables, one for each section; docs/configuration.md holds it.
std::string reference();

}  // namespace parley::config
