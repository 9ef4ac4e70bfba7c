// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <thread>

#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

using MessagesTest = StoreTest;

std::vector<std::int64_t> offsets(const HistoryPage& page) {
  std::vector<std::int64_t> all;
  for (const auto& message : page.messages) all.push_back(message.offset);
  return all;
}

using Offsets = std::vector<std::int64_t>;

TEST_F(MessagesTest, OffsetsCountFromOneInEachChannel) {
  open();
  EXPECT_EQ(*say("a"), 1);
  EXPECT_EQ(*say("b"), 2);
  EXPECT_EQ(*say("c", "other"), 1);
  EXPECT_EQ(*say("d"), 3);
}

TEST_F(MessagesTest, AMessageComesBackAsItWasWritten) {
  open();
  MessageDraft draft;
  draft.channel = "dm:u_1:u_2";
  draft.type = "botMessage";
  draft.user_id = "u_7";
  draft.user_name = "Нео";
  draft.user_kind = "bot";
  draft.data_json = R"({"text":"Привет \u0001 мир","n":[1,2]})";
  draft.origin_json = R"({"ns":"discord","id":"9"})";
  draft.extra_json = R"({"event":"earthquake"})";
  draft.ts = 1'760'000'000'123;
  ASSERT_TRUE(
      store_->transact_blocking<std::int64_t>([&](Writer& w) { return w.append_message(draft); }));
  open();  // from the disk, not from memory
  const auto page = history({.channel = "dm:u_1:u_2"});
  ASSERT_EQ(page.messages.size(), 1u);
  const StoredMessage& message = page.messages[0];
  EXPECT_EQ(message.type, draft.type);
  EXPECT_EQ(message.user_id, draft.user_id);
  EXPECT_EQ(message.user_name, draft.user_name);
  EXPECT_EQ(message.user_kind, draft.user_kind);
  EXPECT_EQ(message.data_json, draft.data_json);
  EXPECT_EQ(message.origin_json, draft.origin_json);
  EXPECT_EQ(message.extra_json, draft.extra_json);
  EXPECT_EQ(message.ts, draft.ts);
}

TEST_F(MessagesTest, HistoryIsPagedInBothDirections) {
  open();
  for (int i = 1; i <= 10; ++i) ASSERT_TRUE(say(std::to_string(i)));
  auto page = history({.channel = "global", .limit = 3});
  EXPECT_EQ(offsets(page), (Offsets{8, 9, 10}));
  EXPECT_TRUE(page.more);
  page = history({.channel = "global", .before = 4, .limit = 3});
  EXPECT_EQ(offsets(page), (Offsets{1, 2, 3}));
  EXPECT_FALSE(page.more);
  page = history({.channel = "global", .after = 5, .limit = 3});
  EXPECT_EQ(offsets(page), (Offsets{6, 7, 8}));
  EXPECT_TRUE(page.more);
  page = history({.channel = "global", .after = 10});
  EXPECT_TRUE(page.messages.empty());
  EXPECT_FALSE(page.more);
  EXPECT_TRUE(history({.channel = "nobody-was-here"}).messages.empty());
}

TEST_F(MessagesTest, BothDirectionsAtOnceAreRefused) {
  open();
  const HistoryQuery query{.channel = "global", .before = 1, .after = 1};
  EXPECT_EQ(ask([&](Reader& r) { return r.history(query); }).status().code(),
            ErrorCode::kInvalidArgs);
}

TEST_F(MessagesTest, TenThousandFromFourThreadsLeaveNoGap) {
  constexpr int kThreads = 4, kEach = 2500;
  open();
  std::mutex mutex;
  std::set<std::int64_t> seen;
  std::int64_t previous = 0;
  bool in_order = true;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        MessageDraft draft{.channel = "global", .user_id = "u_" + std::to_string(t), .ts = 1};
        store_->append_message(draft, [&](Result<std::int64_t> offset) {
          ASSERT_TRUE(offset) << offset.status().message();
          std::lock_guard lock(mutex);
          in_order = in_order && *offset > previous;
          previous = *offset;
          seen.insert(*offset);
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  store_->flush();
  EXPECT_TRUE(in_order) << "completions come in commit order";
  EXPECT_EQ(seen.size(), std::size_t{kThreads * kEach});
  EXPECT_EQ(*seen.begin(), 1);
  EXPECT_EQ(*seen.rbegin(), kThreads * kEach);
  EXPECT_LT(store_->stats().batches, std::uint64_t{kThreads * kEach} / 20)
      << "messages share commits";
}

TEST_F(MessagesTest, AFailingJobTakesItsOffsetBackAndHurtsNobodyElse) {
  open();
  std::vector<std::string> answers;
  const auto note = [&](Result<std::int64_t> offset) {
    answers.push_back(offset ? std::to_string(*offset) : "refused");
  };
  const auto appending = [](bool fail) {
    return [fail](Writer& w) -> Result<std::int64_t> {
      auto offset = w.append_message({.channel = "global", .user_id = "u_1", .ts = 1});
      if (fail) return Status::forbidden("after the append");
      return offset;
    };
  };
  // One slow first job, so that the rest share a batch.
  std::promise<void> gate;
  store_->write(
      [&](Writer&) {
        gate.get_future().wait();
        return Status::ok();
      },
      {});
  for (const bool fail : {false, true, false, true, false})
    store_->transact<std::int64_t>(appending(fail), note);
  gate.set_value();
  store_->flush();
  EXPECT_EQ(answers, (std::vector<std::string>{"1", "refused", "2", "refused", "3"}));
  EXPECT_EQ(offsets(history({.channel = "global"})), (Offsets{1, 2, 3}));
  EXPECT_EQ(store_->stats().failures, 2u);
}

TEST_F(MessagesTest, AThrowingJobIsAnError) {
  open();
  const Status status = change([](Writer&) -> Status { throw std::runtime_error("a bug"); });
  EXPECT_EQ(status.code(), ErrorCode::kInternal);
  EXPECT_EQ(*say("after it"), 1);
}

TEST_F(MessagesTest, ChannelsKeepTopicAndLastOffset) {
  open();
  ASSERT_TRUE(say("a"));
  EXPECT_EQ(change([](Writer& w) { return w.set_topic("nowhere", "x", "u_1"); }).code(),
            ErrorCode::kNotFound);
  ASSERT_TRUE(change([](Writer& w) {
                return w.create_channel({.name = "quiet", .created_at = 5});
              }).is_ok());
  ASSERT_TRUE(change([](Writer& w) { return w.set_topic("global", "О погоде", "u_1"); }).is_ok());
  for (const char* other : {"dm:u_1:u_2", "@u_1", "game:room"}) {
    ASSERT_TRUE(change([&](Writer& w) { return w.create_channel({.name = other}); }).is_ok());
  }
  open();
  auto all = ask([](Reader& r) { return r.public_channels("", 10); });
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].name, "global");
  EXPECT_EQ((*all)[0].topic, "О погоде");
  EXPECT_EQ((*all)[0].last_offset, 1);
  EXPECT_EQ((*all)[1].last_offset, 0);
  EXPECT_EQ(ask([](Reader& r) { return r.public_channels("", 1); })->size(), 1u);
  EXPECT_EQ(ask([](Reader& r) { return r.public_channels("global", 1); })->at(0).name, "quiet");
  EXPECT_TRUE(ask([](Reader& r) { return r.public_channels("quiet", 1); })->empty());
}

TEST_F(MessagesTest, RetentionRemovesTheOldAndKeepsOffsets) {
  open();
  for (int i = 1; i <= 2500; ++i) {
    store_->append_message({.channel = "global", .user_id = "u_1", .ts = i}, {});
  }
  std::promise<Result<Expired>> done;
  store_->expire({.messages_before = 2400},
                 [&](Result<Expired> gone) { done.set_value(std::move(gone)); });
  auto gone = done.get_future().get();
  ASSERT_TRUE(gone) << gone.status().message();
  EXPECT_EQ(gone->messages, 2399) << "in more than one step";
  EXPECT_EQ(history({.channel = "global", .after = 0, .limit = 1}).messages.at(0).offset, 2400);
  EXPECT_EQ(*say("next"), 2501);
}

TEST_F(MessagesTest, AFullQueueRefusesAtOnce) {
  StoreOptions small = options();
  small.limits.queue = 3;
  open(small);
  std::promise<void> running, gate;
  store_->write(
      [&](Writer&) {
        running.set_value();
        gate.get_future().wait();
        return Status::ok();
      },
      {});
  running.get_future().wait();
  int answered = 0;
  ErrorCode last = ErrorCode::kOk;
  for (int i = 0; i < 3; ++i) store_->append_audit({}, [&](Status) { ++answered; });
  store_->append_audit({}, [&](Status status) { last = status.code(); });
  EXPECT_EQ(last, ErrorCode::kOverloaded) << "without waiting for the writer";
  gate.set_value();
  store_->flush();
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(store_->stats().refused, 1u);
}

TEST_F(MessagesTest, AReadJobRunsOnAReaderAndSeesWhatWasCommitted) {
  open();
  ASSERT_TRUE(say("a"));
  std::promise<std::size_t> answer;
  const auto caller = std::this_thread::get_id();
  ASSERT_TRUE(store_
                  ->read([&](Reader& r) {
                    EXPECT_NE(std::this_thread::get_id(), caller);
                    answer.set_value(r.history({.channel = "global"})->messages.size());
                  })
                  .is_ok());
  EXPECT_EQ(answer.get_future().get(), 1u);
}

TEST_F(MessagesTest, ClosingStoresWhatIsQueued) {
  open();
  int stored = 0;
  for (int i = 0; i < 500; ++i) {
    store_->append_message({.channel = "global", .user_id = "u_1", .ts = 1},
                           [&](Result<std::int64_t> offset) { stored += offset ? 1 : 0; });
  }
  store_.reset();
  EXPECT_EQ(stored, 500);
  open();
  EXPECT_EQ(*say("next"), 501);
}

}  // namespace
}  // namespace parley::storage
