// SPDX-License-Identifier: Apache-2.0
// A real database in a folder of its own, removed afterwards.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "storage/open_store.h"
#include "support/temp_folder.h"

namespace parley::storage {

class StoreTest : public testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "parley.db"; }

  StoreOptions options() const {
    StoreOptions options;
    options.file = file();
    return options;
  }

  void open() { open(options()); }
  void open(const StoreOptions& options) {
    store_.reset();
    auto opened = open_store(options);
    ASSERT_TRUE(opened) << opened.status().message();
    store_ = std::move(*opened);
  }

  // Errors of opening, as text.
  std::string refusal() {
    store_.reset();
    auto opened = open_store(options());
    return opened ? "" : opened.status().message();
  }

  Result<std::int64_t> say(const std::string& text, const std::string& channel = "global",
                           std::int64_t ts = 1000) {
    MessageDraft draft;
    draft.channel = channel;
    draft.user_id = "u_1";
    draft.user_name = "Neo";
    draft.data_json = "{\"text\":\"" + text + "\"}";
    draft.ts = ts;
    return store_->transact_blocking<std::int64_t>(
        [draft](Writer& w) { return w.append_message(draft); });
  }

  HistoryPage history(HistoryQuery query) {
    auto page = store_->read_blocking([&](Reader& r) { return r.history(query); });
    EXPECT_TRUE(page) << page.status().message();
    return page ? *page : HistoryPage{};
  }

  Status change(Store::WriteJob job) { return store_->write_blocking(std::move(job)); }

  template <typename F>
  auto ask(F&& question) {
    return store_->read_blocking(std::forward<F>(question));
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace parley::storage
