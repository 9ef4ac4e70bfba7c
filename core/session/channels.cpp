// SPDX-License-Identifier: Apache-2.0
// Looking at channels: directory, presence, history, topics. Joining is in channel_join.cpp,
// writing in channel_publish.cpp.
#include "session/channels.h"

#include <algorithm>
#include <utility>

#include "protocol/json_writer.h"
#include "session/channels_impl.h"

namespace parley::session {

bool Channels::Settings::is_default(std::string_view name) const {
  return std::find(channels.defaults.begin(), channels.defaults.end(), name) !=
         channels.defaults.end();
}

// Entries that only the directory knows and nobody is in. Done when their number has doubled, so
// that a lookup stays cheap and memory follows the channels in use.
void Channels::Directory::sweep() {
  std::erase_if(entries, [](const auto& item) {
    if (item.second.use_count() > 1) return false;
    const MutexLock lock(item.second->mutex);
    return item.second->shards.none();
  });
  sweep_at = std::max(kFirstSweep, entries.size() * 2);
}

void remember(ChannelEntry& entry, const storage::ChannelRecord& record, bool exists) {
  const MutexLock lock(entry.mutex);
  entry.committed = std::max(entry.committed, record.last_offset);
  entry.exists = entry.exists || exists;
  if (!entry.topic_set) entry.topic = record.topic;
  entry.loaded = true;
}

Status read_record(storage::Reader& reader, const std::string& name, storage::ChannelRecord& record,
                   bool& exists) {
  Result<storage::ChannelRecord> found = reader.channel(name);
  exists = found.is_ok();
  if (exists) {
    record = std::move(found).value();
  } else if (found.status().code() != ErrorCode::kNotFound) {
    return found.status();
  }
  return Status::ok();
}

Channels::Channels(SessionRegistry& registry, storage::Store& store, const ChannelRights& rights,
                   const Clock& clock, const config::Config& config)
    : registry_(registry),
      store_(store),
      rights_(rights),
      clock_(clock),
      bans_(clock),
      directory_(std::make_unique<Directory>()) {
  configure(config);
  registry_.observe({.detached = [this](Session& session) { on_detached(session); },
                     .removed = [this](Session& session) { unsubscribe_all(session); }});
}

Channels::~Channels() = default;

void Channels::configure(const config::Config& config) {
  auto settings = std::make_shared<Settings>();
  settings->channels = config.channels;
  settings->catch_up = std::max(config.session.catch_up, 1);
  settings->message = config.limits.message;
  settings->bans = static_cast<std::size_t>(std::max(config.limits.bans, 0));
  settings->per_session = static_cast<std::size_t>(std::max(config.limits.channels, 0));
  const MutexLock lock(directory_->mutex);
  directory_->settings = std::move(settings);
}

std::shared_ptr<const Channels::Settings> Channels::settings() const {
  const MutexLock lock(directory_->mutex);
  return directory_->settings;
}

Channels::EntryPtr Channels::entry(std::string_view name) {
  const MutexLock lock(directory_->mutex);
  if (const auto found = directory_->entries.find(name); found != directory_->entries.end()) {
    return found->second;
  }
  if (directory_->entries.size() >= directory_->sweep_at) directory_->sweep();
  auto made = std::make_shared<ChannelEntry>(std::string(name), registry_.shards().size());
  directory_->entries.emplace(made->name(), made);
  return made;
}

Channels::EntryPtr Channels::known(std::string_view name) const {
  const MutexLock lock(directory_->mutex);
  const auto found = directory_->entries.find(name);
  return found == directory_->entries.end() ? nullptr : found->second;
}

bool Channels::subscribed(const Session& session, std::string_view channel) const {
  const auto& all = session.subscriptions();
  return std::any_of(all.begin(), all.end(),
                     [&](const Subscription& one) { return one.name() == channel; });
}

Result<PresencePage> Channels::presence(const Session& asking, std::string_view channel,
                                        std::string_view after, std::size_t limit) const {
  Status allowed = this->allowed(*asking.user(), channel, ChannelAccess::kRead);
  if (allowed.is_ok() && !subscribed(asking, channel)) {
    allowed = Status::not_found("You are not in channel " + std::string(channel) +
                                ". Subscribe to it to see who is there.");
  }
  if (!allowed) {
    registry_.stats().denied.bump();
    return allowed;
  }
  return present(channel, after, limit);
}

PresencePage Channels::present(std::string_view channel, std::string_view after,
                               std::size_t limit) const {
  const auto most = static_cast<std::size_t>(std::max(settings()->channels.presence_page, 1));
  const std::size_t wanted = limit == 0 ? most : std::min(limit, most);
  PresencePage page{.channel = std::string(channel)};
  const EntryPtr found = known(channel);
  if (!found) return page;
  const MutexLock lock(found->mutex);
  page.total = found->present.size();
  auto one =
      after.empty() ? found->present.begin() : found->present.upper_bound(std::string(after));
  for (; one != found->present.end() && page.users.size() < wanted; ++one) {
    page.users.push_back(one->second);
  }
  if (one != found->present.end()) page.next = page.users.back().id;
  return page;
}

bool Channels::is_present(std::string_view channel, std::string_view user) const {
  const EntryPtr found = known(channel);
  if (!found) return false;
  const MutexLock lock(found->mutex);
  return found->present.contains(std::string(user));
}

namespace {

ChannelHistory render(const std::string& channel, const storage::HistoryPage& page) {
  ChannelHistory history{.channel = channel, .count = page.messages.size(), .more = page.more};
  protocol::ArrayWriter list(history.messages_json);
  for (const storage::StoredMessage& message : page.messages) append_stored(list.next(), message);
  list.close();
  return history;
}

Status check_range(const HistoryRange& range) {
  if (range.before && range.after) {
    return Status::invalid_args("Write either `before` or `after`, not both.");
  }
  if (range.before.value_or(0) < 0 || range.after.value_or(0) < 0) {
    return Status::invalid_args("An offset is 0 or more.");
  }
  return Status::ok();
}

}  // namespace

void Channels::history(const users::User* reader, std::string_view channel, HistoryRange range,
                       HistoryDone done) {
  const Result<ChannelName> name = parse_channel_name(channel);
  Status status = name.status();
  if (status.is_ok()) status = check_range(range);
  if (status.is_ok() && reader) status = allowed(*reader, channel, ChannelAccess::kRead);
  if (!status) return done(status);

  const auto settings = this->settings();
  const auto page = static_cast<std::size_t>(std::max(settings->channels.history_page, 1));
  const auto most = static_cast<std::size_t>(std::max(settings->channels.history_max, 1));
  const std::size_t limit = std::min(range.limit == 0 ? page : range.limit, most);
  const bool must_exist = name->kind == ChannelKind::kPublic &&
                          !settings->channels.create_by_joining && !settings->is_default(channel);
  const auto answer = std::make_shared<HistoryDone>(std::move(done));
  const Status queued = store_.read([query = storage::HistoryQuery{.channel = std::string(channel),
                                                                   .before = range.before,
                                                                   .after = range.after,
                                                                   .limit = limit,
                                                                   .changes = range.changes},
                                     must_exist, answer](storage::Reader& from) {
    storage::ChannelRecord record;
    bool exists = true;
    if (must_exist) {
      if (Status read = read_record(from, query.channel, record, exists); !read) {
        return (*answer)(read);
      }
    }
    if (!exists) return (*answer)(no_such_channel(query.channel));
    const Result<storage::HistoryPage> found = from.history(query);
    if (!found) return (*answer)(found.status());
    (*answer)(render(query.channel, *found));
  });
  if (!queued) (*answer)(queued);
}

void Channels::info(std::string_view channel, InfoDone done) {
  if (const auto name = parse_channel_name(channel); !name) return done(name.status());
  const auto answer = std::make_shared<InfoDone>(std::move(done));
  const bool is_default = settings()->is_default(channel);
  const Status queued =
      store_.read([this, name = std::string(channel), is_default, answer](storage::Reader& from) {
        storage::ChannelRecord record;
        bool exists = false;
        if (Status read = read_record(from, name, record, exists); !read) return (*answer)(read);
        const EntryPtr live = known(name);
        ChannelInfo info{.name = name, .topic = record.topic, .last_offset = record.last_offset};
        if (live) {
          const MutexLock lock(live->mutex);
          info.members = live->present.size();
        }
        if (!exists && !is_default && info.members == 0) return (*answer)(no_such_channel(name));
        (*answer)(std::move(info));
      });
  if (!queued) (*answer)(queued);
}

std::vector<ChannelInfo> Channels::active() const {
  std::vector<EntryPtr> entries;
  {
    const MutexLock lock(directory_->mutex);
    for (const auto& [name, one] : directory_->entries) entries.push_back(one);
  }
  std::vector<ChannelInfo> active;
  for (const EntryPtr& one : entries) {
    const MutexLock lock(one->mutex);
    if (one->present.empty()) continue;
    active.push_back({one->name(), one->topic, one->committed, one->present.size()});
  }
  std::sort(active.begin(), active.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return active;
}

}  // namespace parley::session
