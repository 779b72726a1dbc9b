// SPDX-License-Identifier: Apache-2.0
#include "app/listeners.h"

#include <boost/asio/awaitable.hpp>

namespace app {

namespace {

base::Task<void> run(std::shared_ptr<sinks::Listener> listener) { co_await listener->run(); }

}  // namespace

void Listeners::use(const Clicks::Inboxes& inboxes) {
  std::lock_guard lock(mutex_);
  if (stopped_) return;
  std::map<std::string, Line> next;
  for (const auto& [sink, inbox] : inboxes) {
    auto name = inbox->line();
    if (name.empty() || next.contains(name)) continue;
    auto there = lines_.extract(name);
    next.emplace(name, there ? std::move(there.mapped()) : Line{sink, open(sink, *inbox)});
  }
  for (auto& [name, gone] : lines_) gone.listener->stop();
  lines_ = std::move(next);
}

std::shared_ptr<sinks::Listener> Listeners::open(const std::string& sink, const sinks::Inbox& inbox) {
  auto take = [this, line = inbox.line()](std::string payload) { return clicks_.take(line, std::move(payload)); };
  auto listener = inbox.listen({.name = sink, .take = std::move(take), .metrics = metrics_, .rng = rng_});
  tasks_.spawn(run(listener));
  return listener;
}

std::vector<Check> Listeners::checks() const {
  std::lock_guard lock(mutex_);
  std::vector<Check> checks;
  for (const auto& [name, line] : lines_) {
    auto state = line.listener->state();
    checks.push_back({"clicks/" + line.sink, state.is_connected, std::move(state.detail), false});
  }
  return checks;
}

base::Task<void> Listeners::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    for (auto& [name, line] : lines_) line.listener->stop();
  }
  tasks_.cancel();
  co_await tasks_.wait();
}

}  // namespace app
