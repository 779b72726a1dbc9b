// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/gate.h"

#include <boost/asio/this_coro.hpp>

namespace sinks {

using Admission = CircuitBreaker::Admission;

// One caller on its way through: has a place in the line of its lane while it waits for its turn.
class Gate::Visit {
 public:
  Visit(Gate& gate, Ask ask) : gate_(gate), ask_(std::move(ask)) {}
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() {
    std::lock_guard lock(gate_.mutex_);
    leave();
  }

  // What comes next: the end of the visit, or something to wait for.
  struct Step {
    std::optional<Turn> end;
    std::shared_ptr<WakeList::Waiter> news;  // Of the breaker.
    base::Time turn;
  };
  Step next(const base::Executor& executor);

 private:
  void leave() {
    if (place_) gate_.lanes_.leave(ask_.lane, *place_);
    place_.reset();
  }
  std::optional<base::Duration> stay_away(base::Time turn, base::Time now);

  Gate& gate_;
  const Ask ask_;
  std::optional<Lanes::Place> place_;
  std::optional<base::Time> until_;  // The end of its patience.
  // Declared after what its end needs: a probe that is not made is passed on.
  std::optional<Pass> probe_;
};

Gate::Visit::Step Gate::Visit::next(const base::Executor& executor) {
  std::lock_guard lock(gate_.mutex_);
  Lanes& lanes = gate_.lanes_;
  base::Time now = gate_.clock_.now();
  if (!probe_) {
    Admission admission = gate_.breaker_.ask(now);
    if (admission == Admission::kWait) {
      leave();
      if (now >= ask_.give_up) return {.end = Turn{}};
      return {.news = gate_.waiters_.enrol(executor)};
    }
    if (admission == Admission::kProbe) probe_.emplace(gate_, ask_.lane, true);
  }
  base::Time turn = lanes.turn(ask_.lane, ask_.rank, place_, now);
  if (turn > ask_.give_up) return {.end = Turn{}};
  // A probe shows for all others how the sink is.
  auto away = probe_ ? std::nullopt : stay_away(turn, now);
  if (away) return {.end = Turn{.later = away}};
  if (turn > now) {
    if (!place_) place_ = lanes.join(ask_.lane, ask_.rank);
    return {.turn = turn};
  }
  lanes.take(ask_.lane, now);
  Turn end;
  end.pass.emplace(probe_ ? std::move(*probe_) : Pass(gate_, ask_.lane, false));
  return {.end = std::move(end)};
}

// Nothing: it waits here, or goes.
std::optional<base::Duration> Gate::Visit::stay_away(base::Time turn, base::Time now) {
  Lanes& lanes = gate_.lanes_;
  if (!ask_.patience || !lanes.is_limited()) return std::nullopt;
  // Patience begins when the sink takes anything: who waits for one lane takes a place from the others.
  base::Time opens = lanes.opens(now);
  if (!until_ || opens > now) until_ = opens + *ask_.patience;
  bool is_too_far = turn > std::max(*until_, now);
  if (!place_ && ask_.rank != Rank::kUrgent) {
    is_too_far |= turn > now && lanes.waiting() >= kMostWaiting;
    is_too_far |= ask_.folds && lanes.is_storm(ask_.lane, *ask_.patience, now);
  }
  if (!is_too_far) return std::nullopt;
  if (ask_.folds) {
    lanes.folded(ask_.lane, turn, *ask_.patience, now);
    return base::Duration::zero();
  }
  auto later = lanes.later(ask_.lane, turn, now);
  return later ? std::optional(*later - now) : std::nullopt;
}

Gate::Gate(const RateLimit& limit, base::Clock& clock, base::Executor executor)
    : clock_(clock), lanes_(limit), tasks_(std::move(executor)) {}

base::Task<Gate::Turn> Gate::enter(Ask ask) {
  auto executor = co_await boost::asio::this_coro::executor;
  Visit visit(*this, std::move(ask));
  while (true) {
    auto step = visit.next(executor);
    if (step.end) co_return std::move(*step.end);
    if (step.news) {
      co_await wait(std::move(step.news));
    } else {
      co_await clock_.sleep_until(step.turn);
    }
  }
}

std::int64_t Gate::waiting() const {
  std::lock_guard lock(mutex_);
  return lanes_.waiting();
}

bool Gate::is_open() const {
  std::lock_guard lock(mutex_);
  return breaker_.is_open();
}

std::optional<base::Error> Gate::last_error() const {
  std::lock_guard lock(mutex_);
  return last_error_;
}

base::Task<void> Gate::stop() {
  tasks_.cancel();
  co_await tasks_.wait();
}

void Gate::wake_at(base::Time when) { tasks_.spawn(sleep_then_wake(when)); }

base::Task<void> Gate::sleep_then_wake(base::Time when) {
  co_await clock_.sleep_until(when);
  waiters_.wake_all();
}

Gate::Pass::~Pass() {
  if (!gate_ || !is_probe_) return;
  {
    std::lock_guard lock(gate_->mutex_);
    gate_->breaker_.abandoned(gate_->clock_.now());
  }
  gate_->waiters_.wake_all();
}

void Gate::Pass::succeeded() {
  bool was_open = false;
  {
    std::lock_guard lock(gate_->mutex_);
    was_open = gate_->breaker_.is_open();
    gate_->breaker_.succeeded();
    gate_->last_error_.reset();
  }
  if (was_open) gate_->waiters_.wake_all();
  gate_ = nullptr;
}

void Gate::Pass::failed(const base::Error& error) {
  std::optional<base::Time> probe_at;
  {
    std::lock_guard lock(gate_->mutex_);
    auto& breaker = gate_->breaker_;
    bool was_closed = !breaker.is_open();
    breaker.failed(is_probe_, gate_->clock_.now());
    gate_->last_error_ = error;
    if (breaker.is_open() && (was_closed || is_probe_)) probe_at = breaker.probe_at();
  }
  if (probe_at) gate_->wake_at(*probe_at);
  gate_ = nullptr;
}

void Gate::Pass::paused(const base::Error& error, base::Duration wait, Limited who) {
  Gate& gate = *gate_;
  succeeded();  // It answers: no reason to take it for down.
  std::lock_guard lock(gate.mutex_);
  base::Time until = gate.clock_.now() + wait;
  if (who == Limited::kSink) gate.lanes_.hold(until);
  if (who == Limited::kLane) gate.lanes_.hold(lane_, until);
  gate.last_error_ = error;
}

}  // namespace sinks
