// SPDX-License-Identifier: Apache-2.0
#include "session/session_keeper.h"

#include <iterator>
#include <memory>
#include <sstream>
#include <utility>

#include "base/log.h"
#include "protocol/json.h"
#include "protocol/json_writer.h"
#include "session/channels.h"
#include "session/kept_variables.h"

namespace parley::session {
namespace {

constexpr Millis kBetweenSaves{1'000};
// A session that stays long is written again before its row would run out.
constexpr int kRoundsPerKeep = 4;
// Longer than anybody goes on with a row that was read before it went.
constexpr Millis kEndedRemembered{60'000};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream source{std::string(text)};
  return {std::istream_iterator<std::string>(source), {}};
}

std::string credential_json(const Credential& credential) {
  std::string json;
  if (credential.expires_at == 0 && credential.token_id.empty()) return json;
  protocol::ObjectWriter(json)
      .field("issued_at", credential.issued_at)
      .field("expires_at", credential.expires_at)
      .field("token_id", credential.token_id)
      .field("family", credential.family)
      .field("issuer", credential.issuer)
      .field("max_roles", joined(credential.max_roles))
      .field("key", credential.key);
  return json;
}

protocol::JsonReader& reader() {
  thread_local protocol::JsonReader instance({.depth = 4, .keys = 100'000, .size = 16 << 20});
  return instance;
}

Credential read_credential(const std::string& json) {
  Credential credential;
  if (json.empty()) return credential;
  const auto parsed = reader().parse(json);
  if (!parsed) return credential;
  credential.issued_at = parsed->find("issued_at").as_int().value_or(0);
  credential.expires_at = parsed->find("expires_at").as_int().value_or(0);
  credential.token_id = parsed->find("token_id").as_string().value_or("");
  credential.family = parsed->find("family").as_string().value_or("");
  credential.issuer = parsed->find("issuer").as_string().value_or("");
  credential.max_roles = words_of(parsed->find("max_roles").as_string().value_or(""));
  credential.key = parsed->find("key").as_string().value_or("");
  return credential;
}

std::vector<protocol::ChannelPosition> read_positions(const std::string& json) {
  std::vector<protocol::ChannelPosition> positions;
  const auto parsed = reader().parse(json);
  if (!parsed) return positions;
  parsed->each_member([&](std::string_view name, protocol::JsonView offset) {
    positions.push_back({std::string(name), offset.as_int().value_or(0)});
    return true;
  });
  return positions;
}

SavedSession saved_of(storage::SessionRecord record) {
  return {.id = std::move(record.id),
          .user_id = std::move(record.user_id),
          .resume_hash = std::move(record.resume_hash),
          .previous_hash = std::move(record.previous_hash),
          .positions = read_positions(record.positions_json),
          .variables_json = std::move(record.variables_json),
          .credential = read_credential(record.credential_json)};
}

}  // namespace

SessionKeeper::SessionKeeper(SessionRegistry& registry, storage::Store& store, const Clock& clock,
                             const config::Config& config)
    : registry_(registry),
      store_(store),
      clock_(clock),
      keep_ms_(config.session.keep.count()),
      times_(static_cast<std::size_t>(registry.shards().size())) {
  registry_.observe({.detached = [this](Session& session) { save(session); },
                     .ending = [this](Session& session) { end(session); }});
}

void SessionKeeper::configure(const config::Config& config) {
  keep_ms_ = config.session.keep.count();
}

storage::SessionRecord SessionKeeper::record_of(const Session& session) const {
  storage::SessionRecord record;
  record.id = session.id();
  record.user_id = session.user()->id;
  record.resume_hash = session.resume_hash();
  record.previous_hash = session.previous_hash();
  record.credential_json = credential_json(session.credential());
  const auto positions = Channels::positions(session);
  {
    protocol::ArrayWriter names(record.subscriptions_json);
    protocol::ObjectWriter offsets(record.positions_json);
    for (const auto& position : positions) {
      names.value(position.channel);
      offsets.field(position.channel, position.offset);
    }
  }
  record.variables_json = session.variables()->to_json();
  record.saved_at = clock_.wall_ms();
  record.expires_at = record.saved_at + keep_ms_;
  return record;
}

storage::Store::WriteJob SessionKeeper::job_of(Session& session, std::string news) const {
  session.was_saved(clock_.now());
  if (session.user()->kind == "guest") news.clear();
  return [record = record_of(session), news = std::move(news)](storage::Writer& writer) {
    const Status put = writer.put_session(record);
    return put.is_ok() && !news.empty() ? keep_variables(writer, record.user_id, news) : put;
  };
}

void SessionKeeper::save(Session& session, SavedDone done) {
  std::string news = session.variables()->snapshot();
  const bool has_news = !news.empty();
  store_.write(job_of(session, std::move(news)),
               [this, has_news, key = session.key(), variables = session.variables(),
                done = std::move(done)](Status status) mutable {
                 if (!status) log::warn("session", "a session was not saved: {}", status.message());
                 if (!status && has_news) {
                   variables->not_saved();
                   registry_.post(key, [](Session& again) { again.changed(); });
                 }
                 if (done) done(std::move(status));
               });
}

void SessionKeeper::begin(Session& session, SavedDone done) {
  const auto variables = session.variables();
  if (session.user()->kind == "guest" || !variables->empty()) return save(session, std::move(done));
  store_.write(
      [record = record_of(session), variables](storage::Writer& writer) mutable {
        const auto kept = kept_variables(writer, record.user_id);
        if (!kept) return kept.status();
        variables->restore(*kept);
        record.variables_json = variables->to_json();
        return writer.put_session(record);
      },
      [done = std::move(done)](Status status) mutable {
        if (!status) log::warn("session", "a session was not saved: {}", status.message());
        done(std::move(status));
      });
  session.was_saved(clock_.now());
}

// What an account's session leaves behind outlives it, also when it cannot be resumed.
void SessionKeeper::end(Session& session) {
  if (session.resumable()) return save(session);
  std::string news = session.variables()->snapshot();
  if (!news.empty() && session.user()->kind != "guest") {
    store_.write([user = session.user()->id, news = std::move(news)](
                     storage::Writer& writer) { return keep_variables(writer, user, news); },
                 {});
  }
  if (!session.resume_hash().empty()) forget(session.id());
}

void SessionKeeper::forget(std::string session_id) {
  note_end(session_id);
  store_.write([id = session_id](storage::Writer& writer) { return writer.delete_session(id); },
               [this, id = session_id](const Status& status) { note_gone(id, status); });
}

void SessionKeeper::note_end(const std::string& session_id) {
  const MutexLock lock(ended_mutex_);
  ended_.insert_or_assign(session_id, std::nullopt);
  const auto now = clock_.now();
  if (now < next_look_at_ended_) return;  // many may end at once: each looks at itself alone
  next_look_at_ended_ = now + kBetweenSaves;
  std::erase_if(ended_, [now](const auto& ended) {
    return ended.second && now - *ended.second >= kEndedRemembered;
  });
}

// A row that could not be removed is remembered as ended until the server ends.
void SessionKeeper::note_gone(const std::string& session_id, const Status& status) {
  if (!status) {
    log::error("session", "an ended session's row was not removed: {}", status.message());
    return;
  }
  const MutexLock lock(ended_mutex_);
  if (const auto ended = ended_.find(session_id); ended != ended_.end())
    ended->second = clock_.now();
}

bool SessionKeeper::was_ended(const std::string& session_id) const {
  const MutexLock lock(ended_mutex_);
  return ended_.contains(session_id);
}

void SessionKeeper::find(std::string session_id, FoundDone done) {
  if (was_ended(session_id)) return done(Status::not_found("The session was ended."));
  const auto answer = std::make_shared<FoundDone>(std::move(done));
  const Status queued = store_.read(
      [id = std::move(session_id), now = clock_.wall_ms(), answer](storage::Reader& from) {
        Result<storage::SessionRecord> record = from.session(id);
        if (record && record->expires_at <= now) {
          return (*answer)(Status::not_found("The session was kept too long."));
        }
        (*answer)(record ? Result<SavedSession>(saved_of(std::move(record).value()))
                         : Result<SavedSession>(record.status()));
      });
  if (!queued) (*answer)(queued);
}

void SessionKeeper::tick() {
  ShardTime& time = times_[static_cast<std::size_t>(registry_.shards().current())];
  const Clock::TimePoint now = clock_.now();
  if (now < time.next) return;
  time.next = now + kBetweenSaves;
  for (const SessionKey key : registry_.take_changed()) {
    Session* session = registry_.find(key);
    if (session && session->is_changed()) save(*session);
  }
  if (now < time.next_round) return;
  const Millis round(keep_ms_ / kRoundsPerKeep);
  time.next_round = now + round / kRoundsPerKeep;
  registry_.each_here([&](Session& session) {
    if (now - session.saved_at() >= round) session.changed();
  });
}

}  // namespace parley::session
