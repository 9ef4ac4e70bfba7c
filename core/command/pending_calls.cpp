// SPDX-License-Identifier: Apache-2.0
#include "command/pending_calls.h"

#include <thread>

#include "command/command_target.h"
#include "users/accounts.h"

namespace parley::command {
namespace {

// A slot's state is its generation and one of these. A pinned slot is open and being read by a
// thread that holds no right to it; whoever wants to claim it waits the few instructions.
enum Phase : std::uint64_t { kFree = 0, kOpen = 1, kPinned = 2, kClaimed = 3 };

constexpr std::uint64_t state_of(std::uint32_t generation, Phase phase) {
  return (std::uint64_t{generation} << 2) | phase;
}
constexpr Phase phase_of(std::uint64_t state) {
  return static_cast<Phase>(state & 3);
}
constexpr std::uint32_t generation_of(std::uint64_t state) {
  return static_cast<std::uint32_t>(state >> 2);
}

// An open slot to `wanted`. False: it is not open, or of another generation.
bool leave_open(std::atomic<std::uint64_t>& state, std::uint32_t generation, Phase wanted) {
  auto expected = state_of(generation, kOpen);
  while (!state.compare_exchange_weak(expected, state_of(generation, wanted),
                                      std::memory_order_acq_rel, std::memory_order_acquire)) {
    if (generation_of(expected) != generation) return false;
    if (phase_of(expected) == kFree || phase_of(expected) == kClaimed) return false;
    if (phase_of(expected) == kPinned) std::this_thread::yield();
    expected = state_of(generation, kOpen);
  }
  return true;
}

}  // namespace

struct PendingCalls::Slot {
  std::atomic<std::uint64_t> state{state_of(1, kFree)};
  std::atomic<bool> deferred{false};
  bool is_answered = false;  // the shard's, as the next one
  bool is_returned = false;
  std::uint32_t index = 0;
  Caller caller;
};

struct PendingCalls::Chunk {
  std::array<Slot, kChunk> slots;
};

PendingCalls::PendingCalls(unsigned shard) : shard_(shard) {}

PendingCalls::~PendingCalls() {
  for (std::uint32_t i = 0; i < chunk_count_; ++i) delete chunks_[i].load();
}

PendingCalls::Slot* PendingCalls::slot(std::uint32_t index) const {
  if (index / kChunk >= kMaxChunks) return nullptr;
  auto* chunk = chunks_[index / kChunk].load(std::memory_order_acquire);
  return chunk ? &chunk->slots[index % kChunk] : nullptr;
}

// The slot when it is in use by exactly that call.
PendingCalls::Slot* PendingCalls::checked(CallId id) const {
  if (id.shard() != shard_) return nullptr;
  auto* found = slot(id.index());
  if (!found) return nullptr;
  const auto state = found->state.load(std::memory_order_acquire);
  return generation_of(state) == id.generation() && phase_of(state) != kFree ? found : nullptr;
}

bool PendingCalls::grow() {
  if (chunk_count_ == kMaxChunks) return false;
  auto* chunk = new Chunk;
  const auto first = chunk_count_ * kChunk;
  for (std::uint32_t i = kChunk; i-- > 0;) {
    chunk->slots[i].index = first + i;
    free_.push_back(first + i);
  }
  chunks_[chunk_count_++].store(chunk, std::memory_order_release);
  return true;
}

std::optional<CallId> PendingCalls::open(Caller caller) {
  if (free_.empty() && !grow()) return std::nullopt;
  auto* taken = slot(free_.back());
  free_.pop_back();
  ++used_;
  taken->caller = std::move(caller);
  taken->is_answered = taken->is_returned = false;
  taken->deferred.store(false, std::memory_order_relaxed);
  const auto generation = generation_of(taken->state.load(std::memory_order_relaxed));
  taken->state.store(state_of(generation, kOpen), std::memory_order_release);
  return CallId::make(shard_, taken->index, generation);
}

bool PendingCalls::claim(CallId id) {
  auto* found = checked(id);
  return found && leave_open(found->state, id.generation(), kClaimed);
}

std::optional<Caller> PendingCalls::peek(CallId id) const {
  auto* found = checked(id);
  if (!found || !leave_open(found->state, id.generation(), kPinned)) return std::nullopt;
  Caller copy = found->caller;
  found->state.store(state_of(id.generation(), kOpen), std::memory_order_release);
  return copy;
}

void PendingCalls::taken_over(CallId id, EntryPtr entry) {
  auto* found = checked(id);
  if (!found || !leave_open(found->state, id.generation(), kPinned)) return;
  found->caller.entry.swap(entry);
  found->state.store(state_of(id.generation(), kOpen), std::memory_order_release);
}

bool PendingCalls::defer(CallId id) {
  auto* found = checked(id);
  if (!found || !leave_open(found->state, id.generation(), kPinned)) return false;
  found->deferred.store(true, std::memory_order_relaxed);
  found->state.store(state_of(id.generation(), kOpen), std::memory_order_release);
  return true;
}

void PendingCalls::set_keyed(CallId id, KeyedPtr keyed) {
  if (auto* found = checked(id)) found->caller.keyed = std::move(keyed);
}

bool PendingCalls::is_open(CallId id) const {
  const auto* found = checked(id);
  if (!found) return false;
  const auto state = found->state.load(std::memory_order_acquire);
  return generation_of(state) == id.generation() &&
         (phase_of(state) == kOpen || phase_of(state) == kPinned);
}

const Caller* PendingCalls::caller(CallId id) const {
  const auto* found = checked(id);
  return found && !found->is_answered ? &found->caller : nullptr;
}

void PendingCalls::answered(CallId id) {
  auto* found = checked(id);
  if (!found || phase_of(found->state.load(std::memory_order_acquire)) != kClaimed) return;
  found->is_answered = true;
  free_if_done(*found);
}

std::optional<PendingCalls::Returned> PendingCalls::returned(CallId id) {
  auto* found = checked(id);
  if (!found || found->is_returned) return std::nullopt;
  found->is_returned = true;
  const Returned whom{found->caller.session_key, found->caller.connection, found->caller.in_lane};
  free_if_done(*found);
  return whom;
}

void PendingCalls::free_if_done(Slot& done) {
  if (!done.is_answered || !done.is_returned) return;
  done.caller.entry.reset();
  done.caller.user.reset();
  done.caller.keyed.reset();
  done.caller.rule.reset();
  const auto next = generation_of(done.state.load(std::memory_order_relaxed)) + 1;
  done.state.store(state_of(next == 0 ? 1 : next, kFree), std::memory_order_release);
  free_.push_back(done.index);
  --used_;
}

void PendingCalls::watch(CallId id, Clock::TimePoint now, Millis budget) {
  // What was answered meanwhile leaves from the front, so that the queue is as long as what is
  // open.
  for (int i = 0; i < 2 && !watched_.empty() && !is_open(watched_.top().id); ++i) watched_.pop();
  if (budget.count() > 0) watched_.push({now + budget, now, id, false});
}

void PendingCalls::expire(Clock::TimePoint now, std::vector<CallId>& late) {
  while (!watched_.empty() && watched_.top().at <= now) {
    Watch watch = watched_.top();
    watched_.pop();
    auto* found = checked(watch.id);
    if (!found || !is_open(watch.id)) continue;
    if (!watch.extended && found->deferred.load(std::memory_order_relaxed)) {
      const auto caller = peek(watch.id);  // its entry may be changed from elsewhere
      if (!caller) continue;
      const auto budget = caller->entry->spec.deferred_budget;
      watch = {watch.started + budget, watch.started, watch.id, true};
      if (budget.count() > 0) watched_.push(watch);
      continue;
    }
    if (claim(watch.id)) late.push_back(watch.id);
  }
}

}  // namespace parley::command
