// SPDX-License-Identifier: Apache-2.0
// Session variables through the wrapper, over a FakeHost.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "own_plugin.h"

using parley::Outcome;
using parley::Request;
using parley::testing::Caller;
using parley::testing::FakeHost;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

class Keeps : public parley::Plugin {
 public:
  explicit Keeps(parley::Host host) : Plugin(host) {
    command("keep", "Keep",
            [this](Request& request) {
              last_set = variables().set(request.session(), request.argument<std::string>("name"),
                                         request.argument<std::string>("text"));
              request.ok();
            })
        .argument<std::string>("name", "Which")
        .argument<std::string>("text", "What");
    command("look", "Look", [this](Request& request) {
      names = variables().names(request.session());
      request.ok({{"text", variables().get(request.session(), "a").value_or("nothing")}});
    });
    command("drop", "Drop", [this](Request& request) {
      last_set = variables().erase(request.session(), "a");
      request.ok();
    });
  }
  void on_start() override { in_start = variables().set("s_1", "a", "x"); }

  static inline Outcome last_set = Outcome::kOk, in_start = Outcome::kOk;
  static inline std::vector<std::string> names;
};

const Caller kAnn{.id = "u_ann", .session = "s_ann"};
const Caller kBob{.id = "u_bob", .session = "s_bob"};

TEST(Variables, BelongToTheSession) {
  FakeHost host(options<Keeps>());
  host.call("keep", {{"name", "b"}, {"text", "2"}}, kAnn);
  host.call("keep", {{"name", "a"}, {"text", "one\nline"}}, kAnn);
  EXPECT_EQ(Keeps::last_set, Outcome::kOk);
  EXPECT_EQ(host.call("look", {}, kAnn).data()["text"].or_else(""), "one\nline");
  EXPECT_THAT(Keeps::names, ElementsAre("a", "b"));
  EXPECT_EQ(host.call("look", {}, kBob).data()["text"].or_else(""), "nothing");
  EXPECT_THAT(Keeps::names, IsEmpty());
  host.call("drop", {}, kAnn);
  EXPECT_EQ(Keeps::last_set, Outcome::kOk);
  host.call("drop", {}, kAnn);
  EXPECT_EQ(Keeps::last_set, Outcome::kNotFound);
  EXPECT_EQ(host.variables("s_ann").size(), 1u);
}

TEST(Variables, AreNotSetBeforeAnybodyIsThere) {
  FakeHost host(options<Keeps>());
  EXPECT_EQ(Keeps::in_start, Outcome::kWrongThread);
}

TEST(Variables, WhatCannotBeIsRefused) {
  FakeHost host(options<Keeps>());
  for (const char* name : {"", "with space", "имя", "a/b"}) {
    host.call("keep", {{"name", name}, {"text", "x"}}, kAnn);
    EXPECT_EQ(Keeps::last_set, Outcome::kInvalid) << name;
  }
  host.call("keep", {{"name", std::string(65, 'n')}, {"text", "x"}}, kAnn);
  EXPECT_EQ(Keeps::last_set, Outcome::kInvalid);
  host.call("keep", {{"name", "n"}, {"text", std::string(17 * 1024, 'x')}}, kAnn);
  EXPECT_EQ(Keeps::last_set, Outcome::kLimit);
  EXPECT_THAT(host.variables("s_ann"), IsEmpty());
  host.end_session("s_ann");
  host.call("keep", {{"name", "n"}, {"text", "x"}}, kAnn);
  EXPECT_EQ(Keeps::last_set, Outcome::kStale);
}

}  // namespace
