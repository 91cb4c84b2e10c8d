#include "healthlake/core/signals.hpp"

#include <vector>

namespace healthlake::core {

Signals::Subscription Signals::Subscribe(std::string_view topic, Callback callback) {
  const std::lock_guard lock(mutex_);
  const Subscription subscription = next_++;
  topics_[std::string(topic)].emplace(subscription, std::move(callback));
  topic_of_.emplace(subscription, topic);
  return subscription;
}

void Signals::Unsubscribe(Subscription subscription) {
  const std::lock_guard lock(mutex_);
  const auto found = topic_of_.find(subscription);
  if (found == topic_of_.end()) return;
  const auto topic = topics_.find(found->second);
  topic->second.erase(subscription);
  if (topic->second.empty()) topics_.erase(topic);
  topic_of_.erase(found);
}

void Signals::Notify(std::string_view topic) {
  std::vector<Callback> callbacks;
  {
    const std::lock_guard lock(mutex_);
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return;
    callbacks.reserve(found->second.size());
    for (const auto& [subscription, callback] : found->second) callbacks.push_back(callback);
  }
  for (const Callback& callback : callbacks) callback();
}

}  // namespace healthlake::core
