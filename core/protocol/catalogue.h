// SPDX-License-Identifier: Apache-2.0
// The server's own sentences in the languages it speaks.
//
// The code says them in English, where they arise; who sends one to a person looks it up here. An
// entry is the English sentence with its variable parts as {0}, {1} …; `scripts/check-texts` finds
// entries whose sentence is no longer said. What has no entry (a plugin's own text, which the plugin
// has translated) is handed back as it came. Error codes are never translated.
//
// Thread: any. Cost: one pass over the entries, for errors in Russian only.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace parley::protocol {

struct Phrase {
  std::string_view en;
  std::string_view ru;
};

std::span<const Phrase> catalogue();

// `locale` is "en" or "ru".
std::string in_language(std::string_view locale, std::string_view english);

}  // namespace parley::protocol
