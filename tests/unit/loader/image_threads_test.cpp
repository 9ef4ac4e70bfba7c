// SPDX-License-Identifier: Apache-2.0
#include "loader/image_threads.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>

#include "loader/shared_object.h"
#include "loader_fixture.h"

extern "C" const char __executable_start, end;  // the linker's

namespace parley::loader {
namespace {

// Of the program this test is.
ImageSpan own_image() {
  return {reinterpret_cast<std::uintptr_t>(&__executable_start),
          reinterpret_cast<std::uintptr_t>(&end)};
}

struct Waiting {
  std::promise<void> go_on;
  std::shared_future<void> told = go_on.get_future().share();
};

bool has(const std::vector<RunningThread>& threads, const std::string& name) {
  for (const auto& thread : threads) {
    if (thread.name == name) return true;
  }
  return false;
}

TEST(ImageThreadsTest, FindsAThreadByWhatItWasStartedWith) {
  Waiting waiting;
  std::promise<void> named;
  std::thread thread([&] {
    ::pthread_setname_np(::pthread_self(), "of-this-test");
    named.set_value();
    waiting.told.wait();
  });
  named.get_future().wait();
#ifndef PARLEY_SANITIZED
  EXPECT_TRUE(has(threads_of(own_image()), "of-this-test"));
#endif
  waiting.go_on.set_value();
  thread.join();
  EXPECT_FALSE(has(threads_of(own_image()), "of-this-test")) << "it has ended";
}

TEST(ImageThreadsTest, PassesOverThoseOfOtherImages) {
  const Folder folder;
  auto image = SharedObject::open(folder.place("throws-in-call"));
  ASSERT_TRUE(image) << image.status().message();
  const auto span = (*image)->span();
  EXPECT_TRUE(
      span.holds(reinterpret_cast<std::uintptr_t>((*image)->symbol("parley_plugin_entry_v1"))));
  EXPECT_FALSE(span.holds(reinterpret_cast<std::uintptr_t>(&own_image)));
  Waiting waiting;
  std::thread thread([&] { waiting.told.wait(); });
  EXPECT_TRUE(threads_of(span).empty());
  waiting.go_on.set_value();
  thread.join();
  (void)(*image)->close();
  EXPECT_EQ((*image)->span().end, 0u);
}

}  // namespace
}  // namespace parley::loader
