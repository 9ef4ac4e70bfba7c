// SPDX-License-Identifier: Apache-2.0
// Arguments and results of the ABI's functions, there and back.
#include "loader/ipc_call.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "loader/ipc_ops.h"

namespace parley::loader {
namespace {

parley_string text(std::string_view view) {
  return {view.data(), view.size()};
}
std::string_view view(parley_string string) {
  return {string.data, static_cast<std::size_t>(string.size)};
}

template <typename T>
const T* there_and_back(const T& value, std::string& bytes, WireArena& arena) {
  WireWriter writer(bytes);
  put(writer, &value);
  WireReader reader(bytes);
  const auto* back = take<const T*>(reader, arena);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.left(), 0u);
  return back;
}

class IpcCallTest : public ::testing::Test {
 protected:
  std::string bytes_;
  WireArena arena_;
};

TEST_F(IpcCallTest, ARequestComesAsItWent) {
  const std::array<parley_string, 2> roles{text("user"), text("admin")};
  parley_user user{sizeof user, PARLEY_USER_PERSON, text("u_1"), text("Neo"), roles.data(), 2};
  std::array<parley_value, 5> arguments{};
  arguments[0].type = PARLEY_TYPE_STRING;
  arguments[0].as.string = text("2d6");
  arguments[1].type = PARLEY_TYPE_INT;
  arguments[1].as.integer = -5;
  arguments[2].type = PARLEY_TYPE_NUMBER;
  arguments[2].as.number = 0.5;
  arguments[3].type = PARLEY_TYPE_BOOL;
  arguments[3].as.boolean = 1;
  parley_request request{};
  request.size = sizeof request;
  request.flags = PARLEY_REQUEST_SLASH;
  request.id = 0x0123'4567'89ab'cdef;
  request.arguments = arguments.data();
  request.argument_count = arguments.size();
  request.raw = text(R"({"dice":"2d6"})");
  request.user = &user;
  request.deadline = 99;

  const auto* back = there_and_back(request, bytes_, arena_);
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->size, sizeof request);
  EXPECT_EQ(back->id, request.id);
  EXPECT_EQ(back->flags, request.flags);
  EXPECT_EQ(back->deadline, 99);
  EXPECT_EQ(view(back->raw), view(request.raw));
  ASSERT_EQ(back->argument_count, 5u);
  EXPECT_EQ(view(back->arguments[0].as.string), "2d6");
  EXPECT_EQ(back->arguments[1].as.integer, -5);
  EXPECT_EQ(back->arguments[2].as.number, 0.5);
  EXPECT_EQ(back->arguments[3].as.boolean, 1u);
  EXPECT_EQ(back->arguments[4].type, PARLEY_TYPE_NONE);
  ASSERT_NE(back->user, nullptr);
  EXPECT_EQ(view(back->user->name), "Neo");
  ASSERT_EQ(back->user->role_count, 2u);
  EXPECT_EQ(view(back->user->roles[1]), "admin");
}

TEST_F(IpcCallTest, AnAbsentStructStaysAbsent) {
  parley_event event{};
  event.size = sizeof event;
  EXPECT_EQ(there_and_back(event, bytes_, arena_)->user, nullptr);
}

TEST_F(IpcCallTest, AStructOfAnOlderSdkKeepsItsSizeAndTheRestIsZero) {
  parley_publication publication{};
  publication.size = offsetof(parley_publication, reply_to);
  publication.text = text("hi");
  publication.reply_to = 12;
  publication.request = 13;  // beyond what its writer knew: whatever lies there is not looked at
  const auto* back = there_and_back(publication, bytes_, arena_);
  EXPECT_EQ(back->size, offsetof(parley_publication, reply_to));
  EXPECT_EQ(view(back->text), "hi");
  EXPECT_EQ(back->reply_to, 0);
  EXPECT_EQ(back->request, 0u);
}

TEST_F(IpcCallTest, ASizeThatIsNotTrueIsCutToWhatThereIs) {
  parley_timer timer{};
  timer.size = sizeof timer;
  WireWriter writer(bytes_);
  put(writer, &timer);
  const std::uint32_t lie = 0xffff'ffff;
  std::memcpy(bytes_.data() + 1, &lie, sizeof lie);
  WireReader reader(bytes_);
  EXPECT_EQ(take<const parley_timer*>(reader, arena_)->size, sizeof(parley_timer));
}

TEST_F(IpcCallTest, CutAnywhereItIsBadAndNeverMore) {
  const std::array<parley_string, 2> roles{text("user"), text("admin")};
  parley_user user{sizeof user, PARLEY_USER_PERSON, text("u_1"), text("Neo"), roles.data(), 2};
  WireWriter writer(bytes_);
  put(writer, &user);
  for (std::size_t size = 0; size < bytes_.size(); ++size) {
    WireReader reader(std::string_view(bytes_).substr(0, size));
    (void)take<const parley_user*>(reader, arena_);
    EXPECT_FALSE(reader.ok()) << size;
  }
}

TEST_F(IpcCallTest, ACountThatTheBytesCannotHoldReservesNothing) {
  WireWriter writer(bytes_);
  writer.number(std::uint32_t{0x7fff'ffff});
  Arguments<const parley_storage_write* const*, std::uint64_t>::Slots slots;
  WireReader reader(bytes_);
  slots.take_in(reader, arena_);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(std::get<1>(slots.get()), 0u);
}

TEST_F(IpcCallTest, AnIdComesOutWhenItIsWanted) {
  using Wire = Arguments<const parley_timer*, parley_id*>;
  for (const bool wanted : {true, false}) {
    std::string call, answer;
    parley_timer timer{};
    timer.size = sizeof timer;
    parley_id id = 5;
    WireWriter in(call);
    Wire::put_in(in, &timer, wanted ? &id : nullptr);
    Wire::Slots slots;
    WireReader reader(call);
    slots.take_in(reader, arena_);
    auto [given, out] = slots.get();
    EXPECT_EQ(out != nullptr, wanted);
    if (out != nullptr) *out = 42;
    WireWriter writer(answer);
    slots.put_out(writer);
    WireReader back(answer);
    Wire::take_out(back, arena_, &timer, wanted ? &id : nullptr);
    EXPECT_EQ(id, wanted ? 42u : 5u);
  }
}

TEST_F(IpcCallTest, WhatGoesIntoASinkComesOutOfTheOther) {
  using Wire = Arguments<parley_string, const parley_sink*>;
  std::string got = "untouched";
  const parley_sink sink{&got, [](void* into, parley_string written) {
                           *static_cast<std::string*>(into) = std::string(view(written));
                         }};
  for (const char* written : {"value", "", static_cast<const char*>(nullptr)}) {
    std::string call, answer;
    got = "untouched";
    WireWriter in(call);
    Wire::put_in(in, text("key"), &sink);
    Wire::Slots slots;
    WireReader reader(call);
    slots.take_in(reader, arena_);
    const auto [key, theirs] = slots.get();
    EXPECT_EQ(view(key), "key");
    if (written != nullptr) theirs->write(theirs->context, text(written));
    WireWriter writer(answer);
    slots.put_out(writer);
    WireReader back(answer);
    Wire::take_out(back, arena_, text("key"), &sink);
    EXPECT_EQ(got, written != nullptr ? written : "untouched") << "not written is not empty";
  }
}

TEST(IpcOpsTest, NumbersAreUniqueAndEveryHostFunctionHasOne) {
  std::map<std::uint16_t, std::string_view> numbers;
  std::size_t host = 0;
  const auto look = [&](auto row) {
    EXPECT_TRUE(numbers.emplace(row.kNumber, row.kName).second) << row.kName;
    EXPECT_LT(row.kNumber, kOps);
    EXPECT_EQ(op_name(row.kNumber), row.kName);
  };
  HostRows::each([&](auto row) {
    look(row);
    ++host;
    EXPECT_GT(row.kNumber, static_cast<std::uint16_t>(Op::kGetExtension));
    EXPECT_LT(row.kNumber, kFirstPluginOp);
  });
  PluginRows::each(look);
  // As many as the tables have functions: a forgotten row would be a null pointer in the child.
  std::size_t functions = 2;  // log and now
  Extensions::each([&](auto extension) {
    using Table = typename decltype(extension)::HostTable;
    functions += (sizeof(Table) - 2 * sizeof(std::uint32_t)) / sizeof(void (*)());
  });
  EXPECT_EQ(host, functions);
}

// Published: a number that changes here breaks a child of another build without a word.
TEST(IpcOpsTest, PublishedNumbersStay) {
  const std::map<std::uint16_t, std::string_view> published = {{1, "hello"},
                                                               {4, "create"},
                                                               {16, "log"},
                                                               {18, "request.reply"},
                                                               {31, "storage.write_and_reply"},
                                                               {45, "channels.dm_name"},
                                                               {62, "metrics.update"},
                                                               {256, "start"},
                                                               {259, "call"},
                                                               {273, "config.on_config"},
                                                               {276, "background.run"},
                                                               {277, "background.done"}};
  for (const auto& [number, name] : published) EXPECT_EQ(op_name(number), name);
}

}  // namespace
}  // namespace parley::loader
