// SPDX-License-Identifier: Apache-2.0
// Languages: what people read, as their sessions and messages last told. Memory only; thread: the
// plugin's.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <string>
#include <string_view>

namespace moderation {

class Languages {
 public:
  explicit Languages(std::size_t most) : most_(most) {}

  void set_most(std::size_t most) {
    most_ = most;
    shrink();
  }

  void note(std::string_view user, std::string_view locale) {
    if (locale.empty()) return;
    const auto known = people_.find(user);
    if (known != people_.end()) {
      known->second.locale = locale;
      order_.splice(order_.end(), order_, known->second.place);
      return;
    }
    order_.emplace_back(user);
    people_.emplace(user, Person{std::string(locale), std::prev(order_.end())});
    shrink();
  }

  // `otherwise` for whom nothing is known of.
  std::string of(std::string_view user, std::string_view otherwise) const {
    const auto known = people_.find(user);
    return known == people_.end() ? std::string(otherwise) : known->second.locale;
  }

  void forget(std::string_view user) {
    const auto known = people_.find(user);
    if (known == people_.end()) return;
    order_.erase(known->second.place);
    people_.erase(known);
  }

 private:
  struct Person {
    std::string locale;
    std::list<std::string>::iterator place;
  };

  // Whoever was heard of longest ago makes room.
  void shrink() {
    while (people_.size() > most_) {
      people_.erase(order_.front());
      order_.pop_front();
    }
  }

  std::size_t most_;
  std::list<std::string> order_;
  std::map<std::string, Person, std::less<>> people_;
};

}  // namespace moderation
