// SPDX-License-Identifier: Apache-2.0
#include "command/invocation.h"

#include "users/accounts.h"

namespace parley::command {
namespace {

constexpr std::size_t kKeepText = 4096;  // bytes of a text whose memory is worth keeping

void forget(std::string& text) {
  if (text.capacity() > kKeepText) std::string().swap(text);
  text.clear();
}

void delete_list(Invocation* first, Invocation* Invocation::*next) {
  while (first) {
    Invocation* following = first->*next;
    delete first;
    first = following;
  }
}

}  // namespace

void ReturnInvocation::operator()(Invocation* invocation) const {
  if (!invocation->home_) {
    delete invocation;
    return;
  }
  invocation->home_->give_back(invocation);
}

InvocationPool::~InvocationPool() {
  delete_list(local_, &Invocation::next_);
  delete_list(returned_.load(std::memory_order_acquire), &Invocation::next_);
}

InvocationPtr InvocationPool::acquire() {
  if (!local_) local_ = returned_.exchange(nullptr, std::memory_order_acquire);
  if (!local_) {
    InvocationPtr fresh(new Invocation);
    fresh->home_ = this;
    return fresh;
  }
  Invocation* taken = local_;
  local_ = taken->next_;
  spare_.fetch_sub(1, std::memory_order_relaxed);
  return InvocationPtr(taken);
}

void InvocationPool::give_back(Invocation* invocation) {
  if (spare_.load(std::memory_order_relaxed) >= keep_) {
    delete invocation;
    return;
  }
  spare_.fetch_add(1, std::memory_order_relaxed);
  // References go now, not when it is used again: a plugin's image must be able to close.
  invocation->entry.reset();
  invocation->user.reset();
  invocation->keyed.reset();
  invocation->key.clear();
  invocation->call = {};
  invocation->request = {};
  invocation->from_command_line = false;
  invocation->rule.reset();
  invocation->session_id.clear();
  invocation->channel.clear();
  forget(invocation->raw_json);
  for (std::size_t i = 0; i < invocation->args.size(); ++i) forget(invocation->args[i].text);
  Invocation* head = returned_.load(std::memory_order_relaxed);
  do {
    invocation->next_ = head;
  } while (!returned_.compare_exchange_weak(head, invocation, std::memory_order_release,
                                            std::memory_order_relaxed));
}

}  // namespace parley::command
