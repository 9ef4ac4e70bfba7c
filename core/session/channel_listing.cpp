// SPDX-License-Identifier: Apache-2.0
// Which public channels there are: what the store knows, and who is where now.
#include <algorithm>
#include <map>
#include <utility>

#include "session/channels_impl.h"

namespace parley::session {
namespace {

using ByName = std::map<std::string, ChannelInfo, std::less<>>;

bool is_public(std::string_view name) {
  const auto parsed = parse_channel_name(name);
  return parsed && parsed->kind == ChannelKind::kPublic;
}

void add_stored(ByName& all, std::vector<storage::ChannelRecord> records) {
  for (storage::ChannelRecord& one : records) {
    ChannelInfo& info = all[one.name];
    info.topic = std::move(one.topic);
    info.last_offset = one.last_offset;
  }
}

ChannelListing page_of(ByName all, std::size_t wanted) {
  ChannelListing page;
  const bool more = all.size() > wanted;
  for (auto& [name, info] : all) {
    if (page.channels.size() == wanted) break;
    info.name = name;
    page.channels.push_back(std::move(info));
  }
  if (more) page.next = page.channels.back().name;
  return page;
}

}  // namespace

void Channels::list(std::string_view after, std::size_t limit, ListingDone done) {
  const std::shared_ptr<const Settings> set = settings();
  const auto most = static_cast<std::size_t>(std::max(set->channels.list_page, 1));
  const std::size_t wanted = limit == 0 ? most : std::min(limit, most);
  const auto answer = std::make_shared<ListingDone>(std::move(done));
  const Status queued =
      store_.read([this, set, wanted, from = std::string(after), answer](storage::Reader& reader) {
        auto stored = reader.public_channels(from, wanted + 1);
        if (!stored) return (*answer)(stored.status());
        ByName all;
        add_stored(all, std::move(*stored));
        for (const std::string& one : set->channels.defaults) {
          if (one > from) all[one];
        }
        for (const ChannelInfo& one : active()) {
          if (one.name > from && is_public(one.name)) all[one.name].members = one.members;
        }
        (*answer)(page_of(std::move(all), wanted));
      });
  if (!queued) (*answer)(queued);
}

}  // namespace parley::session
